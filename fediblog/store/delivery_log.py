"""What the author sees of deliveries: of a post, to a server, in a state, and how far they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fediblog.store.actors import INBOX
from fediblog.store.database import Queries, Row, places

#: What tells of an object itself, newest last: what it says, that it has changed, that it is gone.
_TELLING = "('Create', 'Update', 'Delete')"
_COLUMNS = (
    "d.id, a.type, a.object_uri, d.inbox, d.authority, d.state, d.attempts, d.next_at, "
    "d.last_status, d.last_answer, d.created_at, d.finished_at, a.forwarded"
)


@dataclass(frozen=True, slots=True)
class LoggedDelivery:
    """A delivery as the admin sees it. Times are ms. forwarded: it is somebody else's activity."""

    id: int
    type: str
    object_uri: str
    inbox: str
    authority: str
    state: str
    attempts: int
    next_at: int
    last_status: int | None
    last_answer: str
    created_at: int
    finished_at: int | None
    forwarded: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """An activity of ours that tells of an object. created_at: ms."""

    id: int
    key: str
    type: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How many servers an activity goes to, and how many of them have it, wait for it, or never get
    it. unanswered: how many inboxes have not said anything to it yet."""

    servers: int
    have: int
    waiting: int
    failed: int
    unanswered: int


async def list_tellings(db: Queries, object_uri: str, *, limit: int) -> Sequence[Telling]:
    """What was sent about an object, newest first."""
    rows = await db.rows(
        "SELECT id, key, type, created_at FROM activity "
        f"WHERE object_uri = $1 AND type IN {_TELLING} AND forwarded = $2 "
        "ORDER BY id DESC LIMIT $3",
        object_uri,
        False,
        limit,
    )
    return [Telling(**row) for row in rows]


async def get_progress(db: Queries, activity_id: int) -> Progress:
    """How far an activity has come. A server has it as soon as one of its inboxes does."""
    rows = await db.rows(
        "SELECT count(*) AS servers, COALESCE(sum(done), 0) AS have, "
        "COALESCE(sum(CASE WHEN done = 0 AND queued = 1 THEN 1 ELSE 0 END), 0) AS waiting, "
        "COALESCE(sum(CASE WHEN done = 0 AND queued = 0 THEN 1 ELSE 0 END), 0) AS failed, "
        "COALESCE(sum(unanswered), 0) AS unanswered FROM (SELECT authority, "
        "MAX(CASE WHEN state = 'done' THEN 1 ELSE 0 END) AS done, "
        "MAX(CASE WHEN state = 'queued' THEN 1 ELSE 0 END) AS queued, "
        "sum(CASE WHEN state = 'queued' AND last_answer = '' THEN 1 ELSE 0 END) AS unanswered "
        "FROM delivery WHERE activity_id = $1 AND state <> 'cancelled' GROUP BY authority) s",
        activity_id,
    )
    return Progress(**{name: int(value) for name, value in rows[0].items()})


async def count_reached(db: Queries, activity_id: int) -> int:
    """Behind how many followers' inboxes an activity has arrived."""
    rows = await db.rows(
        "SELECT count(*) AS n FROM follower f JOIN actor a ON a.id = f.actor_id "
        f"JOIN delivery d ON d.activity_id = $1 AND d.inbox = {INBOX} AND d.state = 'done'",
        activity_id,
    )
    return int(rows[0]["n"])


async def count_behind(db: Queries, deliveries: Sequence[LoggedDelivery]) -> Mapping[str, int]:
    """How many followers there are behind the inbox of each of these deliveries."""
    authorities = sorted({delivery.authority for delivery in deliveries})
    if not authorities:
        return {}
    rows = await db.rows(
        f"SELECT {INBOX} AS inbox, count(*) AS n FROM actor a JOIN follower f ON f.actor_id = a.id "
        f"WHERE a.authority IN ({places(len(authorities))}) GROUP BY {INBOX}",
        *authorities,
    )
    return {str(row["inbox"]): int(row["n"]) for row in rows}


async def list_deliveries(
    db: Queries, state: str | None, *, before: int | None, limit: int
) -> Sequence[LoggedDelivery]:
    """All deliveries, in one state or in all, newest first."""
    return await _list(db, _in(state), before, limit)


async def list_deliveries_of(
    db: Queries, activity_id: int, state: str | None, *, before: int | None, limit: int
) -> Sequence[LoggedDelivery]:
    """The deliveries of one activity, in one state or in all, newest first."""
    return await _list(db, {"d.activity_id": activity_id} | _in(state), before, limit)


async def list_deliveries_to(
    db: Queries, authority: str, state: str | None, *, before: int | None, limit: int
) -> Sequence[LoggedDelivery]:
    """The deliveries to one server, in one state or in all, newest first."""
    return await _list(db, {"d.authority": authority} | _in(state), before, limit)


def _in(state: str | None) -> dict[str, int | str]:
    return {"d.state": state} if state else {}


async def _list(
    db: Queries, which: Mapping[str, int | str], before: int | None, limit: int
) -> Sequence[LoggedDelivery]:
    """which: columns with the values that they have."""
    conditions = "".join(f" AND {column} = ${place}" for place, column in enumerate(which, start=3))
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM delivery d JOIN activity a ON a.id = d.activity_id "
        f"WHERE d.id < $1{conditions} ORDER BY d.id DESC LIMIT $2",
        before or 2**62,
        limit,
        *which.values(),
    )
    return [_delivery(row) for row in rows]


def _delivery(row: Row) -> LoggedDelivery:
    return LoggedDelivery(**{**row, "forwarded": bool(row["forwarded"])})
