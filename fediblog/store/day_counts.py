"""How many there were of something, day by day. Days are counted since the epoch, in UTC."""

from collections.abc import Mapping, Sequence

from fediblog.store.database import Queries, Transaction

DAY_MS = 24 * 3600 * 1000
#: The day that has what was counted before all that is kept by days.
BEFORE = 0


async def add_counts(tx: Transaction, counts: Sequence[tuple[str, int, int]]) -> None:
    """Add to what was counted: (name, day, how many more)."""
    await tx.execute_many(
        "INSERT INTO day_count (name, day, count) VALUES ($1, $2, $3) "
        "ON CONFLICT (name, day) DO UPDATE SET count = day_count.count + excluded.count",
        sorted(counts),
    )


async def set_count(tx: Transaction, name: str, day: int, count: int) -> None:
    """So many it is on this day."""
    await tx.execute(
        "INSERT INTO day_count (name, day, count) VALUES ($1, $2, $3) "
        "ON CONFLICT (name, day) DO UPDATE SET count = excluded.count",
        name,
        day,
        count,
    )


async def list_counts(db: Queries, name: str, *, since: int) -> Mapping[int, int]:
    """What was counted on each day since this one."""
    rows = await db.rows(
        "SELECT day, count FROM day_count WHERE name = $1 AND day >= $2", name, since
    )
    return {int(row["day"]): int(row["count"]) for row in rows}


async def list_daily_reads(db: Queries, *, since: int) -> Mapping[int, int]:
    """How often anything was read on each day since this one."""
    rows = await db.rows(
        "SELECT day, sum(count) AS n FROM day_count "
        "WHERE day >= $1 AND name <> 'followers' GROUP BY day",
        since,
    )
    return {int(row["day"]): int(row["n"]) for row in rows}


async def list_most_read(db: Queries, *, since: int, limit: int) -> Sequence[tuple[str, int]]:
    """What was read most since this day: (post:7, page:3 or home, how often)."""
    rows = await db.rows(
        "SELECT name, sum(count) AS n FROM day_count WHERE day >= $1 AND name <> 'followers' "
        "GROUP BY name ORDER BY n DESC, name LIMIT $2",
        since,
        limit,
    )
    return [(str(row["name"]), int(row["n"])) for row in rows]


async def forget_reads(tx: Transaction) -> None:
    """Forget how often anything was read."""
    await tx.execute("DELETE FROM day_count WHERE name <> 'followers'")


async def fold_days(tx: Transaction, before: int) -> None:
    """Days before this one become one number each; how many followers there were is forgotten."""
    await tx.execute(
        "INSERT INTO day_count (name, day, count) SELECT name, $1, sum(count) FROM day_count "
        "WHERE day > $1 AND day < $2 AND name <> 'followers' GROUP BY name "
        "ON CONFLICT (name, day) DO UPDATE SET count = day_count.count + excluded.count",
        BEFORE,
        before,
    )
    await tx.execute("DELETE FROM day_count WHERE day > $1 AND day < $2", BEFORE, before)
