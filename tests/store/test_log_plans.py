"""Lists of what came and went go by an index, however many rows there are."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from fediblog.store import arrivals, delivery_log, servers
from fediblog.store.arrivals import Wanted
from fediblog.store.database import Database, Row, open_database
from tests.bench import Bench

_ROWS = 20_000
_SERVERS = 400


@pytest.fixture
async def db(bench: Bench) -> AsyncIterator[Database]:
    """A database with so many arrivals and deliveries that reading them all would show."""
    opened = await open_database(bench.database_url)
    async with opened.transaction() as tx:
        await tx.execute_many(
            "INSERT INTO activity (key, type, object_uri, body, created_at) "
            "VALUES ($1, 'Create', $2, $3, 0)",
            [(f"k{each}", f"https://us.test/{each}", b"a") for each in range(100)],
        )
        await tx.execute_many(
            "INSERT INTO delivery (activity_id, inbox, authority, lane, state, attempts, next_at, "
            "lease_until, last_answer, created_at) VALUES ($1, $2, $3, '', $4, 1, 0, 0, '', 0)",
            [
                (each % 100 + 1, f"https://i.test/{each}", _host(each), _state(each, "done"))
                for each in range(_ROWS)
            ],
        )
        await tx.execute_many(
            "INSERT INTO arrival (signature_hash, activity_id, type, actor_uri, authority, "
            "received_at, lane, state, reason, attempts, next_at, lease_until) "
            "VALUES ($1, '', 'Create', $2, $3, 0, '', $4, 'a reason', 0, 0, 0)",
            [
                (f"h{each}", f"https://{_host(each)}/a", _host(each), _state(each, "ignored"))
                for each in range(_ROWS)
            ],
        )
        await tx.execute("ANALYZE")
    yield opened
    await opened.close()


def _host(number: int) -> str:
    return f"{number % _SERVERS}.test"


def _state(number: int, usual: str) -> str:
    return "failed" if number % 1000 == 0 else usual


class _Explaining:
    """Asks for the plan of each query before the query itself."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.plans: list[str] = []

    async def rows(self, sql: str, *values: Any) -> Sequence[Row]:
        """As of a database."""
        explain = "EXPLAIN QUERY PLAN" if self._db.sqlite else "EXPLAIN"
        plan = await self._db.rows(f"{explain} {sql}", *values)
        self.plans.append("\n".join(str(tuple(row.values())) for row in plan))
        return await self._db.rows(sql, *values)


async def test_no_list_reads_a_whole_table(db: Database) -> None:
    asked = _Explaining(db)
    await delivery_log.list_deliveries(asked, "failed", before=None, limit=51)
    await delivery_log.list_deliveries_of(asked, 7, "failed", before=None, limit=51)
    await delivery_log.list_deliveries_of(asked, 7, None, before=None, limit=51)
    await delivery_log.list_deliveries_to(asked, "7.test", "failed", before=None, limit=51)
    await delivery_log.list_deliveries_to(asked, "7.test", None, before=None, limit=51)
    await delivery_log.get_progress(asked, 7)
    await delivery_log.list_tellings(asked, "https://us.test/7", limit=20)
    for wanted in (
        Wanted(),
        Wanted(server="7.test"),
        Wanted(server="7.test", text="nothing like it"),
        Wanted(actor_uri="https://7.test/a", state="failed"),
        Wanted(state="failed"),
    ):
        await arrivals.list_arrivals(asked, wanted, before=None, limit=50)
    await arrivals.count_newer(asked, _ROWS - 10, most=100)
    await servers.count_of_servers(asked, ["7.test", "8.test"])
    for plan in asked.plans:
        for table in ("delivery", "arrival"):
            whole = (f"Seq Scan on {table}", f"SCAN {table}", f"SCAN {table[0]}'", "SCAN l'")
            assert not any(f"{each}'" in plan or each in plan for each in whole), plan


async def test_a_search_looks_at_so_many_rows_and_goes_on_from_there(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute("UPDATE arrival SET reason = 'a needle!' WHERE id = 3")
    wanted = Wanted(text="NEEDLE!")
    first = await arrivals.list_arrivals(db, wanted, before=None, limit=50)
    assert first.rows == []
    assert first.next_before == 10_001
    second = await arrivals.list_arrivals(db, wanted, before=first.next_before, limit=50)
    assert [each.id for each in second.rows] == [3]
    third = await arrivals.list_arrivals(db, wanted, before=second.next_before, limit=50)
    assert (third.rows, third.next_before) == ([], None)


async def test_pages_of_the_log_follow_one_another_without_a_gap(db: Database) -> None:
    seen: list[int] = []
    before: int | None = None
    wanted = Wanted(server="7.test", type="Create")
    while True:
        page = await arrivals.list_arrivals(db, wanted, before=before, limit=20)
        seen += [each.id for each in page.rows]
        before = page.next_before
        if before is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == _ROWS // _SERVERS
