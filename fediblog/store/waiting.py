"""Replies whose parent is not here yet: when to look for it, and when to give up."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reply that waits for the parent it names."""

    id: int
    uri: str
    in_reply_to: str
    fetch_attempts: int


async def list_due(db: Queries, now: int, limit: int) -> Sequence[Waiting]:
    """Waiting replies whose parent is to be fetched now."""
    rows = await db.rows(
        "SELECT id, uri, in_reply_to, fetch_attempts FROM reply "
        "WHERE fetch_at <= $1 AND state = 'waiting' ORDER BY fetch_at LIMIT $2",
        now,
        limit,
    )
    return [Waiting(**row) for row in rows]


async def set_next_fetch(tx: Transaction, reply_id: int, at: int | None, attempts: int) -> None:
    """When to fetch the parent (ms); None: no more, it may still be delivered."""
    await tx.execute(
        "UPDATE reply SET fetch_at = $1, fetch_attempts = $2 WHERE id = $3", at, attempts, reply_id
    )


async def count_waiting(db: Queries, authority: str) -> int:
    """How many replies from one server wait."""
    rows = await db.rows(
        "SELECT count(*) AS n FROM reply r JOIN actor a ON a.id = r.actor_id "
        "WHERE r.state = 'waiting' AND a.authority = $1",
        authority,
    )
    return int(rows[0]["n"])


async def remove_waiting(tx: Transaction, reply_id: int) -> None:
    """Drop a reply that turned out to be in no thread of ours."""
    await tx.execute("DELETE FROM reply WHERE id = $1 AND state = 'waiting'", reply_id)


async def remove_expired(tx: Transaction, received_before: int) -> int:
    """Drop replies that have waited since before then (ms); how many."""
    rows = await tx.rows(
        "DELETE FROM reply WHERE state = 'waiting' AND received_at < $1 RETURNING id",
        received_before,
    )
    return len(rows)
