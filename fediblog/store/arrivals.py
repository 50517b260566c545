"""The log of what came in and was verified: the durable queue, and the admin's Incoming page."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Database, Queries, Transaction


@dataclass(frozen=True, slots=True)
class NewArrival:
    """A verified activity. signature_hash: of this very request, so a replay is known. authority:
    of whoever sent it; pointer: that is not its actor."""

    signature_hash: str
    activity_id: str
    type: str
    actor_uri: str
    authority: str
    lane: str
    body: bytes
    received_at: int
    pointer: bool = False


@dataclass(frozen=True, slots=True)
class ClaimedArrival:
    """An arrival to process now. attempts counts this one; pointer as in NewArrival."""

    id: int
    type: str
    actor_uri: str
    authority: str
    body: bytes
    received_at: int
    attempts: int
    pointer: bool


@dataclass(frozen=True, slots=True)
class LoggedArrival:
    """An arrival as the admin sees it. authority: of who sent it; pointer: that was somebody else
    than the actor."""

    id: int
    type: str
    actor_uri: str
    handle: str
    authority: str
    received_at: int
    state: str
    reason: str
    pointer: bool


async def add_arrivals(tx: Transaction, arrivals: Sequence[NewArrival]) -> None:
    """Write verified activities; a request that came before, byte for byte, is left out."""
    await tx.execute_many(
        "INSERT INTO arrival (signature_hash, activity_id, type, actor_uri, authority, lane, body, "
        "received_at, state, reason, attempts, next_at, lease_until, pointer) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'new', '', 0, $9, 0, $10) "
        "ON CONFLICT (signature_hash) DO NOTHING",
        [
            (
                arrival.signature_hash,
                arrival.activity_id,
                arrival.type,
                arrival.actor_uri,
                arrival.authority,
                arrival.lane,
                arrival.body,
                arrival.received_at,
                arrival.received_at,
                arrival.pointer,
            )
            for arrival in arrivals
        ],
    )


async def claim_arrivals(
    db: Database, *, now: int, lease_until: int, limit: int, at_once: int
) -> list[ClaimedArrival]:
    """Take up to limit due arrivals, oldest first, for nobody else until the lease ends (ms).

    At most at_once of one server are in hand at any time, and within a lane only the oldest: an
    Undo never overtakes its Follow, also when the Follow has to be tried again.
    """
    lock = "" if db.sqlite else "FOR UPDATE OF a SKIP LOCKED"
    async with db.transaction() as tx:
        rows = await tx.rows(
            "UPDATE arrival SET lease_until = $1, attempts = attempts + 1 WHERE id IN ("
            f"SELECT a.id FROM arrival a JOIN ({_DUE}) due ON due.id = a.id "
            "WHERE due.turn <= $4 AND a.state = 'new' AND a.lease_until <= $2 "
            f"ORDER BY a.next_at, a.id LIMIT $3 {lock}) "
            "RETURNING id, type, actor_uri, authority, body, received_at, attempts, pointer",
            lease_until,
            now,
            limit,
            at_once,
        )
    claimed = [ClaimedArrival(**{**row, "pointer": bool(row["pointer"])}) for row in rows]
    return sorted(claimed, key=lambda arrival: arrival.id)


#: The oldest due arrivals of servers that have not their share in hand, each with its turn.
_DUE = (
    "SELECT c.id, ROW_NUMBER() OVER (PARTITION BY c.authority ORDER BY c.id) "
    "+ COALESCE(b.n, 0) AS turn FROM ("
    "SELECT id, authority FROM arrival c WHERE c.state = 'new' AND c.next_at <= $2 "
    "AND c.lease_until <= $2 AND c.authority NOT IN ("
    "SELECT authority FROM arrival WHERE state = 'new' AND lease_until > $2 "
    "GROUP BY authority HAVING count(*) >= $4) "
    "AND NOT EXISTS (SELECT 1 FROM arrival o WHERE o.lane = c.lane AND o.state = 'new' "
    "AND o.id < c.id) ORDER BY c.next_at, c.id LIMIT 500) c LEFT JOIN ("
    "SELECT authority, count(*) AS n FROM arrival WHERE state = 'new' AND lease_until > $2 "
    "GROUP BY authority) b ON b.authority = c.authority"
)


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
        "SELECT l.id, l.type, l.actor_uri, COALESCE(a.handle, '') AS handle, l.authority, "
        "l.received_at, l.state, l.reason, l.pointer FROM arrival l "
        "LEFT JOIN actor a ON a.uri = l.actor_uri WHERE l.id < $1 ORDER BY l.id DESC LIMIT $2",
        before or 2**62,
        limit,
    )
    return [LoggedArrival(**{**row, "pointer": bool(row["pointer"])}) for row in rows]


async def prune_arrivals(tx: Transaction, *, bodies_before: int, rows_before: int) -> None:
    """Forget old bodies, and old rows of what is finished (ms)."""
    await tx.execute(
        "UPDATE arrival SET body = NULL WHERE state <> 'new' AND received_at < $1 "
        "AND body IS NOT NULL",
        bodies_before,
    )
    await tx.execute("DELETE FROM arrival WHERE state <> 'new' AND received_at < $1", rows_before)
