"""What a claim looks at on PostgreSQL, when more waits than that knows of.

Its planner goes by what it saw when it counted last. After a crash, or within a minute in which
thousands come, that is an empty queue: to compare everything that waits with everything else then
seems to be for nothing, and takes so long that nothing is ever claimed again.
"""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from fediblog.store.arrivals import NewArrival, add_arrivals, claim_arrivals, claiming_arrivals
from fediblog.store.database import Database, open_database
from fediblog.store.migrating import migrate
from fediblog.store.outbox import (
    add_activity,
    add_deliveries,
    claim_deliveries,
    claiming_deliveries,
)

_WAITING = 3_000
_SERVERS = 100
_LIMIT = 50
#: What is under way is looked for among all that waits, and servers for each candidate; but to
#: compare everything with everything would be millions.
_MOST_LOOKED_AT = 20 * _WAITING


@pytest.fixture
async def unaware(only_postgres: None, database_url: str) -> AsyncIterator[Database]:
    """A database that believes that its queues are empty, and will for as long as this takes."""
    await migrate(database_url)
    db = await open_database(database_url)
    async with db.transaction() as tx:
        for table in ("arrival", "delivery", "host"):
            await tx.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
            await tx.execute(f"ANALYZE {table}")
    yield db
    await db.close()


async def test_arrivals_that_nobody_foresaw_are_claimed_without_looking_at_all_of_them(
    unaware: Database,
) -> None:
    async with unaware.transaction() as tx:
        await add_arrivals(tx, [_arrival(number) for number in range(_WAITING)])
    looked_at = await _looked_at(unaware, claiming_arrivals(False), 2_000, 1_000, _LIMIT, 24)
    assert _LIMIT <= looked_at < _MOST_LOOKED_AT
    claimed = await claim_arrivals(unaware, now=1_000, lease_until=2_000, limit=_LIMIT, at_once=24)
    assert len(claimed) == _LIMIT


@pytest.mark.parametrize("failing", [False, True])
async def test_deliveries_that_nobody_foresaw_are_claimed_without_looking_at_all_of_them(
    unaware: Database, failing: bool
) -> None:
    servers = [f"{number}.example" for number in range(_SERVERS)]
    inboxes = [
        (f"https://{servers[number % _SERVERS]}/inboxes/{number}", servers[number % _SERVERS])
        for number in range(_WAITING)
    ]
    async with unaware.transaction() as tx:
        if failing:
            await tx.execute_many(
                "INSERT INTO host (authority, failures, not_before, last_answer) "
                "VALUES ($1, 1, 0, '')",
                [(authority,) for authority in servers],
            )
        number = await add_activity(
            tx, key="a", type="Create", object_uri="https://us.test/1", body=b"a", now=1
        )
        await add_deliveries(tx, number, "https://us.test/1", inboxes, 1)
    sql = claiming_deliveries(failing, False)
    looked_at = await _looked_at(unaware, sql, 2_000, 1_000, _LIMIT)
    assert _LIMIT <= looked_at < _MOST_LOOKED_AT
    claimed = await claim_deliveries(
        unaware, failing=failing, now=1_000, lease_until=2_000, limit=_LIMIT
    )
    assert len(claimed) == _LIMIT


def _arrival(number: int) -> NewArrival:
    host = f"{number % _SERVERS}.example"
    return NewArrival(
        signature_hash=f"hash{number}",
        activity_id=f"https://{host}/{number}",
        type="Create",
        actor_uri=f"https://{host}/users/a",
        authority=host,
        lane=f"lane{number}",
        body=b"{}",
        received_at=1,
    )


async def _looked_at(db: Database, sql: str, *values: int) -> int:
    """How many rows all parts of a statement have taken from tables and indexes, or compared; it is
    undone."""
    for place, value in reversed(list(enumerate(values, start=1))):
        sql = sql.replace(f"${place}", str(value))
    async with db.transaction() as tx:
        await tx.execute("SAVEPOINT before")
        [row] = await tx.rows(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        await tx.execute("ROLLBACK TO SAVEPOINT before")
    [told] = json.loads(next(iter(row.values())))
    return _rows_of(told["Plan"])


def _rows_of(plan: Mapping[str, Any]) -> int:
    """Rows of this part, each time it was run, and of the parts beneath it."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    own = sum(plan.get(name, 0) for name in names) * plan["Actual Loops"]
    return int(own) + sum(map(_rows_of, plan.get("Plans", [])))
