"""Group commit at the inbox: an answer means that it is on disk, and no row spoils its group."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import asyncpg
import pytest

from fediblog.errors import Unavailable
from fediblog.store.arrival_log import ArrivalLog
from fediblog.store.arrivals import NewArrival
from fediblog.store.database import Database, open_database
from fediblog.store.migrating import migrate

ARRIVAL = NewArrival(
    signature_hash="0",
    activity_id="https://remote.example/activities/0",
    type="Create",
    actor_uri="https://remote.example/users/alice",
    authority="remote.example",
    lane="0",
    body=b"{}",
    received_at=1_700_000_000_000,
)


def arrival(number: int) -> NewArrival:
    """One of many; its number is its signature's hash."""
    return replace(ARRIVAL, signature_hash=str(number))


def refused(number: int) -> NewArrival:
    """One that every database refuses: a column that must have a value has none."""
    return replace(arrival(number), type=None)  # type: ignore[arg-type]  # that is the point


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A database with its tables."""
    await migrate(database_url)
    opened = await open_database(database_url)
    yield opened
    await opened.close()


@asynccontextmanager
async def running_log(db: Database) -> AsyncIterator[ArrivalLog]:
    """A log that writes until the block ends."""
    log = ArrivalLog(db)
    task = asyncio.create_task(log.run())
    try:
        yield log
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def stored(db: Database) -> set[int]:
    """The numbers of what another connection finds in the table."""
    rows = await db.rows("SELECT signature_hash FROM arrival")
    return {int(row["signature_hash"]) for row in rows}


async def test_what_is_answered_can_be_read_by_others_at_once(db: Database) -> None:
    async with running_log(db) as log:
        await log.append(arrival(1))
        assert await stored(db) == {1}


async def test_hundreds_that_come_together_are_all_written(db: Database) -> None:
    async with running_log(db) as log:
        await asyncio.gather(*(log.append(arrival(number)) for number in range(300)))
    assert await stored(db) == set(range(300))


async def test_a_row_that_the_database_refuses_fails_alone(db: Database) -> None:
    group = [refused(number) if number in {7, 31} else arrival(number) for number in range(50)]
    async with running_log(db) as log:
        answers = await asyncio.gather(*map(log.append, group), return_exceptions=True)
    assert {number for number, answer in enumerate(answers) if answer is not None} == {7, 31}
    assert isinstance(answers[7], Unavailable)
    assert await stored(db) == set(range(50)) - {7, 31}


async def test_a_request_that_comes_twice_is_written_once(db: Database) -> None:
    async with running_log(db) as log:
        await asyncio.gather(log.append(arrival(1)), log.append(arrival(1)))
        await log.append(arrival(1))
    assert await stored(db) == {1}


async def test_a_sender_who_hangs_up_does_not_hold_up_the_others(db: Database) -> None:
    async with running_log(db) as log:
        impatient = asyncio.create_task(log.append(arrival(1)))
        patient = asyncio.create_task(log.append(arrival(2)))
        await asyncio.sleep(0)
        impatient.cancel()
        await patient
        await log.append(arrival(3))
    assert {2, 3} <= await stored(db)


async def test_the_log_outlives_a_database_that_fails_for_a_while(
    db: Database, database_url: str
) -> None:
    async with running_log(db) as log:
        async with out_of_order(db, database_url):
            with pytest.raises(Unavailable):
                await log.append(arrival(1))
        await log.append(arrival(2))
    assert await stored(db) == {2}


@asynccontextmanager
async def out_of_order(db: Database, database_url: str) -> AsyncIterator[None]:
    """While the block runs, every group meets a failure that is not its own fault.

    On PostgreSQL the connection is lost in the middle of the transaction, as in a restart.
    """
    if db.sqlite:
        async with db.transaction() as tx:
            await tx.execute("ALTER TABLE arrival RENAME TO elsewhere")
        yield
        async with db.transaction() as tx:
            await tx.execute("ALTER TABLE elsewhere RENAME TO arrival")
        return
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE arrival IN ACCESS EXCLUSIVE MODE")
            cutting = asyncio.create_task(end_those_who_wait(connection))
            yield
            cutting.cancel()
            with suppress(asyncio.CancelledError):
                await cutting
    finally:
        await connection.close()


async def end_those_who_wait(connection: asyncpg.Connection) -> None:
    """End every connection that waits for a lock, until cancelled."""
    while True:
        await connection.execute("SELECT pg_stat_clear_snapshot()")
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        await asyncio.sleep(0.01)
