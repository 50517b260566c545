"""The languages of the interface: their words, and how they write dates and numbers.

The words are looked up by their English sentences in catalogs, `locales/*.po`, each of which is
read once, when the first reader wants that language. English needs none.
"""

import functools
import gettext
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

CATALOGS = Path(__file__).resolve().parents[1] / "locales"
ENGLISH = "en"
#: Every language by its tag, with its own name for itself.
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "ja": "日本語",
    "zh-Hans": "简体中文",
    "ar": "العربية",
}
#: English as most of the world writes its dates: day, month, year.
_LOCALES = {"en": "en_GB"}
_BY_LOWER_TAG = {tag.lower(): tag for tag in LANGUAGES}
#: Chinese without a script is written in the simplified one, except where it is not.
_SIMPLIFIED = ("zh", "zh-cn", "zh-sg", "zh-my")
#: Preferences of one browser that are looked at.
_MOST = 20


@dataclass(frozen=True, slots=True)
class Language:
    """One language, ready to be used. tag: as in `lang` attributes; direction: ltr or rtl."""

    tag: str
    locale: Locale
    direction: str
    words: gettext.NullTranslations

    def sentence(self, message: str, values: Mapping[str, str] | None = None) -> str:
        """A message in this language, itself if there is no translation, with its values."""
        translated = self.words.gettext(message)
        return translated % values if values else translated

    def day(self, moment: datetime) -> str:
        """A date: 26 July 2026."""
        return format_date(moment.astimezone(UTC), "long", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """A date with its time: 26 July 2026, 14:05 UTC."""
        time = format_time(moment.astimezone(UTC), "short", tzinfo=UTC, locale=self.locale)
        pattern = str(get_datetime_format("medium", locale=self.locale))
        return pattern.replace("{0}", f"{time} UTC").replace("{1}", self.day(moment))

    def month(self, moment: datetime) -> str:
        """A month with its year: July 2026."""
        return format_skeleton("yMMMM", moment.astimezone(UTC), tzinfo=UTC, locale=self.locale)

    def number(self, number: int | float) -> str:
        """A number with its separators: 1,234."""
        return format_decimal(number, locale=self.locale)

    def in_words(self, items: Iterable[str]) -> Markup:
        """Texts or pieces of HTML as a part of a sentence: a, b and c."""
        escaped = [str(escape(item)) for item in items]
        return Markup(format_list(escaped, locale=self.locale))  # noqa: S704 - each is escaped


@functools.cache
def load_language(tag: str) -> Language:
    """The language with this tag, which is one of LANGUAGES."""
    locale = Locale.parse(_LOCALES.get(tag, tag), sep="-" if "-" in tag else "_")
    return Language(tag, locale, locale.text_direction, _words(tag, locale))


def find_language(wanted: str) -> str | None:
    """The tag of the interface language that fits a language tag, None if there is none.

    de-AT is German; of Chinese only the simplified script is here.
    """
    lower = wanted.strip().lower().replace("_", "-")
    if lower in _SIMPLIFIED:
        return "zh-Hans"
    while lower:
        if lower in _BY_LOWER_TAG:
            return _BY_LOWER_TAG[lower]
        lower = lower.rpartition("-")[0]
    return None


def negotiate(header: str, otherwise: str) -> str:
    """The interface language that a browser wants by its Accept-Language (RFC 9110, 12.5.4).

    otherwise: the language to fall back on, which may be one that is not here; then it is English.
    """
    for _, wanted in sorted(_preferences(header), key=lambda each: -each[0]):
        if found := find_language(wanted):
            return found
    return find_language(otherwise) or ENGLISH


def N_(message: str) -> str:
    """Mark a sentence that is looked up elsewhere, where the reader's language is known."""
    return message


def _preferences(header: str) -> Iterator[tuple[float, str]]:
    """Quality and tag, in the header's order; those that are refused or make no sense left out."""
    for part in header.split(",")[:_MOST]:
        tag, _, weight = part.partition(";")
        name, _, value = weight.partition("=")
        try:
            quality = float(value) if name.strip().lower() == "q" else 1.0
        except ValueError:
            continue
        if 0 < quality <= 1:
            yield quality, tag


def _words(tag: str, locale: Locale) -> gettext.NullTranslations:
    if tag == ENGLISH:
        return gettext.NullTranslations()
    with (CATALOGS / f"{locale}.po").open("rb") as file:
        catalog = read_po(file, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
