"""Replies whose parent is not here yet: when to look for it, and when to give up."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Database, Queries, Transaction


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reply that waits for the parent it names."""

    id: int
    uri: str
    in_reply_to: str
    conversation: str
    fetch_attempts: int


async def claim_waiting(
    db: Database, *, now: int, lease_until: int, limit: int
) -> Sequence[Waiting]:
    """Take up to limit replies whose parent is to be fetched now; nobody else does until the lease
    ends (ms). fetch_attempts counts this one."""
    lock = "" if db.sqlite else "FOR UPDATE SKIP LOCKED"
    async with db.transaction() as tx:
        rows = await tx.rows(
            "UPDATE reply SET lease_until = $1, fetch_attempts = fetch_attempts + 1 WHERE id IN ("
            "SELECT id FROM reply WHERE fetch_at <= $2 AND lease_until <= $2 "
            f"AND state = 'waiting' ORDER BY fetch_at LIMIT $3 {lock}) "
            "RETURNING id, uri, in_reply_to, conversation, fetch_attempts",
            lease_until,
            now,
            limit,
        )
    return [Waiting(**row) for row in rows]


async def set_next_fetch(tx: Transaction, reply_id: int, at: int | None, attempts: int) -> None:
    """When to fetch the parent (ms); None: no more, it may still be delivered."""
    await tx.execute(
        "UPDATE reply SET fetch_at = $1, fetch_attempts = $2, lease_until = 0 WHERE id = $3",
        at,
        attempts,
        reply_id,
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
        "DELETE FROM reply WHERE state = 'waiting' AND post_id IS NULL "
        "AND received_at < $1 RETURNING id",
        received_before,
    )
    return len(rows)


async def release_waiting(tx: Transaction) -> None:
    """End every lease, when the only process that could hold one has just started."""
    await tx.execute("UPDATE reply SET lease_until = 0 WHERE state = 'waiting' AND lease_until > 0")
