"""The connections: who may write, who waits for whom, and how SQL is spelled."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from fediblog.errors import StoreError, Unavailable
from fediblog.store import pooled
from fediblog.store.database import Database, open_database
from fediblog.store.migrating import migrate
from fediblog.store.pooled import credentials

SET = (
    "INSERT INTO setting (name, value) VALUES ($1, $2) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A database with its tables."""
    await migrate(database_url)
    opened = await open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[tuple[Database, Database]]:
    """Two processes' worth of connections to one SQLite file."""
    url = f"sqlite://{tmp_path}/fediblog.sqlite"
    await migrate(url)
    first, second = await open_database(url), await open_database(url)
    yield first, second
    await first.close()
    await second.close()


async def value(db: Database, name: str) -> str | None:
    """A setting as a reader sees it."""
    rows = await db.rows("SELECT value FROM setting WHERE name = $1", name)
    return rows[0]["value"] if rows else None


@pytest.fixture(autouse=True)
async def _let_drivers_end() -> AsyncIterator[None]:
    """Where migrating could not open anything, the ORM's thread says so to the loop, which must be
    there a moment longer."""
    yield
    for _ in range(100):
        if not any("_connection_worker_thread" in thread.name for thread in threading.enumerate()):
            return
        await asyncio.sleep(0.02)


async def test_a_transaction_is_undone_by_an_exception(db: Database) -> None:
    with pytest.raises(RuntimeError):
        async with db.transaction() as tx:
            await tx.execute(SET, "a", "1")
            raise RuntimeError
    assert await value(db, "a") is None


async def test_a_transaction_sees_what_it_wrote_and_others_only_after_its_end(
    db: Database,
) -> None:
    async with db.transaction() as tx:
        await tx.execute(SET, "a", "1")
        assert len(await tx.rows("SELECT value FROM setting WHERE name = $1", "a")) == 1
        assert await value(db, "a") is None
    assert await value(db, "a") == "1"


async def test_placeholders_mean_their_number_wherever_they_stand(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(
            "INSERT INTO setting (value, name) VALUES ($2, $1), ($1, $2)", "left", "right"
        )
    assert await value(db, "left") == "right"
    assert await value(db, "right") == "left"
    sql = "SELECT name FROM setting WHERE name = $2 AND value = $1"
    assert [row["name"] for row in await db.rows(sql, "left", "right")] == ["right"]


async def test_placeholders_above_nine_are_numbers_and_not_digits(db: Database) -> None:
    names = [f"name {number}" for number in range(1, 13)]
    async with db.transaction() as tx:
        await tx.execute_many(SET, [(name, "v") for name in names])
    listed = ", ".join(f"${place}" for place in range(12, 0, -1))
    rows = await db.rows(f"SELECT name FROM setting WHERE name IN ({listed})", *names)
    assert {row["name"] for row in rows} == set(names)
    others = ", ".join(f"${place}" for place in range(1, 12))
    rows = await db.rows(
        f"SELECT name FROM setting WHERE name = $12 AND value NOT IN ({others})", *names
    )
    assert [row["name"] for row in rows] == ["name 12"]


async def test_transactions_that_read_and_then_write_lose_nothing(db: Database) -> None:
    async def count_up() -> None:
        async with db.transaction() as tx:
            lock = "" if db.sqlite else "FOR UPDATE"
            rows = await tx.rows(f"SELECT value FROM setting WHERE name = $1 {lock}", "n")
            await tx.execute(SET, "n", str(int(rows[0]["value"]) + 1))

    async with db.transaction() as tx:
        await tx.execute(SET, "n", "0")
    await asyncio.gather(*(count_up() for _ in range(40)))
    assert await value(db, "n") == "40"


async def test_on_sqlite_a_second_writer_waits_instead_of_failing(
    embedded: tuple[Database, Database],
) -> None:
    async def count_up(db: Database) -> None:
        async with db.transaction() as tx:
            rows = await tx.rows("SELECT value FROM setting WHERE name = 'n'")
            await asyncio.sleep(0.001)
            await tx.execute(SET, "n", str(int(rows[0]["value"]) + 1))

    async with embedded[0].transaction() as tx:
        await tx.execute(SET, "n", "0")
    await asyncio.gather(*(count_up(db) for db in embedded for _ in range(60)))
    assert await value(embedded[0], "n") == "120"


async def test_on_sqlite_the_reader_refuses_to_write(embedded: tuple[Database, Database]) -> None:
    db = embedded[0]
    with pytest.raises(Unavailable, match="readonly"):
        await db.rows("INSERT INTO setting (name, value) VALUES ('a', '1') RETURNING name")


async def test_on_sqlite_a_page_does_not_wait_for_an_open_transaction(
    embedded: tuple[Database, Database],
) -> None:
    db = embedded[0]
    async with db.transaction() as tx:
        await tx.execute(SET, "a", "1")
        async with asyncio.timeout(30):
            assert await value(db, "a") is None


async def test_on_sqlite_every_commit_is_synced_and_foreign_keys_hold(
    embedded: tuple[Database, Database],
) -> None:
    db = embedded[0]

    async def pragma(name: str) -> object:
        async with db.transaction() as tx:
            return next(iter((await tx.rows(f"PRAGMA {name}"))[0].values()))

    assert await pragma("journal_mode") == "wal"
    assert await pragma("synchronous") == 2, "FULL"
    assert await pragma("foreign_keys") == 1


async def test_on_sqlite_a_transaction_that_cannot_begin_lets_the_next_one_begin(
    embedded: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else holds the file for too long, as a backup may."""
    db, _ = embedded
    monkeypatch.setattr("fediblog.store.embedded._BUSY_MS", 50)
    file = (await db.rows("PRAGMA database_list"))[0]["file"]
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        async with db.transaction() as tx:
            await tx.execute(SET, "name", "value")
    holder.execute("ROLLBACK")
    holder.close()
    async with asyncio.timeout(30), db.transaction() as tx:
        await tx.execute(SET, "name", "value")


async def test_a_database_that_ends_every_connection_is_used_again(
    db: Database, database_url: str, only_postgres: None
) -> None:
    """As a restart of PostgreSQL does: no transaction keeps a connection that is dead."""
    for _ in range(15):
        await _end_connections(database_url)
        with suppress(Unavailable):
            async with db.transaction() as tx:
                await tx.execute(SET, "name", "value")
    async with asyncio.timeout(30), db.transaction() as tx:
        await tx.execute(SET, "name", "value")


async def _end_connections(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_a_database_that_cannot_be_opened_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "fediblog.sqlite").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        await open_database(f"sqlite://{tmp_path}/fediblog.sqlite")


async def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "fediblog.sqlite").write_text("This is a text. " * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        await open_database(f"sqlite://{tmp_path}/fediblog.sqlite")
    with pytest.raises(StoreError, match="cannot be opened"):
        await migrate(f"sqlite://{tmp_path}/fediblog.sqlite")


async def test_a_postgres_that_nobody_runs_is_told_in_a_sentence() -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        await open_database("postgres://nobody:secret@127.0.0.1:1/none")


@pytest.mark.parametrize("wrong", ["name", "password"])
async def test_a_database_that_lets_us_in_no_further_is_told_in_a_sentence(
    database_url: str, tmp_path: Path, wrong: str
) -> None:
    url = wrongly(database_url, wrong, tmp_path)
    with pytest.raises(StoreError, match="cannot be opened"):
        await migrate(url)
    with pytest.raises(StoreError, match="cannot be opened"):
        await open_database(url)


def test_a_url_may_have_any_character_escaped() -> None:
    assert credentials("postgres://a%40b:c%2Fd%3A@h:1234/e%20f") == {
        "user": "a@b",
        "password": "c/d:",
        "host": "h",
        "port": 1234,
        "database": "e f",
    }


def wrongly(url: str, wrong: str, folder: Path) -> str:
    """The URL of a database that is not to be had: a file that is a folder, a wrong login."""
    if url.startswith("sqlite://"):
        (folder / wrong).mkdir()
        return f"sqlite://{folder}/{wrong}"
    parts = urlsplit(url)
    if wrong == "name":
        return parts._replace(path="/none").geturl()
    return parts._replace(
        netloc=f"{parts.username}:guessed@{parts.netloc.partition('@')[2]}"
    ).geturl()


async def test_that_all_connections_are_busy_closes_none_of_them(
    only_postgres: None, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once() -> set[int]:
        asked = (db.rows("SELECT pg_backend_pid() AS pid, pg_sleep(0.8)") for _ in range(10))
        return {int(row["pid"]) for rows in await asyncio.gather(*asked) for row in rows}

    before = await at_once()
    assert len(before) == 10
    monkeypatch.setattr(pooled, "_ACQUIRE_SECONDS", 0.2)
    busy = asyncio.create_task(at_once())
    await asyncio.sleep(0.1)
    with pytest.raises(Unavailable):
        await db.rows("SELECT 1")
    monkeypatch.undo()
    assert await busy == before
    assert await at_once() == before


async def test_who_waits_for_a_lock_is_told_and_nobody_else_is_disturbed(
    only_postgres: None, db: Database, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setitem(pooled._SETTINGS, "lock_timeout", "300")
    other = await open_database(database_url)
    async with db.transaction() as tx:
        await tx.execute(SET, "a", "1")
        with pytest.raises(Unavailable, match="cannot"):
            async with other.transaction() as late:
                await late.execute(SET, "a", "2")
        [mine] = await other.rows("SELECT count(*) AS n FROM setting WHERE name = 'a'")
        assert mine["n"] == 0
    await other.close()
    assert await value(db, "a") == "1"
