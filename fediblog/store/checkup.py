"""What the database itself tells of how the blog is."""

from dataclasses import dataclass

from fediblog.store.database import Database, Queries, unindexed

#: So many rows of a queue are counted for whoever watches it.
MOST_COUNTED = 100_000

_SEARCH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Queue:
    """How much waits, up to MOST_COUNTED, and since when (ms) the oldest of it does."""

    waiting: int
    since: int | None


async def arrival_queue(db: Queries) -> Queue:
    """What came in and is not processed yet."""
    return await _queue(db, "arrival", "received_at", "new")


async def delivery_queue(db: Queries) -> Queue:
    """What is to go out and has neither arrived nor been given up."""
    return await _queue(db, "delivery", "created_at", "queued")


async def _queue(db: Queries, table: str, begun: str, state: str) -> Queue:
    rows = await db.rows(
        f"SELECT count(*) AS n, (SELECT {begun} FROM {table} WHERE state = $1 "
        "ORDER BY id LIMIT 1) AS since "
        f"FROM (SELECT 1 FROM {table} WHERE state = $1 LIMIT {MOST_COUNTED}) AS counted",
        state,
    )
    since = rows[0]["since"]
    return Queue(int(rows[0]["n"]), None if since is None else int(since))


async def oldest_arrival(db: Queries) -> int | None:
    """Since when (ms) the oldest of what came in has been due; None if nothing is."""
    rows = await db.rows("SELECT min(next_at) AS due FROM arrival WHERE state = 'new'")
    return None if rows[0]["due"] is None else int(rows[0]["due"])


async def oldest_delivery(db: Database, before: int) -> int | None:
    """Since when (ms) a delivery has been due to a server that is well, if since before that time.

    What stands behind another one for the same inbox is not due. Raises TooSlow.
    """
    rows = await db.rows_within(
        _SEARCH_SECONDS,
        "SELECT d.next_at FROM delivery d LEFT JOIN host h ON h.authority = d.authority "
        "WHERE d.state = 'queued' AND d.next_at < $1 AND COALESCE(h.failures, 0) = 0 "
        "AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.lane = d.lane "
        f"AND {unindexed('e.state')} = 'queued' AND e.id < d.id) ORDER BY d.next_at LIMIT 1",
        before,
    )
    return int(rows[0]["next_at"]) if rows else None


async def find_damage(db: Database, *, seconds: float) -> str:
    """What is wrong with the file of an embedded database, empty if nothing; of another one only
    whether it answers. Raises TooSlow, and Unavailable when it does not answer."""
    question = "PRAGMA quick_check(1)" if db.sqlite else "SELECT 'ok' AS quick_check"
    rows = await db.rows_within(seconds, question)
    said = str(next(iter(rows[0].values()))) if rows else "it says nothing"
    return "" if said == "ok" else said
