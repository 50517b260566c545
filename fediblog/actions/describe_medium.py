"""The author says what is to be seen or heard in a medium, and which point of a picture matters."""

from collections.abc import Mapping

from fediblog.blog import Blog
from fediblog.domain.plaintext import one_line
from fediblog.domain.search_words import composed, find_words
from fediblog.errors import Invalid, NotFound
from fediblog.store import media
from fediblog.store.database import Queries, Transaction
from fediblog.store.media import Described, Medium

LONGEST_ALT = 1500
_LONGEST_CAPTION = 1000
#: What is searched of a medium has an end, as everything has.
_MOST_WORDS = 500


async def describe_medium(blog: Blog, number: int, form: Mapping[str, str]) -> None:
    """Write it. Raises NotFound, or Invalid with the field's name."""
    described = described_by(form)
    async with blog.db.transaction() as tx:
        medium = await existing_medium(tx, number)
        await media.set_described(tx, medium.id, described, found_by(medium.title, described))


async def learn_descriptions(tx: Transaction, said: Mapping[str, tuple[str, str]]) -> None:
    """Keep what a text says of media that are not described yet: by their names what is on each,
    and its caption. Nothing that was written is replaced, and what is too long is left out."""
    found = await media.get_media_by_name(tx, list(said))
    for name, medium in found.items():
        alt, caption = (one_line(line) for line in said[name])
        learnt = Described(
            alt=medium.alt or (alt if len(alt) <= LONGEST_ALT else ""),
            caption=medium.caption or (caption if len(caption) <= _LONGEST_CAPTION else ""),
        )
        if (learnt.alt, learnt.caption) != (medium.alt, medium.caption):
            await media.learn_described(tx, medium, learnt, found_by(medium.title, learnt))


async def existing_medium(db: Queries, number: int) -> Medium:
    """The medium with this row's number. Raises NotFound."""
    medium = await media.get_medium(db, number)
    if medium is None:
        raise NotFound("There is no such medium.")
    return medium


def described_by(form: Mapping[str, str]) -> Described:
    """What a form says in `alt`, `caption`, `focus_x` and `focus_y`, of which any may be missing.
    Raises Invalid with the field's name."""
    return Described(
        alt=_line(form, "alt", "A description", LONGEST_ALT),
        caption=_line(form, "caption", "A caption", _LONGEST_CAPTION),
        focus_x=_percent(form, "focus_x"),
        focus_y=_percent(form, "focus_y"),
    )


def found_by(title: str, described: Described) -> str:
    """The words by which a medium is found."""
    text = composed(f"{title} {described.alt} {described.caption}")
    words = dict.fromkeys(word.text for word in find_words(text))
    return " ".join(list(words)[:_MOST_WORDS])


def _line(form: Mapping[str, str], field: str, what: str, most: int) -> str:
    line = one_line(form.get(field, ""))
    if len(line) > most:
        raise Invalid(f"{what} can have at most {most:,} characters.", field=field)
    return line


def _percent(form: Mapping[str, str], field: str) -> int:
    text = form.get(field, "").strip() or "50"
    if not (text.isascii() and text.isdecimal() and len(text) < 10) or int(text) > 100:
        raise Invalid("This is a whole number from 0 to 100.", field=field)
    return int(text)
