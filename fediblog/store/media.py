"""Pictures that the author has uploaded: which sizes and formats of each there are."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Row, Transaction, places

_COLUMNS = "id, name, ending, width, height, widths, blur, created_at"
#: Every picture is there in these, in all of its widths.
MODERN_ENDINGS = ("avif", "webp")
#: Wide enough for everybody who is given one file, and for every link card.
_WIDE_ENOUGH = 1440


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in several files. width, height: pixels of the largest; widths: of all, ascending.

    ending: of the file that everybody can show, jpg, or webp where something is transparent. blur:
    its blurhash, empty for a transparent one.
    """

    name: str
    ending: str
    width: int
    height: int
    widths: tuple[int, ...]
    blur: str

    def file(self, width: int, ending: str) -> str:
        """The name of one file."""
        return f"{self.name}-{width}.{ending}"

    @property
    def common_width(self) -> int:
        """The width of the file that everybody can show."""
        return max(each for each in self.widths if each <= max(_WIDE_ENOUGH, self.widths[0]))

    @property
    def common_height(self) -> int:
        """Its height."""
        return self.height_at(self.common_width)

    @property
    def common_file(self) -> str:
        """Its name."""
        return self.file(self.common_width, self.ending)

    @property
    def common_type(self) -> str:
        """Its media type."""
        return {"jpg": "image/jpeg", "webp": "image/webp"}[self.ending]

    def height_at(self, width: int) -> int:
        """How high it is when it is so wide, in pixels."""
        return max(1, round(self.height * width / self.width))


@dataclass(frozen=True, slots=True)
class Medium(Picture):
    """A picture that is known. created_at: when it was uploaded, in ms."""

    id: int
    created_at: int


async def add_medium(tx: Transaction, new: Picture, now: int) -> Medium:
    """Make a picture known whose files are there."""
    rows = await tx.rows(
        "INSERT INTO medium (name, ending, width, height, widths, blur, created_at) "
        f"VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {_COLUMNS}",
        new.name,
        new.ending,
        new.width,
        new.height,
        json.dumps(new.widths),
        new.blur,
        now,
    )
    return _medium(rows[0])


async def get_medium(db: Queries, number: int | None) -> Medium | None:
    """The picture with this row's number; None for none."""
    return (await get_media(db, [number])).get(number) if number is not None else None


async def get_media(db: Queries, numbers: Sequence[int]) -> Mapping[int, Medium]:
    """Pictures by their rows' numbers."""
    if not numbers:
        return {}
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM medium WHERE id IN ({places(len(numbers))})", *numbers
    )
    return {int(row["id"]): _medium(row) for row in rows}


async def get_medium_by_name(db: Queries, name: str) -> Medium | None:
    """The picture with this name."""
    rows = await db.rows(f"SELECT {_COLUMNS} FROM medium WHERE name = $1", name)
    return _medium(rows[0]) if rows else None


async def list_known(db: Queries, names: Sequence[str]) -> set[str]:
    """Those of these names that a picture has."""
    if not names:
        return set()
    rows = await db.rows(f"SELECT name FROM medium WHERE name IN ({places(len(names))})", *names)
    return {str(row["name"]) for row in rows}


async def prune_media(tx: Transaction, created_before: int) -> None:
    """Forget the pictures that no post names, if they were uploaded before that time (ms)."""
    await tx.execute(
        "DELETE FROM medium WHERE created_at < $1 AND NOT EXISTS "
        "(SELECT 1 FROM post p WHERE p.lead_id = medium.id)",
        created_before,
    )


def _medium(row: Row) -> Medium:
    return Medium(**{**row, "widths": tuple(json.loads(row["widths"]))})
