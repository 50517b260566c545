"""Files that the author has uploaded: pictures in several sizes and formats, sounds, films, others;
and which posts and pages use them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fediblog.store.database import Queries, Row, Transaction, places

_COLUMNS = (
    "id, kind, name, ending, width, height, widths, blur, size, title, alt, caption, focus_x, "
    "focus_y, created_at"
)
#: Every picture is there in these, in all of its widths.
MODERN_ENDINGS = ("avif", "webp")
#: Wide enough for everybody who is given one file, and for every link card.
_WIDE_ENOUGH = 1440
KINDS: Final = ("picture", "audio", "video", "file")
#: How HTML of ours names a medium's file.
_NAMED = re.compile(r"/media/own/([0-9a-f]{32})(?=[-.])")
#: Nothing uses a row of the table.
_UNUSED = (
    "NOT EXISTS (SELECT 1 FROM post p WHERE p.lead_id = medium.id) "
    "AND NOT EXISTS (SELECT 1 FROM medium_use u WHERE u.name = medium.name)"
)


@dataclass(frozen=True, slots=True)
class NewMedium:
    """A file, or a picture in several files. kind: one of KINDS. width, height: pixels of the
    largest picture, or of a film; 0 where there are none, or they are not known. widths: of all
    files of a picture, ascending; empty for what is no picture.

    ending: of the file, or of the picture's that everybody can show, jpg, or webp where something
    is transparent. blur: its blurhash, empty for a transparent one. size: bytes of what was
    uploaded, and title the name that it had.
    """

    kind: str
    name: str
    ending: str
    width: int
    height: int
    widths: tuple[int, ...]
    blur: str
    size: int
    title: str

    def file_at(self, width: int, ending: str) -> str:
        """The name of one of a picture's files."""
        return f"{self.name}-{width}.{ending}"

    @property
    def is_picture(self) -> bool:
        """Whether it is there in several sizes and formats."""
        return self.kind == "picture"

    @property
    def common_width(self) -> int:
        """The width of a picture's file that everybody can show; of anything else its own."""
        if not self.widths:
            return self.width
        return max(each for each in self.widths if each <= max(_WIDE_ENOUGH, self.widths[0]))

    @property
    def common_height(self) -> int:
        """Its height."""
        return self.height_at(self.common_width) if self.widths else self.height

    @property
    def common_file(self) -> str:
        """The name of the file that everybody can show, or of the only one."""
        if not self.widths:
            return f"{self.name}.{self.ending}"
        return self.file_at(self.common_width, self.ending)

    @property
    def common_type(self) -> str:
        """The media type of a picture's file that everybody can show."""
        return {"jpg": "image/jpeg", "webp": "image/webp"}[self.ending]

    @property
    def files(self) -> tuple[str, ...]:
        """The names of all its files."""
        every = [self.file_at(width, ending) for width in self.widths for ending in MODERN_ENDINGS]
        return tuple(dict.fromkeys([*every, self.common_file]))

    def height_at(self, width: int) -> int:
        """How high a picture is when it is so wide, in pixels."""
        return max(1, round(self.height * width / self.width))


@dataclass(frozen=True, slots=True)
class Described:
    """What the author says of a medium. alt: what is to be seen; caption: a line of Markdown.
    focus_x, focus_y: which point matters, in percent from the left and from the top."""

    alt: str = ""
    caption: str = ""
    focus_x: int = 50
    focus_y: int = 50


@dataclass(frozen=True, slots=True)
class Medium(NewMedium):
    """A medium that is known, with what the author says of it (`Described`). created_at: when it
    was uploaded, in ms."""

    id: int
    alt: str
    caption: str
    focus_x: int
    focus_y: int
    created_at: int


@dataclass(frozen=True, slots=True)
class Use:
    """A post or a page (kind) that uses a medium. key: of the post, empty for a page; number: of
    its row; leads: it is the post's lead picture."""

    kind: str
    key: str
    number: int
    title: str
    state: str
    leads: bool


async def add_medium(
    tx: Transaction, new: NewMedium, described: Described, words: str, now: int
) -> Medium:
    """Make a medium known whose files are there. words: what it is found by."""
    rows = await tx.rows(
        "INSERT INTO medium (kind, name, ending, width, height, widths, blur, size, title, alt, "
        "caption, focus_x, focus_y, words, created_at) "
        f"VALUES ({places(15)}) RETURNING {_COLUMNS}",
        new.kind,
        new.name,
        new.ending,
        new.width,
        new.height,
        json.dumps(new.widths),
        new.blur,
        new.size,
        new.title,
        described.alt,
        described.caption,
        described.focus_x,
        described.focus_y,
        words,
        now,
    )
    return _medium(rows[0])


async def set_described(tx: Transaction, number: int, described: Described, words: str) -> None:
    """Write what the author says of a medium."""
    await tx.execute(
        "UPDATE medium SET alt = $1, caption = $2, focus_x = $3, focus_y = $4, words = $5 "
        "WHERE id = $6",
        described.alt,
        described.caption,
        described.focus_x,
        described.focus_y,
        words,
        number,
    )


async def learn_described(
    tx: Transaction, medium: Medium, described: Described, words: str
) -> None:
    """Write alt and caption of a medium, unless others were written since it was read."""
    await tx.execute(
        "UPDATE medium SET alt = $1, caption = $2, words = $3 "
        "WHERE id = $4 AND alt = $5 AND caption = $6",
        described.alt,
        described.caption,
        words,
        medium.id,
        medium.alt,
        medium.caption,
    )


async def get_medium(db: Queries, number: int | None) -> Medium | None:
    """The medium with this row's number; None for none."""
    return (await get_media(db, [number])).get(number) if number is not None else None


async def get_media(db: Queries, numbers: Sequence[int]) -> Mapping[int, Medium]:
    """Media by their rows' numbers."""
    if not numbers:
        return {}
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM medium WHERE id IN ({places(len(numbers))})", *numbers
    )
    return {int(row["id"]): _medium(row) for row in rows}


async def get_medium_by_name(db: Queries, name: str) -> Medium | None:
    """The medium with this name."""
    return (await get_media_by_name(db, [name])).get(name)


async def get_media_by_name(db: Queries, names: Sequence[str]) -> Mapping[str, Medium]:
    """Media by their names."""
    if not names:
        return {}
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM medium WHERE name IN ({places(len(names))})", *names
    )
    return {row["name"]: _medium(row) for row in rows}


async def list_media(
    db: Queries, *, kind: str, words: Sequence[str], before: int | None, limit: int
) -> Sequence[Medium]:
    """Media, the newest first. kind: one of KINDS, or empty for all; words: all of these are in
    what they are found by, as `find_words` gives them; before: the number of the last one that
    was listed."""
    clauses = ["m.id < $1"]
    values: list[int | str] = [2**62 if before is None else before, limit]
    if kind:
        values.append(kind)
        clauses.append(f"m.kind = ${len(values)}")
    for word in words:
        values.append(f"%{word}%")
        clauses.append(f"m.words LIKE ${len(values)}")
    which = " AND ".join(clauses)
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM medium m WHERE {which} ORDER BY m.id DESC LIMIT $2", *values
    )
    return [_medium(row) for row in rows]


async def count_uses(db: Queries, media: Sequence[Medium]) -> Mapping[int, int]:
    """By how many posts and pages each of these media is used, by their rows' numbers."""
    if not media:
        return {}
    rows = await db.rows(
        "SELECT m.id, (SELECT COUNT(*) FROM post p WHERE p.lead_id = m.id) + (SELECT COUNT(*) FROM "
        "medium_use u WHERE u.name = m.name AND NOT (u.owner_kind = 'post' AND EXISTS "
        "(SELECT 1 FROM post q WHERE q.id = u.owner_id AND q.lead_id = m.id))) AS uses "
        f"FROM medium m WHERE m.id IN ({places(len(media))})",
        *(medium.id for medium in media),
    )
    return {int(row["id"]): int(row["uses"]) for row in rows}


async def list_uses(db: Queries, medium: Medium, limit: int) -> Sequence[Use]:
    """Which posts and pages use a medium, the newest first."""
    rows = await db.rows(
        "SELECT * FROM (SELECT 'post' AS kind, p.key, p.id AS number, p.title, p.state, "
        "CASE WHEN p.lead_id = $1 THEN 1 ELSE 0 END AS leads FROM post p WHERE p.lead_id = $1 "
        "OR p.id IN (SELECT owner_id FROM medium_use WHERE name = $2 AND owner_kind = 'post') "
        "UNION ALL SELECT 'page' AS kind, '' AS key, g.id AS number, g.title, g.state, 0 AS leads "
        "FROM page g WHERE g.id IN "
        "(SELECT owner_id FROM medium_use WHERE name = $2 AND owner_kind = 'page')) AS used "
        "ORDER BY kind DESC, number DESC LIMIT $3",
        medium.id,
        medium.name,
        limit,
    )
    return [Use(**{**row, "leads": bool(row["leads"])}) for row in rows]


async def list_known(db: Queries, names: Sequence[str]) -> set[str]:
    """Those of these names that a medium has."""
    return set(await get_media_by_name(db, names))


async def remove_medium(tx: Transaction, medium: Medium, *, used: bool) -> bool:
    """Forget a medium; False if something uses it. used: forget it also then: posts lose it as
    their lead picture."""
    if used:
        await tx.execute(
            "UPDATE post SET lead_id = NULL, lead_alt = '', lead_caption = '', "
            "version = version + 1 WHERE lead_id = $1",
            medium.id,
        )
    gone = await tx.rows(
        f"DELETE FROM medium WHERE id = $1 {'' if used else f'AND {_UNUSED}'} RETURNING id",
        medium.id,
    )
    return bool(gone)


async def set_uses(tx: Transaction, owner_kind: str, owner_id: int, html: str) -> None:
    """Note which media the HTML of a post or a page (owner_kind) names, and no others any more."""
    await tx.execute(
        "DELETE FROM medium_use WHERE owner_kind = $1 AND owner_id = $2", owner_kind, owner_id
    )
    for name in names_in(html):
        await tx.execute(
            "INSERT INTO medium_use (name, owner_kind, owner_id) VALUES ($1, $2, $3)",
            name,
            owner_kind,
            owner_id,
        )


def names_in(html: str) -> Sequence[str]:
    """The names of the media whose files stand in HTML or Markdown, each once."""
    return tuple(dict.fromkeys(_NAMED.findall(html)))


def _medium(row: Row) -> Medium:
    return Medium(**{**row, "widths": tuple(json.loads(row["widths"]))})
