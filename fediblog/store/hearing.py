"""Hears on PostgreSQL what other processes write, whatever becomes of the connection."""

import asyncio
import logging
from contextlib import suppress

import asyncpg

from fediblog.store.others import CHANNEL, Others
from fediblog.store.pooled import ERRORS, connect_postgres

log = logging.getLogger("fediblog.store")

_NAME = "fediblog listens"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
#: How often a silent connection is tried, and how long it may take to answer.
_TRY_SECONDS = 5.0


async def hear_others(others: Others, url: str) -> None:
    """Listen to the other processes until cancelled.

    Whenever the connection is had again, and when it is lost, anything may have changed.
    """

    def heard(_connection: object, _pid: int, _channel: str, message: object) -> None:
        others.take(str(message))

    pause = _FIRST_PAUSE
    while True:
        try:
            connection = await asyncio.wait_for(connect_postgres(url, _NAME), _TRY_SECONDS)
            try:
                await connection.add_listener(CHANNEL, heard)
                others.set_hearing(True)
                pause = _FIRST_PAUSE
                await _until_lost(connection)
            finally:
                others.set_hearing(False)
                connection.terminate()
        except ERRORS as error:
            log.warning("what other processes do is not heard: %s", error)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _until_lost(connection: asyncpg.Connection) -> None:
    """Returns, or raises, when the connection is no good any more."""
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _connection: lost.set())
    while not lost.is_set() and not connection.is_closed():
        with suppress(TimeoutError):
            async with asyncio.timeout(_TRY_SECONDS):
                await lost.wait()
        if not lost.is_set():
            await connection.execute("SELECT 1", timeout=_TRY_SECONDS)
