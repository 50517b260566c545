"""What we send: activities as final bytes, and for each inbox a delivery."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fediblog.store.actors import INBOX
from fediblog.store.database import Database, Queries, Row, Transaction, places, unindexed
from fediblog.store.site import BLOG_KEY

#: What was to be delivered a week ago is no news to an inbox that was found only now.
_READDRESSED_MS = 8 * 24 * 3600 * 1000
#: By so much what is held is put off, and brought back: far more than anything else is.
_HELD_MS = 100 * 365 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery to attempt. attempts counts this one.

    key_id: of the key that is to sign it, empty for the current one. current_key: the number of
    that one, which another process may have changed. activity_key: of the activity, empty for
    somebody else's.
    """

    id: int
    inbox: str
    authority: str
    body: bytes
    attempts: int
    created_at: int
    key_id: str
    current_key: int
    activity_key: str


async def add_activity(
    tx: Transaction,
    *,
    key: str,
    type: str,
    object_uri: str,
    body: bytes,
    now: int,
    forwarded: bool = False,
    key_id: str = "",
) -> int:
    """Write an activity; its row's number.

    forwarded: it is somebody else's, unchanged. key_id: of the key that is to sign its deliveries.
    """
    rows = await tx.rows(
        "INSERT INTO activity (key, type, object_uri, body, created_at, forwarded, key_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        key,
        type,
        object_uri,
        body,
        now,
        forwarded,
        key_id,
    )
    return int(rows[0]["id"])


@dataclass(frozen=True, slots=True)
class SentActivity:
    """An activity as it was sent. object_uri: what it is about; withdrawn: what it tells is deleted
    or forgotten."""

    body: bytes
    object_uri: str
    withdrawn: bool


async def get_object_uri(db: Queries, activity_id: int) -> str | None:
    """The id of what an activity is about."""
    rows = await db.rows("SELECT object_uri FROM activity WHERE id = $1", activity_id)
    return str(rows[0]["object_uri"]) if rows else None


async def get_activity(db: Queries, key: str) -> SentActivity | None:
    """The activity of ours with this key; a report is for its receiver alone."""
    rows = await db.rows(
        "SELECT a.body, a.object_uri, a.body = $3 OR (a.type <> 'Delete' AND EXISTS "
        "(SELECT 1 FROM tombstone t WHERE t.uri = a.object_uri)) AS withdrawn "
        "FROM activity a WHERE a.key = $1 AND a.forwarded = $2 AND a.type <> 'Flag'",
        key,
        False,
        b"",
    )
    if not rows:
        return None
    body, withdrawn = bytes(rows[0]["body"]), bool(rows[0]["withdrawn"])
    return SentActivity(body, rows[0]["object_uri"], withdrawn)


async def get_last_flag(db: Queries, object_uri: str) -> int | None:
    """When something was reported to its server (ms); None for never."""
    rows = await db.rows(
        "SELECT created_at FROM activity WHERE object_uri = $1 AND type = 'Flag' "
        "ORDER BY id DESC LIMIT 1",
        object_uri,
    )
    return int(rows[0]["created_at"]) if rows else None


async def erase_deleted(tx: Transaction) -> None:
    """Erase what was said of objects that are deleted, and what others said and we passed on, once
    nobody is to be told it any more."""
    await tx.execute(
        "UPDATE activity SET body = $1 WHERE body <> $1 AND (forwarded = $2 "
        "OR (type IN ('Create', 'Update') AND object_uri IN (SELECT uri FROM tombstone))) "
        "AND NOT EXISTS "
        "(SELECT 1 FROM delivery d WHERE d.activity_id = activity.id AND d.state = 'queued')",
        b"",
        True,
    )


async def erase_earlier(tx: Transaction, object_uri: str) -> None:
    """Erase what was said of an object before it was said last, where nobody waits for it."""
    about = "object_uri = $2 AND type IN ('Create', 'Update')"
    await tx.execute(
        f"UPDATE activity SET body = $1 WHERE {about} "
        f"AND id < (SELECT max(id) FROM activity WHERE {about}) AND NOT EXISTS "
        "(SELECT 1 FROM delivery d WHERE d.activity_id = activity.id AND d.state = 'queued')",
        b"",
        object_uri,
    )


async def add_deliveries(
    tx: Transaction,
    activity_id: int,
    object_uri: str,
    inboxes: Iterable[tuple[str, str]],
    now: int,
    *,
    due: int | None = None,
) -> None:
    """Queue an activity for (inbox, authority) pairs, each inbox once. due: now, unless given."""
    rows = [
        (activity_id, inbox, authority, _lane(inbox, object_uri), due or now, now)
        for inbox, authority in dict(inboxes).items()
    ]
    if rows:
        await tx.execute_many(
            "INSERT INTO delivery (activity_id, inbox, authority, lane, state, attempts, next_at, "
            "lease_until, last_answer, created_at) "
            "VALUES ($1, $2, $3, $4, 'queued', 0, $5, 0, '', $6) "
            "ON CONFLICT (activity_id, inbox) DO NOTHING",
            rows,
        )


async def list_follower_inboxes(db: Queries) -> Sequence[str]:
    """The inboxes of all followers, the shared one where there is one."""
    rows = await db.rows(
        f"SELECT DISTINCT {INBOX} "
        "AS address FROM follower f CROSS JOIN actor a "
        "WHERE a.id = f.actor_id AND a.gone_at IS NULL"
    )
    return [str(row["address"]) for row in rows]


async def list_object_inboxes(db: Queries, object_uri: str) -> Sequence[str]:
    """Every inbox that has been sent, or is still to get, anything about an object."""
    rows = await db.rows(
        "SELECT DISTINCT d.inbox FROM delivery d JOIN activity a ON a.id = d.activity_id "
        "WHERE a.object_uri = $1 AND d.state <> 'cancelled'",
        object_uri,
    )
    return [str(row["inbox"]) for row in rows]


async def get_last_update(db: Queries, object_uri: str, now: int) -> int:
    """When an Update of an object last ended at an inbox; now if one is under way, 0 for never."""
    rows = await db.rows(
        "SELECT MAX(CASE WHEN d.lease_until > $1 THEN $1 ELSE d.finished_at END) AS last "
        "FROM delivery d JOIN activity a ON a.id = d.activity_id "
        "WHERE a.object_uri = $2 AND a.type = 'Update' AND d.attempts > 0",
        now,
        object_uri,
    )
    return int(rows[0]["last"] or 0)


async def cancel_updates(tx: Transaction, object_uri: str, now: int) -> None:
    """Drop queued Updates of an object that a newer one replaces; a Create ahead stays, and so does
    what is signed with a former key, which no newer one can say."""
    about = "SELECT id FROM activity WHERE object_uri = $2 AND type = 'Update' AND key_id = ''"
    await _cancel(tx, f"attempts = 0 AND activity_id IN ({about})", now, object_uri)


async def cancel_unsent(tx: Transaction, object_uri: str, now: int) -> None:
    """Drop what is queued about an object and was never attempted: where no attempt was made,
    nobody knows of it."""
    about = "SELECT id FROM activity WHERE object_uri = $2"
    await _cancel(tx, f"attempts = 0 AND activity_id IN ({about})", now, object_uri)


async def hold_deliveries(tx: Transaction, object_uri: str) -> None:
    """Attempt nothing about an object until `release_held`; what is under way ends as it does."""
    await _move(tx, object_uri, _HELD_MS, "next_at < $3", _HELD_MS)


async def release_held(tx: Transaction, object_uri: str) -> None:
    """Have everything about an object due again when it was before it was held."""
    await _move(tx, object_uri, -_HELD_MS, "next_at >= $3", _HELD_MS)


async def _move(tx: Transaction, object_uri: str, by: int, which: str, value: int) -> None:
    await tx.execute(
        f"UPDATE delivery SET next_at = next_at + $1 WHERE state = 'queued' AND {which} "
        "AND activity_id IN (SELECT id FROM activity WHERE object_uri = $2)",
        by,
        object_uri,
        value,
    )


async def get_last_announce(db: Queries, object_uri: str) -> str | None:
    """The key of the last activity by which an object was announced."""
    rows = await db.rows(
        "SELECT key FROM activity WHERE object_uri = $1 AND type = 'Announce' AND forwarded = $2 "
        "ORDER BY id DESC LIMIT 1",
        object_uri,
        False,
    )
    return str(rows[0]["key"]) if rows else None


async def list_activity_inboxes(db: Queries, key: str) -> Sequence[str]:
    """Every inbox that has been sent, or is still to get, the activity with this key."""
    rows = await db.rows(
        "SELECT d.inbox FROM delivery d JOIN activity a ON a.id = d.activity_id "
        "WHERE a.key = $1 AND d.state <> 'cancelled'",
        key,
    )
    return [str(row["inbox"]) for row in rows]


async def cancel_answers(tx: Transaction, inbox: str, about: str, now: int) -> None:
    """Drop earlier answers to somebody's request that were never attempted: the last one counts.

    Nothing else, and nobody else's: what a request is about is for a stranger to choose.
    """
    answers = "SELECT id FROM activity WHERE object_uri = $2 AND type IN ('Accept', 'Reject')"
    await _cancel(
        tx, f"attempts = 0 AND activity_id IN ({answers}) AND inbox = $3", now, about, inbox
    )


async def is_forwarded(db: Queries, object_uri: str) -> bool:
    """Whether anything that others said of an object has been passed on."""
    rows = await db.rows(
        "SELECT 1 AS one FROM activity WHERE object_uri = $1 AND forwarded = $2 LIMIT 1",
        object_uri,
        True,
    )
    return bool(rows)


async def cancel_forwarded_updates(tx: Transaction, object_uri: str, now: int) -> None:
    """Drop an edit that somebody made and that was never passed on: there is a newer one."""
    about = "SELECT id FROM activity WHERE object_uri = $2 AND type = 'Update' AND forwarded = $3"
    await _cancel(tx, f"attempts = 0 AND activity_id IN ({about})", now, object_uri, True)


async def count_forwarding(db: Queries, authority: str) -> int:
    """How many activities about objects of one server are still being passed on."""
    rows = await db.rows(
        "SELECT count(DISTINCT d.activity_id) AS n FROM delivery d "
        "JOIN activity a ON a.id = d.activity_id WHERE d.state = 'queued' AND a.forwarded = $1 "
        "AND (a.object_uri LIKE $2 OR a.object_uri LIKE $3)",
        True,
        f"https://{authority}/%",
        f"http://{authority}/%",
    )
    return int(rows[0]["n"])


async def cancel_forwards(tx: Transaction, object_uri: str, now: int) -> None:
    """Drop what others said of an object and is still to be passed on: it must not be any more."""
    about = "SELECT id FROM activity WHERE object_uri = $2 AND forwarded = $3"
    await _cancel(tx, f"activity_id IN ({about})", now, object_uri, True)


async def cancel_inbox(tx: Transaction, inbox: str, authority: str, now: int) -> None:
    """Drop whatever is queued for one inbox."""
    await _cancel(tx, "authority = $2 AND inbox = $3", now, authority, inbox)


async def _cancel(tx: Transaction, which: str, now: int, *values: str | bool) -> None:
    """which: a condition in which values begin with $2."""
    await tx.execute(
        "UPDATE delivery SET state = 'cancelled', finished_at = $1, lease_until = 0 "
        f"WHERE state = 'queued' AND {which}",
        now,
        *values,
    )


async def claim_deliveries(
    db: Database, *, failing: bool, now: int, lease_until: int, limit: int
) -> list[ClaimedDelivery]:
    """Take up to limit due deliveries for nobody else until the lease ends (ms).

    failing: those to servers that failed when they were last asked, one at once for each, and none
    for a server in a pause; else those to all others, two at once for each. Within a lane only the
    oldest goes, so an Update never overtakes its Create (requirement H3).
    """
    async with db.transaction() as tx:
        rows = await tx.rows(claiming_deliveries(failing, db.sqlite), lease_until, now, limit)
        activities = await _activities(tx, {int(row["activity_id"]) for row in rows})
    return [
        ClaimedDelivery(
            id=row["id"],
            inbox=row["inbox"],
            authority=row["authority"],
            body=bytes(activity["body"]),
            attempts=row["attempts"],
            created_at=row["created_at"],
            key_id=activity["key_id"],
            current_key=int(activity["current_key"] or 1),
            activity_key="" if activity["forwarded"] else activity["key"],
        )
        for row in rows
        for activity in [activities[int(row["activity_id"])]]
    ]


def claiming_deliveries(failing: bool, sqlite: bool) -> str:
    """The statement of `claim_deliveries`, as `claiming_arrivals` is that of arrivals."""
    candidates = _DUE_FAILING if failing else _DUE_WELL
    due = f"SELECT due.id FROM ({candidates}) due WHERE due.turn <= {_AT_ONCE[failing]}"
    lock = "" if sqlite else "FOR UPDATE OF d SKIP LOCKED"
    return (
        "UPDATE delivery SET lease_until = $1, attempts = attempts + 1 WHERE id IN ("
        f"SELECT d.id FROM delivery d WHERE d.id IN ({due}) "
        f"AND d.lease_until <= $2 AND {unindexed('d.state')} = 'queued' "
        f"ORDER BY d.next_at, d.id LIMIT $3 {lock}) "
        "RETURNING id, inbox, authority, attempts, activity_id, created_at"
    )


async def is_signing(db: Queries, key_id: str) -> bool:
    """Whether anything is queued that the key with this id is to sign."""
    rows = await db.rows(
        "SELECT EXISTS (SELECT 1 FROM delivery d JOIN activity a ON a.id = d.activity_id "
        "WHERE a.key_id = $1 AND d.state = 'queued') AS found",
        key_id,
    )
    return bool(rows[0]["found"])


def _due(failing: bool) -> str:
    """The oldest due deliveries to servers that have not their share under way, each with its turn.

    What is under way is counted once, and only so many candidates are looked at that four
    processes find enough of them: a long queue for one server must not make the claims of others
    dear. Of those that are left, who has something under way has one, as nobody has three.
    """
    # Those that fail are few, and looked up before anything else is asked of a delivery.
    servers = "" if failing else "LEFT JOIN host h ON h.authority = d.authority "
    which = (
        "AND d.authority IN (SELECT authority FROM host WHERE failures > 0 AND not_before <= $2) "
        if failing
        else "AND COALESCE(h.failures, 0) = 0 AND COALESCE(h.not_before, 0) <= $2 "
    )
    return (
        "WITH under_way AS MATERIALIZED (SELECT authority, count(*) AS n FROM delivery "
        "WHERE state = 'queued' AND lease_until > $2 GROUP BY authority) "
        "SELECT c.id, ROW_NUMBER() OVER (PARTITION BY c.authority ORDER BY c.next_at, c.id) "
        "+ CASE WHEN c.authority IN (SELECT authority FROM under_way) THEN 1 ELSE 0 END AS turn "
        f"FROM (SELECT d.id, d.authority, d.next_at FROM delivery d {servers}"
        f"WHERE d.state = 'queued' AND d.next_at <= $2 AND d.lease_until <= $2 {which}"
        "AND d.authority NOT IN "
        f"(SELECT authority FROM under_way WHERE n >= {_AT_ONCE[failing]}) "
        "AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.lane = d.lane "
        f"AND {unindexed('e.state')} = 'queued' AND e.id < d.id) "
        "ORDER BY d.next_at LIMIT 4 * $3) c"
    )


#: How many go to one server at once, while it does not fail and while it does.
_AT_ONCE = {False: 2, True: 1}
_DUE_WELL, _DUE_FAILING = _due(failing=False), _due(failing=True)


async def set_done(
    tx: Transaction, ended: Sequence[tuple[ClaimedDelivery, int, str]], now: int
) -> None:
    """End deliveries that have arrived, each with its status and its answer; see `set_finished`."""
    await tx.execute_many(
        "UPDATE delivery SET state = 'done', last_status = $1, last_answer = $2, "
        "finished_at = $3, lease_until = 0 WHERE id = $4 AND attempts >= $5",
        [
            (status, answer, now, delivery.id, delivery.attempts)
            for delivery, status, answer in sorted(ended, key=lambda each: each[0].id)
        ],
    )


async def set_finished(
    tx: Transaction,
    delivery_id: int,
    *,
    attempt: int,
    state: str,
    status: int | None,
    answer: str,
    now: int,
) -> None:
    """End a delivery. state: done or failed. attempt: which one was the last (its count).

    What has arrived has arrived. A failure counts for as much as in `set_postponed`.
    """
    counts = "attempts >= $6" if state == "done" else "attempts = $6 AND state = 'queued'"
    await tx.execute(
        "UPDATE delivery SET state = $1, last_status = $2, last_answer = $3, finished_at = $4, "
        f"lease_until = 0 WHERE id = $5 AND {counts}",
        state,
        status,
        answer,
        now,
        delivery_id,
        attempt,
    )


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """A delivery of ours that has failed for good: of which activity, and what was said last."""

    activity_id: int
    type: str
    authority: str
    last_answer: str


async def get_failed(db: Queries, delivery_id: int) -> FailedDelivery | None:
    """A delivery if it has failed, and is not somebody else's activity that we passed on."""
    rows = await db.rows(
        "SELECT d.activity_id, a.type, d.authority, d.last_answer FROM delivery d "
        "JOIN activity a ON a.id = d.activity_id "
        "WHERE d.id = $1 AND d.state = 'failed' AND a.forwarded = $2",
        delivery_id,
        False,
    )
    return FailedDelivery(**rows[0]) if rows else None


async def end_for_host(tx: Transaction, authority: str, answer: str, now: int) -> None:
    """End what is still queued for a server, with the reason as its last answer."""
    await tx.execute(
        "UPDATE delivery SET state = 'failed', last_answer = $1, finished_at = $2, lease_until = 0 "
        "WHERE authority = $3 AND state = 'queued'",
        answer,
        now,
        authority,
    )


async def end_for_inbox(tx: Transaction, inbox: str, authority: str, answer: str, now: int) -> None:
    """End what is still queued for a personal inbox, with the reason as its last answer."""
    await tx.execute(
        "UPDATE delivery SET state = 'failed', last_answer = $1, finished_at = $2, lease_until = 0 "
        "WHERE authority = $3 AND inbox = $4 AND state = 'queued'",
        answer,
        now,
        authority,
        inbox,
    )


async def readdress(tx: Transaction, old: str, new: str, authority: str, now: int) -> None:
    """Queue for a new inbox what the old one, which is not there any more, has turned away lately,
    as far as it is still true: nothing about what has been deleted since, and nothing that others
    said. Both are on one server. Two inboxes never get the same activity twice."""
    rows = await tx.rows(
        "SELECT DISTINCT d.activity_id, a.object_uri FROM delivery d "
        "JOIN activity a ON a.id = d.activity_id WHERE d.authority = $1 AND d.inbox = $2 "
        "AND d.state = 'failed' AND d.last_status IN (404, 410) AND d.created_at > $3 "
        "AND a.forwarded = $4 AND (a.type = 'Delete' OR NOT EXISTS "
        "(SELECT 1 FROM tombstone t WHERE t.uri = a.object_uri)) ORDER BY d.activity_id",
        authority,
        old,
        now - _READDRESSED_MS,
        False,
    )
    for row in rows:
        await add_deliveries(
            tx, int(row["activity_id"]), str(row["object_uri"]), [(new, authority)], now
        )


async def set_postponed(
    tx: Transaction,
    delivery_id: int,
    *,
    attempt: int,
    next_at: int,
    status: int | None,
    answer: str,
) -> None:
    """Try a delivery again at next_at (ms). attempt: which one has failed (its count).

    One that outlived its lease, as when the machine slept, has no say any more: there is a later
    one, perhaps under way, and ending its lease would have the same sent a third time beside it.
    """
    await tx.execute(
        "UPDATE delivery SET next_at = $1, last_status = $2, last_answer = $3, lease_until = 0 "
        "WHERE id = $4 AND attempts = $5 AND state = 'queued'",
        next_at,
        status,
        answer,
        delivery_id,
        attempt,
    )


async def release_deliveries(tx: Transaction) -> None:
    """End every lease, when the only process that could hold one has just started."""
    await tx.execute("UPDATE delivery SET lease_until = 0 WHERE state = 'queued'")


async def count_deliveries(
    db: Queries, object_uris: Sequence[str]
) -> Mapping[str, Mapping[str, int]]:
    """For each of these objects, how many inboxes have a delivery about it in each state."""
    counts: dict[str, dict[str, int]] = {uri: {} for uri in object_uris}
    if not counts:
        return counts
    rows = await db.rows(
        "SELECT a.object_uri, d.state, count(DISTINCT d.inbox) AS n FROM delivery d "
        "JOIN activity a ON a.id = d.activity_id "
        f"WHERE a.object_uri IN ({places(len(counts))}) GROUP BY a.object_uri, d.state",
        *counts,
    )
    for row in rows:
        counts[str(row["object_uri"])][str(row["state"])] = int(row["n"])
    return counts


async def _activities(tx: Transaction, activity_ids: set[int]) -> Mapping[int, Row]:
    """By number, what a delivery needs to know of them, and which key signs them by default."""
    if not activity_ids:
        return {}
    rows = await tx.rows(
        "SELECT id, body, key, forwarded, key_id, "
        f"(SELECT value FROM setting WHERE name = '{BLOG_KEY}') "
        f"AS current_key FROM activity WHERE id IN ({places(len(activity_ids))})",
        *sorted(activity_ids),
    )
    return {int(row["id"]): row for row in rows}


def _lane(inbox: str, object_uri: str) -> str:
    """What is sent to one inbox about one object is sent in order."""
    return hashlib.sha256(f"{inbox} {object_uri}".encode()).hexdigest()
