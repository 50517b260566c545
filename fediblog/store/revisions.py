"""What replies said before they were edited."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction
from fediblog.store.replies import Reply

#: Of each reply; whoever edits without end loses the oldest ones.
_MOST = 50


@dataclass(frozen=True, slots=True)
class Revision:
    """One earlier text. written_at (ms): when that text was new."""

    html: str
    warning: str
    language: str
    written_at: int


async def add_revision(tx: Transaction, reply: Reply) -> None:
    """Keep what a reply says now, because an edit is about to change it."""
    await tx.execute(
        "INSERT INTO reply_revision (reply_id, public, html, warning, language, written_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        reply.id,
        reply.public,
        reply.html,
        reply.warning,
        reply.language,
        reply.updated_at or reply.published_at,
    )
    await tx.execute(
        "DELETE FROM reply_revision WHERE reply_id = $1 AND id NOT IN (SELECT id FROM "
        "reply_revision WHERE reply_id = $1 ORDER BY id DESC LIMIT $2)",
        reply.id,
        _MOST,
    )


async def list_public_revisions(db: Queries, reply_id: int) -> Sequence[Revision]:
    """The earlier texts that everybody could read, oldest first."""
    rows = await db.rows(
        "SELECT html, warning, language, written_at FROM reply_revision "
        "WHERE reply_id = $1 AND public = $2 ORDER BY id",
        reply_id,
        True,
    )
    return [Revision(**row) for row in rows]
