"""Pages elsewhere that are shown as previews of links: which they are, who shows them, which are
due.

A page is asked for only while a published post or page of ours shows its preview.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Database, Queries, Transaction
from fediblog.store.pictures import NewPicture, add_pictures

#: Whether something published shows the preview l.
_SHOWN = (
    "EXISTS (SELECT 1 FROM link_preview_use u WHERE u.preview = l.id AND ("
    "(u.owner_kind = 'post' AND EXISTS "
    "(SELECT 1 FROM post t WHERE t.id = u.owner_id AND t.state = 'published')) "
    "OR (u.owner_kind = 'page' AND EXISTS "
    "(SELECT 1 FROM page t WHERE t.id = u.owner_id AND t.state = 'published'))))"
)


@dataclass(frozen=True, slots=True)
class DuePreview:
    """A page to be fetched. attempts counts this one."""

    id: int
    url: str
    attempts: int


@dataclass(frozen=True, slots=True)
class FoundPage:
    """What a page says of itself; picture: None for none."""

    title: str
    site: str
    excerpt: str
    language: str
    picture: NewPicture | None


@dataclass(frozen=True, slots=True)
class StoredPreview:
    """A preview that is here. picture: our name of it, once that is here, with its pixels."""

    url: str
    title: str
    site: str
    excerpt: str
    language: str
    picture: str | None
    width: int | None
    height: int | None


async def set_preview_uses(
    tx: Transaction, owner_kind: str, owner_id: int, urls: Sequence[str]
) -> Sequence[NewPicture]:
    """Note which previews a post or a page shows, and no others any more; new ones, and those that
    were given up, are due at once. Returns the pictures in those that are here. owner_kind: post or
    page."""
    await tx.execute(
        "DELETE FROM link_preview_use WHERE owner_kind = $1 AND owner_id = $2", owner_kind, owner_id
    )
    for url in sorted(urls):
        await tx.execute(
            "INSERT INTO link_preview (url, fetch_at) VALUES ($1, 0) ON CONFLICT (url) "
            "DO UPDATE SET fetch_at = 0, attempts = 0 "
            "WHERE link_preview.title = '' AND link_preview.fetch_at IS NULL",
            url,
        )
        await tx.execute(
            "INSERT INTO link_preview_use (preview, owner_kind, owner_id) "
            "SELECT id, $1, $2 FROM link_preview WHERE url = $3",
            owner_kind,
            owner_id,
            url,
        )
    rows = await tx.rows(
        "SELECT p.name, p.url, p.kind FROM link_preview_use u "
        "JOIN link_preview l ON l.id = u.preview JOIN picture p ON p.name = l.picture "
        "WHERE u.owner_kind = $1 AND u.owner_id = $2",
        owner_kind,
        owner_id,
    )
    return [NewPicture(**row) for row in rows]


async def claim_previews(
    db: Database, *, now: int, again_at: int, limit: int
) -> Sequence[DuePreview]:
    """Take up to limit previews that are due and shown by something published; they come back at
    again_at (ms) unless `set_found` or `set_next_fetch` says otherwise."""
    lock = "" if db.sqlite else "FOR UPDATE SKIP LOCKED"
    async with db.transaction() as tx:
        rows = await tx.rows(
            "UPDATE link_preview SET fetch_at = $1, attempts = attempts + 1 WHERE id IN ("
            "SELECT l.id FROM link_preview l WHERE l.fetch_at <= $2 "
            f"AND {_SHOWN} ORDER BY l.fetch_at LIMIT $3 {lock}) RETURNING id, url, attempts",
            again_at,
            now,
            limit,
        )
    return [DuePreview(**row) for row in rows]


async def set_found(tx: Transaction, preview_id: int, page: FoundPage) -> None:
    """What a page says of itself is here, and its picture is due: it is named by all that show the
    preview."""
    picture = page.picture
    await tx.execute(
        "UPDATE link_preview SET title = $1, site = $2, excerpt = $3, language = $4, picture = $5, "
        "fetch_at = NULL WHERE id = $6",
        page.title,
        page.site,
        page.excerpt,
        page.language,
        picture.name if picture else "",
        preview_id,
    )
    if picture:
        await add_pictures(tx, [picture])
        await tx.execute(
            "INSERT INTO picture_use (picture, owner_kind, owner_id) "
            "SELECT CAST($1 AS VARCHAR(64)), owner_kind, owner_id FROM link_preview_use "
            "WHERE preview = $2 ON CONFLICT (owner_kind, owner_id, picture) DO NOTHING",
            picture.name,
            preview_id,
        )


async def set_next_fetch(tx: Transaction, preview_id: int, at: int | None) -> None:
    """When to try again (ms); None: never."""
    await tx.execute("UPDATE link_preview SET fetch_at = $1 WHERE id = $2", at, preview_id)


async def list_previews(db: Queries, owner_kind: str, owner_id: int) -> Sequence[StoredPreview]:
    """Those of the previews that a post or a page shows, and that are here."""
    rows = await db.rows(
        "SELECT l.url, l.title, l.site, l.excerpt, l.language, p.name AS picture, p.width, "
        "p.height FROM link_preview_use u JOIN link_preview l ON l.id = u.preview "
        "LEFT JOIN picture p ON p.name = l.picture AND p.width IS NOT NULL "
        "WHERE u.owner_kind = $1 AND u.owner_id = $2 AND l.title <> ''",
        owner_kind,
        owner_id,
    )
    return [StoredPreview(**row) for row in rows]


async def prune_previews(tx: Transaction) -> None:
    """Forget the previews that nothing published shows any more."""
    await tx.execute(f"DELETE FROM link_preview AS l WHERE NOT {_SHOWN}")
    await tx.execute(
        "DELETE FROM link_preview_use WHERE NOT EXISTS "
        "(SELECT 1 FROM link_preview l WHERE l.id = preview)"
    )
