"""Pages that belong to no day."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction
from fediblog.store.media import set_uses
from fediblog.store.search import mark

_COLUMNS = "id, slug, state, title, source, html, language, place, created_at, updated_at"


@dataclass(frozen=True, slots=True)
class Page:
    """A page. state: draft or published. source is Markdown; place orders the menu, 0 stands in
    none. Times are ms."""

    id: int
    slug: str
    state: str
    title: str
    source: str
    html: str
    language: str
    place: int
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class PageText:
    """Everything of a page that an edit writes."""

    slug: str
    state: str
    title: str
    source: str
    html: str
    language: str
    place: int


async def get_page(db: Queries, page_id: int) -> Page | None:
    """The page with this row's number."""
    return await _one(db, "WHERE id = $1", page_id)


async def get_page_by_slug(db: Queries, slug: str) -> Page | None:
    """The page that has this slug, whatever its state."""
    return await _one(db, "WHERE slug = $1", slug)


async def list_pages(db: Queries) -> Sequence[Page]:
    """Every page: first those of the menu, in its order."""
    rows = await db.rows(f"SELECT {_COLUMNS} FROM page ORDER BY place = 0, place, title, id")
    return [Page(**row) for row in rows]


async def list_menu(db: Queries) -> Sequence[tuple[str, str, str]]:
    """(slug, title, language) of the published pages that stand in the menu, in its order."""
    rows = await db.rows(
        "SELECT slug, title, language FROM page WHERE state = 'published' AND place > 0 "
        "ORDER BY place, title, id"
    )
    return [(row["slug"], row["title"], row["language"]) for row in rows]


async def list_public(db: Queries) -> Sequence[tuple[str, int]]:
    """(slug, when it was changed last in ms) of every published page."""
    rows = await db.rows("SELECT slug, updated_at FROM page WHERE state = 'published' ORDER BY id")
    return [(row["slug"], int(row["updated_at"])) for row in rows]


async def add_page(tx: Transaction, text: PageText, now: int) -> int:
    """Write a new page; its row's number."""
    rows = await tx.rows(
        "INSERT INTO page (slug, state, title, source, html, language, place, created_at, "
        "updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) "
        "RETURNING id",
        *_values(text),
        now,
    )
    page_id = int(rows[0]["id"])
    await set_uses(tx, "page", page_id, text.html)
    await mark(tx, "page", page_id)
    return page_id


async def set_page(tx: Transaction, page_id: int, text: PageText, now: int) -> None:
    """Write an edit."""
    await tx.execute(
        "UPDATE page SET slug = $1, state = $2, title = $3, source = $4, html = $5, "
        "language = $6, place = $7, updated_at = $8 WHERE id = $9",
        *_values(text),
        now,
        page_id,
    )
    await set_uses(tx, "page", page_id, text.html)
    await mark(tx, "page", page_id)


async def set_html(tx: Transaction, page: Page, html: str) -> None:
    """Write other HTML of the same Markdown, unless the page was edited since it was read."""
    written = await tx.rows(
        "UPDATE page SET html = $1 WHERE id = $2 AND source = $3 RETURNING id",
        html,
        page.id,
        page.source,
    )
    if written:
        await mark(tx, "page", page.id)


async def remove_page(tx: Transaction, page_id: int) -> None:
    """Delete a page."""
    await tx.execute("DELETE FROM page WHERE id = $1", page_id)
    await set_uses(tx, "page", page_id, "")
    await mark(tx, "page", page_id)


def _values(text: PageText) -> tuple[str | int, ...]:
    return (
        text.slug,
        text.state,
        text.title,
        text.source,
        text.html,
        text.language,
        text.place,
    )


async def _one(db: Queries, where: str, value: str | int) -> Page | None:
    rows = await db.rows(f"SELECT {_COLUMNS} FROM page {where}", value)
    return Page(**rows[0]) if rows else None
