"""What published posts said before they were edited."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Row, Transaction
from fediblog.store.posts import Post

_COLUMNS = "id, title, html, written_at"


@dataclass(frozen=True, slots=True)
class PostRevision:
    """One text of a post. written_at (ms): when it was new. id: 0 for the text as it is now."""

    id: int
    title: str
    html: str
    written_at: int


async def add_post_revision(tx: Transaction, post: Post) -> None:
    """Keep what a post says now, because an edit is about to change it."""
    await tx.execute(
        "INSERT INTO post_revision (post_id, title, source, html, written_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        post.id,
        post.title,
        post.source,
        post.html,
        post.updated_at or post.published_at or 0,
    )


async def list_post_revisions(
    db: Queries, post_id: int, *, before: int | None, limit: int
) -> Sequence[PostRevision]:
    """Earlier texts of a post, newest first; before: the row number where the last page ended."""
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM post_revision WHERE post_id = $1 AND id < $2 "
        "ORDER BY id DESC LIMIT $3",
        post_id,
        before or 2**62,
        limit,
    )
    return [_revision(row) for row in rows]


async def get_post_revision(db: Queries, post_id: int, number: int) -> PostRevision | None:
    """One earlier text of a post, by its row's number."""
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM post_revision WHERE post_id = $1 AND id = $2", post_id, number
    )
    return _revision(rows[0]) if rows else None


async def remove_post_revisions(tx: Transaction, post_id: int) -> None:
    """Forget every earlier text of a post."""
    await tx.execute("DELETE FROM post_revision WHERE post_id = $1", post_id)


def _revision(row: Row) -> PostRevision:
    return PostRevision(**row)
