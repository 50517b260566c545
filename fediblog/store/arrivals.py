"""The log of what came in and was verified: the durable queue, and the admin's Incoming page."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Database, Queries, Transaction, containing, unindexed

#: How many rows are looked at for one page of a search.
_LOOKED_AT = 10_000
#: What is about a note that can be asked for at its origin.
_ASKED_FOR = "('Create', 'Update', 'Announce')"


@dataclass(frozen=True, slots=True)
class NewArrival:
    """A verified activity. signature_hash: of this very request, so a replay is known. authority:
    of whoever sent it; pointer: that is not its actor. object_id: what it is about."""

    signature_hash: str
    activity_id: str
    type: str
    actor_uri: str
    authority: str
    lane: str
    body: bytes
    received_at: int
    pointer: bool = False
    object_id: str = ""


@dataclass(frozen=True, slots=True)
class ClaimedArrival:
    """An arrival to process now. attempts counts this one; pointer and object_id as in NewArrival.
    Without a body its object is to be asked for."""

    id: int
    activity_id: str
    type: str
    actor_uri: str
    authority: str
    body: bytes | None
    received_at: int
    attempts: int
    pointer: bool
    object_id: str


@dataclass(frozen=True, slots=True)
class LoggedArrival:
    """An arrival as the admin sees it. authority: of who sent it; pointer: that was somebody else
    than the actor. has_body: it is still here as it came. next_at (ms): when it is processed."""

    id: int
    type: str
    actor_uri: str
    handle: str
    authority: str
    received_at: int
    state: str
    reason: str
    pointer: bool
    object_id: str
    has_body: bool
    next_at: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which arrivals are looked for; what is empty does not matter. server: of who sent it. text:
    in the reason, or in an id."""

    actor_uri: str = ""
    server: str = ""
    state: str = ""
    type: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class FoundArrivals:
    """A page of the log. next_before: where the next one begins, None at the end."""

    rows: Sequence[LoggedArrival]
    next_before: int | None


async def add_arrivals(tx: Transaction, arrivals: Sequence[NewArrival]) -> None:
    """Write verified activities; a request that came before, byte for byte, is left out."""
    await tx.execute_many(
        "INSERT INTO arrival (signature_hash, activity_id, type, actor_uri, authority, lane, body, "
        "received_at, state, reason, attempts, next_at, lease_until, pointer, object_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'new', '', 0, $9, 0, $10, $11) "
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
                arrival.object_id,
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
    async with db.transaction() as tx:
        rows = await tx.rows(claiming_arrivals(db.sqlite), lease_until, now, limit, at_once)
    claimed = [ClaimedArrival(**{**row, "pointer": bool(row["pointer"])}) for row in rows]
    return sorted(claimed, key=lambda arrival: arrival.id)


def claiming_arrivals(sqlite: bool) -> str:
    """The statement of `claim_arrivals`, which looks at no more rows than it can take however many
    wait, also where the database believes that there are few: see `unindexed`."""
    due = f"SELECT due.id FROM ({_DUE}) due WHERE due.turn <= $4"
    lock = "" if sqlite else "FOR UPDATE OF a SKIP LOCKED"
    return (
        "UPDATE arrival SET lease_until = $1, attempts = attempts + 1 WHERE id IN ("
        f"SELECT a.id FROM arrival a WHERE a.id IN ({due}) "
        f"AND {unindexed('a.state')} = 'new' AND a.lease_until <= $2 "
        f"ORDER BY a.next_at, a.id LIMIT $3 {lock}) "
        "RETURNING id, activity_id, type, actor_uri, authority, body, received_at, attempts, "
        "pointer, object_id"
    )


#: The oldest due arrivals of servers that have not their share in hand, each with its turn.
_DUE = (
    "SELECT c.id, ROW_NUMBER() OVER (PARTITION BY c.authority ORDER BY c.id) "
    "+ COALESCE(b.n, 0) AS turn FROM ("
    "SELECT id, authority FROM arrival c WHERE c.state = 'new' AND c.next_at <= $2 "
    "AND c.lease_until <= $2 AND c.authority NOT IN ("
    "SELECT authority FROM arrival WHERE state = 'new' AND lease_until > $2 "
    "GROUP BY authority HAVING count(*) >= $4) "
    "AND NOT EXISTS (SELECT 1 FROM arrival o WHERE o.lane = c.lane "
    f"AND {unindexed('o.state')} = 'new' AND o.id < c.id) ORDER BY c.next_at LIMIT $3) c "
    "LEFT JOIN ("
    "SELECT authority, count(*) AS n FROM arrival WHERE state = 'new' AND lease_until > $2 "
    "GROUP BY authority) b ON b.authority = c.authority"
)


async def set_processed(
    tx: Transaction, arrival_id: int, *, attempt: int, state: str, reason: str, keep_body: bool
) -> None:
    """Note what became of an arrival. state: done, ignored or failed. attempt: which one tells of
    it; if there is a later one by now, as its lease has ended, that one will."""
    body = "" if keep_body else ", body = NULL"
    await tx.execute(
        f"UPDATE arrival SET state = $1, reason = $2, lease_until = 0{body} "
        "WHERE id = $3 AND attempts = $4 AND state = 'new'",
        state,
        reason,
        arrival_id,
        attempt,
    )


async def set_postponed(
    tx: Transaction, arrival_id: int, *, attempt: int, next_at: int, reason: str
) -> None:
    """Processing failed: again at next_at (ms). attempt: as in `set_processed`."""
    await tx.execute(
        "UPDATE arrival SET next_at = $1, reason = $2, lease_until = 0 "
        "WHERE id = $3 AND attempts = $4 AND state = 'new'",
        next_at,
        reason,
        arrival_id,
        attempt,
    )


async def release_arrivals(tx: Transaction) -> None:
    """End every lease, when the only process that could hold one has just started."""
    await tx.execute("UPDATE arrival SET lease_until = 0 WHERE state = 'new'")


async def queue_again(tx: Transaction, arrival_id: int, now: int) -> bool:
    """Have something processed once more that failed or was ignored, or now if it is only put off;
    whether there is such a thing. Without its body its object is asked for, if it can be."""
    rows = await tx.rows(
        "UPDATE arrival SET state = 'new', next_at = $1, attempts = 0 WHERE id = $2 AND ("
        "(state = 'new' AND next_at > $1 AND lease_until <= $1) OR (state IN ('failed', 'ignored') "
        f"AND (body IS NOT NULL OR (object_id <> '' AND type IN {_ASKED_FOR})))) RETURNING id",
        now,
        arrival_id,
    )
    return bool(rows)


def can_ask_for(type: str) -> bool:
    """Whether what an activity of this type is about can be asked for in its stead."""
    return f"'{type}'" in _ASKED_FOR


async def list_arrivals(
    db: Queries, wanted: Wanted, *, before: int | None, limit: int
) -> FoundArrivals:
    """The log, newest first. A page may have fewer rows than it could, and yet not be the last one:
    only so many rows are looked at for it."""
    column, value = _narrowest(wanted)
    rest = _conditions(wanted, but=column)
    first = f" AND {column} = $4" if column else ""
    window = f"SELECT id FROM arrival WHERE id < $1{first} ORDER BY id DESC LIMIT $2"
    looked_at = _LOOKED_AT if rest else limit + 1
    values: list[int | str] = [before or 2**62, looked_at, limit + 1, *([value] if column else [])]
    start = len(values) + 1
    where = " AND ".join(
        condition.replace("?", f"${place}") for place, (condition, _) in enumerate(rest, start)
    )
    rows = await db.rows(
        "SELECT l.id, l.type, l.actor_uri, COALESCE(a.handle, '') AS handle, l.authority, "
        "l.received_at, l.state, l.reason, l.pointer, l.object_id, l.body IS NOT NULL AS has_body, "
        f"l.next_at FROM ({window}) w JOIN arrival l ON l.id = w.id "
        f"LEFT JOIN actor a ON a.uri = l.actor_uri {f'WHERE {where}' if where else ''} "
        "ORDER BY l.id DESC LIMIT $3",
        *values,
        *(each for _, each in rest),
    )
    found = [
        LoggedArrival(**{**row, **{name: bool(row[name]) for name in ("pointer", "has_body")}})
        for row in rows[:limit]
    ]
    if len(rows) > limit:
        return FoundArrivals(found, found[-1].id)
    return FoundArrivals(found, await _end_of_window(db, window, values) if rest else None)


async def count_newer(db: Queries, since: int, *, most: int) -> int:
    """How many have come after one, by its number; no more than most are counted."""
    rows = await db.rows(
        "SELECT count(*) AS n FROM (SELECT 1 FROM arrival WHERE id > $1 LIMIT $2) newer",
        since,
        most,
    )
    return int(rows[0]["n"])


async def last_number(db: Queries) -> int:
    """The number of what came last, 0 for nothing yet."""
    return int((await db.rows("SELECT COALESCE(MAX(id), 0) AS last FROM arrival"))[0]["last"])


def _narrowest(wanted: Wanted) -> tuple[str, str]:
    """What the index is asked for; the rest is looked for in the rows that it gives."""
    if wanted.actor_uri:
        return "actor_uri", wanted.actor_uri
    if wanted.server:
        return "authority", wanted.server
    return ("state", wanted.state) if wanted.state else ("", "")


def _conditions(wanted: Wanted, *, but: str) -> list[tuple[str, str]]:
    """Conditions on a row, as l, each with ? for its value."""
    asked = {"authority": wanted.server, "state": wanted.state, "type": wanted.type}
    conditions = [
        (f"l.{column} = ?", value) for column, value in asked.items() if value and column != but
    ]
    if wanted.text:
        texts = " || ' ' || ".join(("l.reason", "l.object_id", "l.activity_id", "l.actor_uri"))
        conditions.append((f"lower({texts}) LIKE ? ESCAPE '!'", containing(wanted.text)))
    return conditions


async def _end_of_window(db: Queries, window: str, values: Sequence[int | str]) -> int | None:
    """Where to go on after a window in which too little was found; None if there is no more."""
    inner = window.replace("$4", "$3")
    rows = await db.rows(
        f"SELECT count(*) AS n, min(id) AS last FROM ({inner}) w", *values[:2], *values[3:]
    )
    return int(rows[0]["last"]) if rows[0]["n"] == values[1] else None


async def prune_arrivals(tx: Transaction, *, bodies_before: int, rows_before: int) -> None:
    """Forget old bodies, and old rows of what is finished (ms)."""
    await tx.execute(
        "UPDATE arrival SET body = NULL WHERE state <> 'new' AND received_at < $1 "
        "AND body IS NOT NULL",
        bodies_before,
    )
    await tx.execute("DELETE FROM arrival WHERE state <> 'new' AND received_at < $1", rows_before)
