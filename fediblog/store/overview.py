"""What the author sees first, counted."""

from collections.abc import Mapping

from fediblog.store.database import Queries
from fediblog.store.day_counts import DAY_MS

#: What counts as a reply of somebody else that has come.
_CAME = ("shown", "held", "private", "hidden")


async def count_replies_by_day(db: Queries, *, since: int) -> Mapping[int, int]:
    """How many replies of others came on each day since then (ms)."""
    states = ", ".join(f"'{state}'" for state in _CAME)
    rows = await db.rows(
        f"SELECT received_at / {DAY_MS} AS day, count(*) AS n FROM reply "
        f"WHERE state IN ({states}) AND received_at >= $1 AND COALESCE(key, '') = '' GROUP BY 1",
        since,
    )
    return {int(row["day"]): int(row["n"]) for row in rows}


async def count_followers_by_day(db: Queries, *, since: int) -> Mapping[int, int]:
    """How many of those who follow have begun to on each day since then (ms)."""
    rows = await db.rows(
        f"SELECT since / {DAY_MS} AS day, count(*) AS n FROM follower WHERE since >= $1 GROUP BY 1",
        since,
    )
    return {int(row["day"]): int(row["n"]) for row in rows}


async def count_unread_by_kind(db: Queries) -> Mapping[str, int]:
    """How many notifications of each kind nobody has read, of the newest thousand. A reply counts
    as held by the state that it has now, whatever it was when it came."""
    rows = await db.rows(
        "SELECT CASE WHEN n.kind NOT IN ('reply', 'held') THEN n.kind "
        "WHEN r.state = 'held' THEN 'held' ELSE 'reply' END AS kind, count(*) AS n "
        "FROM (SELECT kind, about_id FROM notification WHERE read_at IS NULL "
        "ORDER BY id DESC LIMIT 1000) AS n "
        "LEFT JOIN reply r ON r.id = n.about_id AND n.kind IN ('reply', 'held') GROUP BY 1"
    )
    return {str(row["kind"]): int(row["n"]) for row in rows}


async def list_unpublished(db: Queries, *, limit: int) -> list[tuple[str, str, str]]:
    """(key, title, state) of posts that nobody sees yet, the newest first."""
    rows = await db.rows(
        "SELECT key, title, state FROM post WHERE state IN ('draft', 'scheduled') "
        "ORDER BY id DESC LIMIT $1",
        limit,
    )
    return [(str(row["key"]), str(row["title"]), str(row["state"])) for row in rows]
