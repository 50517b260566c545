"""How often requests to the inbox were turned away, by server and reason; nothing else of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction

_MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Refusal:
    """So many of one server for one reason. authority: as claimed, empty if none was. Times: ms."""

    id: int
    authority: str
    reason: str
    count: int
    first_at: int
    last_at: int


async def add_refusals(tx: Transaction, counts: Sequence[tuple[str, str, int, int, int]]) -> None:
    """Add rows of authority, reason, count, first and last time; the oldest fall out."""
    await tx.execute_many(
        "INSERT INTO refusal (authority, reason, count, first_at, last_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (authority, reason) DO UPDATE SET "
        "count = refusal.count + excluded.count, last_at = excluded.last_at",
        counts,
    )
    await tx.execute(
        "DELETE FROM refusal WHERE id NOT IN "
        "(SELECT id FROM refusal ORDER BY last_at DESC, id DESC LIMIT $1)",
        _MOST_KEPT,
    )


async def list_refusals(
    db: Queries, authority: str | None, *, after: tuple[int, int] | None, limit: int
) -> Sequence[Refusal]:
    """What was turned away, the latest first; of one server, or of all. after: last_at and number
    of the last one seen."""
    last_at, number = after or (2**62, 0)
    of = "AND authority = $4" if authority is not None else ""
    rows = await db.rows(
        "SELECT id, authority, reason, count, first_at, last_at FROM refusal "
        f"WHERE (last_at < $1 OR (last_at = $1 AND id < $2)) {of} "
        "ORDER BY last_at DESC, id DESC LIMIT $3",
        *([last_at, number, limit] + ([authority] if authority is not None else [])),
    )
    return [Refusal(**row) for row in rows]
