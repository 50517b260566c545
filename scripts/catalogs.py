"""Collects the texts that readers see, and brings the catalogs up to date. Started by
scripts/translations."""

import io
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from fediblog.domain.languages import ENGLISH, LANGUAGES
from fediblog.errors import FediblogError
from fediblog.web.languages import CATALOGS

ROOT = Path(__file__).resolve().parents[1]
#: Where there are texts for readers. The admin's pages, and what only programs read, are English.
SOURCES = {
    "python": [
        "fediblog/actions/find_intent.py",
        "fediblog/web/*.py",
        "fediblog/web/site/*.py",
    ],
    "jinja2": ["templates/site/*.html"],
}
_JINJA_OPTIONS = {"trimmed": "true", "silent": "false"}
_WIDTH = 100


def errors() -> Iterator[type[FediblogError]]:
    """Every class of errors; what they are raised with is a text for readers too."""
    waiting: list[type[FediblogError]] = [FediblogError]
    while waiting:
        each = waiting.pop()
        waiting.extend(each.__subclasses__())
        yield each


def extract() -> Catalog:
    """Every message of the sources, without translations."""
    found = Catalog(fuzzy=False)
    keywords: dict[str, tuple[int, ...] | None] = {"ngettext": (1, 2)}
    keywords |= dict.fromkeys(["_", "N_", "gettext"])
    for error in errors():
        found.add(error.public)
        keywords[error.__name__] = None
    for method, patterns in SOURCES.items():
        options = _JINJA_OPTIONS if method == "jinja2" else {}
        for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
            for _, message, _, _ in extract_from_file(method, path, keywords, options=options):
                found.add(message)
    return found


def path_of(language: str) -> Path:
    """Where the catalog of a language is."""
    return CATALOGS / f"{Locale.parse(language, sep='-')}.po"


def read(language: str) -> Catalog:
    """The catalog of a language, empty if there is none yet."""
    path, locale = path_of(language), Locale.parse(language, sep="-")
    if not path.exists():
        return Catalog(locale=locale, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def written(catalog: Catalog, language: str) -> bytes:
    """A catalog as its file: in the order of the messages, without what changes by itself."""
    file = io.BytesIO()
    head = [
        "Content-Type: text/plain; charset=utf-8",
        f"Language: {language}",
        f"Plural-Forms: {catalog.plural_forms}",
    ]
    file.write(b'msgid ""\nmsgstr ""\n')
    file.writelines(f'"{line}\\n"\n'.encode() for line in head)
    file.write(b"\n")
    write_po(
        file,
        catalog,
        width=_WIDTH,
        no_location=True,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
    )
    return file.getvalue()


def updated(language: str, messages: Catalog) -> Catalog:
    """The catalog of a language with exactly these messages; what is new in it is empty."""
    catalog = read(language)
    catalog.update(messages, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def texts(one_or_many: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """The forms of a message or of its translation, one if it has no plural."""
    if isinstance(one_or_many, tuple | list):
        return tuple(one_or_many)
    return (one_or_many or "",)


def is_translated(message: Message) -> bool:
    """Whether no form of a message is empty."""
    return all(texts(message.string))


def main() -> None:
    """Write every catalog anew."""
    messages = extract()
    CATALOGS.mkdir(exist_ok=True)
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        catalog = updated(language, messages)
        path_of(language).write_bytes(written(catalog, language))
        missing = sum(not is_translated(message) for message in catalog if message.id)
        print(f"{language}: {len(messages)} messages, {missing} without a translation")


if __name__ == "__main__":
    main()
