"""The log of what came in and was verified: the durable queue, and the admin's Incoming page."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Database, Queries, Transaction


@dataclass(frozen=True, slots=True)
class NewArrival:
    """A verified activity. signature_hash: of this very request, so a replay is known."""

    signature_hash: str
    activity_id: str
    type: str
    actor_uri: str
    authority: str
    body: bytes
    received_at: int


@dataclass(frozen=True, slots=True)
class ClaimedArrival:
    """An arrival to process. attempts counts this one."""

    id: int
    type: str
    actor_uri: str
    authority: str
    body: bytes
    received_at: int
    attempts: int


@dataclass(frozen=True, slots=True)
class LoggedArrival:
    """An arrival as the admin sees it."""

    id: int
    type: str
    actor_uri: str
    handle: str
    received_at: int
    state: str
    reason: str


async def add_arrivals(tx: Transaction, arrivals: Sequence[NewArrival]) -> None:
    """Write verified activities; a request that came before, byte for byte, is left out."""
    await tx.execute_many(
        "INSERT INTO arrival (signature_hash, activity_id, type, actor_uri, authority, body, "
        "received_at, state, reason, attempts, next_at, lease_until) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, 'new', '', 0, $8, 0) "
        "ON CONFLICT (signature_hash) DO NOTHING",
        [
            (
                arrival.signature_hash,
                arrival.activity_id,
                arrival.type,
                arrival.actor_uri,
                arrival.authority,
                arrival.body,
                arrival.received_at,
                arrival.received_at,
            )
            for arrival in arrivals
        ],
    )


async def claim_arrivals(
    db: Database, *, now: int, lease_until: int, limit: int
) -> list[ClaimedArrival]:
    """Take up to limit due arrivals, oldest first, for nobody else until the lease ends (ms)."""
    lock = "" if db.sqlite else "FOR UPDATE SKIP LOCKED"
    async with db.transaction() as tx:
        rows = await tx.rows(
            "UPDATE arrival SET lease_until = $1, attempts = attempts + 1 WHERE id IN ("
            "SELECT id FROM arrival WHERE state = 'new' AND next_at <= $2 AND lease_until <= $2 "
            f"ORDER BY next_at, id LIMIT $3 {lock}) "
            "RETURNING id, type, actor_uri, authority, body, received_at, attempts",
            lease_until,
            now,
            limit,
        )
    return sorted((ClaimedArrival(**row) for row in rows), key=lambda arrival: arrival.id)


async def set_processed(
    tx: Transaction, arrival_id: int, *, state: str, reason: str, keep_body: bool
) -> None:
    """Note what became of an arrival. state: done, ignored or failed."""
    body = "" if keep_body else ", body = NULL"
    await tx.execute(
        f"UPDATE arrival SET state = $1, reason = $2, lease_until = 0{body} WHERE id = $3",
        state,
        reason,
        arrival_id,
    )


async def set_postponed(tx: Transaction, arrival_id: int, *, next_at: int, reason: str) -> None:
    """Processing failed: again at next_at (ms)."""
    await tx.execute(
        "UPDATE arrival SET next_at = $1, reason = $2, lease_until = 0 WHERE id = $3",
        next_at,
        reason,
        arrival_id,
    )


async def release_arrivals(tx: Transaction) -> None:
    """End every lease, when the only process that could hold one has just started."""
    await tx.execute("UPDATE arrival SET lease_until = 0 WHERE state = 'new'")


async def list_arrivals(db: Queries, *, before: int | None, limit: int) -> Sequence[LoggedArrival]:
    """The log, newest first."""
    rows = await db.rows(
        "SELECT l.id, l.type, l.actor_uri, COALESCE(a.handle, '') AS handle, l.received_at, "
        "l.state, l.reason FROM arrival l LEFT JOIN actor a ON a.uri = l.actor_uri "
        "WHERE l.id < $1 ORDER BY l.id DESC LIMIT $2",
        before or 2**62,
        limit,
    )
    return [LoggedArrival(**row) for row in rows]


async def prune_arrivals(tx: Transaction, *, bodies_before: int, rows_before: int) -> None:
    """Forget old bodies, and old rows of what is finished (ms)."""
    await tx.execute(
        "UPDATE arrival SET body = NULL WHERE state <> 'new' AND received_at < $1 "
        "AND body IS NOT NULL",
        bodies_before,
    )
    await tx.execute("DELETE FROM arrival WHERE state <> 'new' AND received_at < $1", rows_before)
