"""SQLite within the process: who shares a commit, and what becomes of the others if one fails."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fediblog.errors import TooSlow, Unavailable
from fediblog.store.embedded import EmbeddedEngine, open_embedded

ADD = "INSERT INTO thing (name, parent) VALUES (?1, ?2)"
COUNTING = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[EmbeddedEngine]:
    """A file with one table, in which a thing refers to another one."""
    path = tmp_path / "things.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "CREATE TABLE thing (name TEXT PRIMARY KEY, parent TEXT REFERENCES thing (name))"
        )
    connection.close()
    opened = await open_embedded(path)
    yield opened
    await opened.close()


@pytest.fixture
def commits(engine: EmbeddedEngine) -> list[str]:
    """Every COMMIT from now on."""
    seen: list[str] = []
    engine.writer.connection.set_trace_callback(
        lambda statement: seen.append(statement) if statement == "COMMIT" else None
    )
    return seen


async def add(engine: EmbeddedEngine, name: str, parent: str | None = None) -> None:
    """Add one thing, in a transaction of its own."""
    async with engine.transaction() as tx:
        await tx.execute(ADD, (name, parent))


async def names(engine: EmbeddedEngine) -> set[str]:
    """What is there, as somebody else sees it."""
    return {row["name"] for row in await engine.rows("SELECT name FROM thing", ())}


async def test_transactions_that_come_together_share_a_commit(
    engine: EmbeddedEngine, commits: list[str]
) -> None:
    await asyncio.gather(*(add(engine, str(number)) for number in range(50)))
    assert len(await names(engine)) == 50
    assert 1 <= len(commits) <= 5


async def test_those_that_come_one_after_the_other_have_their_own(
    engine: EmbeddedEngine, commits: list[str]
) -> None:
    for number in range(5):
        await add(engine, str(number))
        assert len(commits) == number + 1, "it is on disk when its block is left"
        assert str(number) in await names(engine)


async def test_of_a_group_only_what_fails_is_undone(
    engine: EmbeddedEngine, commits: list[str]
) -> None:
    async def add_two(number: int) -> None:
        async with engine.transaction() as tx:
            await tx.execute(ADD, (f"a{number}", None))
            await tx.execute(ADD, (f"b{number}", None if number % 3 else "nothing"))

    done = await asyncio.gather(*map(add_two, range(30)), return_exceptions=True)
    assert [type(each) for each in done] == [
        type(None) if number % 3 else sqlite3.IntegrityError for number in range(30)
    ]
    assert await names(engine) == {f"{c}{n}" for n in range(30) if n % 3 for c in "ab"}
    assert len(commits) <= 5


async def test_what_cannot_be_committed_is_told_to_all_who_share_it(
    engine: EmbeddedEngine,
) -> None:
    async def add_broken() -> None:
        async with engine.transaction() as tx:
            await tx.execute("PRAGMA defer_foreign_keys = ON", ())
            await tx.execute(ADD, ("broken", "nothing"))

    done = await asyncio.gather(
        add(engine, "first"), add_broken(), add(engine, "last"), return_exceptions=True
    )
    assert [type(each) for each in done] == [Unavailable] * 3
    assert await names(engine) == set()
    await add(engine, "later")
    assert await names(engine) == {"later"}


async def test_a_full_disk_is_told_to_all_who_share_it_and_ends(engine: EmbeddedEngine) -> None:
    pages = (await engine.rows("PRAGMA page_count", ()))[0]["page_count"]
    engine.writer.connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    long = "x" * 100_000
    done = await asyncio.gather(
        add(engine, "first"), add(engine, long), add(engine, "last"), return_exceptions=True
    )
    assert isinstance(done[1], Unavailable)
    there = {name for name, each in zip(("first", long, "last"), done, strict=True) if each is None}
    assert await names(engine) == there, "who is told that it is written finds it"
    engine.writer.connection.execute(f"PRAGMA max_page_count = {pages + 1000}")
    await add(engine, long)
    assert await names(engine) == there | {long}


async def test_when_all_is_undone_by_the_database_itself_all_are_told(
    engine: EmbeddedEngine,
) -> None:
    """As SQLite may do it after an error of the disk."""

    async def end_it() -> None:
        async with engine.transaction() as tx:
            await tx.execute("ROLLBACK", ())
            with pytest.raises(Unavailable):
                await tx.execute(ADD, ("without the rest", None))
            raise RuntimeError

    done = await asyncio.gather(
        add(engine, "first"), end_it(), add(engine, "last"), return_exceptions=True
    )
    assert [type(each) for each in done] == [Unavailable, RuntimeError, type(None)]
    assert await names(engine) == {"last"}


@pytest.mark.parametrize("at_length", [False, True])
async def test_who_is_cancelled_leaves_the_way_free(
    engine: EmbeddedEngine, at_length: bool
) -> None:
    entered = asyncio.Event()

    async def wait() -> None:
        async with engine.transaction(at_length=at_length) as tx:
            await tx.execute(ADD, ("cancelled", None))
            entered.set()
            await asyncio.sleep(60)

    waiting, behind = asyncio.create_task(wait()), asyncio.create_task(add(engine, "behind"))
    given_up = asyncio.create_task(add(engine, "given up"))
    await entered.wait()
    await asyncio.sleep(0)
    given_up.cancel()
    waiting.cancel()
    async with asyncio.timeout(30):
        await behind
        await asyncio.gather(waiting, given_up, return_exceptions=True)
        await add(engine, "next")
    assert await names(engine) == {"behind", "next"}


async def test_what_takes_long_is_not_waited_for_by_who_was_there_before(
    engine: EmbeddedEngine,
) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def sweep() -> None:
        async with engine.transaction(at_length=True) as tx:
            begun.set()
            await go.wait()
            await tx.execute(ADD, ("swept", None))

    before = asyncio.create_task(add(engine, "before"))
    sweeping = asyncio.create_task(sweep())
    async with asyncio.timeout(30):
        await begun.wait()
        await before
        assert await names(engine) == {"before"}
        go.set()
        await sweeping
    assert await names(engine) == {"before", "swept"}


async def test_a_search_that_takes_too_long_ends_while_everybody_goes_on(
    engine: EmbeddedEngine,
) -> None:
    searching = asyncio.create_task(engine.rows_within(0.3, COUNTING, ()))
    await add(engine, "meanwhile")
    assert await names(engine) == {"meanwhile"}
    with pytest.raises(TooSlow):
        await searching
    assert await engine.rows_within(5, "SELECT 1 AS one", ()) == [{"one": 1}]


async def test_a_search_that_is_cancelled_is_over(engine: EmbeddedEngine) -> None:
    searching = asyncio.create_task(engine.rows_within(60, COUNTING, ()))
    await asyncio.sleep(0.05)
    searching.cancel()
    async with asyncio.timeout(30):
        await asyncio.wait({searching})
        assert await engine.rows_within(5, "SELECT 1 AS one", ()) == [{"one": 1}]
    assert searching.cancelled()
