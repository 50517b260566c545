"""What posts said before they were edited."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Row, Transaction
from fediblog.store.posts import Post

_COLUMNS = "id, title, source, html, written_at, public"
#: So many texts are kept of a post that nobody else has seen yet.
_MOST_PRIVATE = 50


@dataclass(frozen=True, slots=True)
class PostRevision:
    """One text of a post. written_at (ms): when it was new. id: 0 for the text as it is now.
    public: everybody could read it; else it was that of a draft."""

    id: int
    title: str
    source: str
    html: str
    written_at: int
    public: bool


async def add_post_revision(tx: Transaction, post: Post) -> None:
    """Keep what a post says now, because an edit is about to change it."""
    public = post.state == "published"
    await tx.execute(
        "INSERT INTO post_revision (post_id, title, source, html, written_at, public) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        post.id,
        post.title,
        post.source,
        post.html,
        post.written_at,
        public,
    )
    if not public:
        await tx.execute(
            "DELETE FROM post_revision WHERE post_id = $1 AND id <= (SELECT id FROM post_revision "
            f"WHERE post_id = $1 ORDER BY id DESC LIMIT 1 OFFSET {_MOST_PRIVATE})",
            post.id,
        )


async def list_post_revisions(
    db: Queries, post_id: int, *, before: int | None, limit: int, drafts: bool = False
) -> Sequence[PostRevision]:
    """Earlier texts of a post, newest first; before: the row number where the last page ended.
    drafts: also those that only the author has seen."""
    among = "" if drafts else "AND public = $4 "
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM post_revision WHERE post_id = $1 AND id < $2 {among}"
        "ORDER BY id DESC LIMIT $3",
        *([post_id, before or 2**62, limit] + ([] if drafts else [True])),
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
    return PostRevision(**{**row, "public": bool(row["public"])})
