"""Group commit for the inbox: requests that come together share one transaction and one fsync.

An answer waits for its commit, so what is acknowledged is on disk; a row that the database refuses
fails alone, because its group is then written row by row.
"""

import asyncio
import logging
from contextlib import suppress

from fediblog.errors import Unavailable
from fediblog.store.arrivals import NewArrival, add_arrivals
from fediblog.store.database import Database

log = logging.getLogger("fediblog.store")

_LARGEST_GROUP = 64


class ArrivalLog:
    """Writes arrivals to the database, many at a time. Start it with `run` as a task."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._queue: asyncio.Queue[tuple[NewArrival, asyncio.Future[None]]] = asyncio.Queue()

    async def append(self, arrival: NewArrival) -> None:
        """Write one arrival; returns when it is on disk. Raises Unavailable if it cannot be."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((arrival, written))
        await written

    async def run(self) -> None:
        """Write whatever has gathered while the last group was written, until cancelled."""
        while True:
            group = [await self._queue.get()]
            while len(group) < _LARGEST_GROUP and not self._queue.empty():
                group.append(self._queue.get_nowait())
            await self._write(group)

    async def _write(self, group: list[tuple[NewArrival, asyncio.Future[None]]]) -> None:
        try:
            await self._commit([arrival for arrival, _ in group])
        except Exception:
            # Whatever it was, every one of them waits for an answer, and the queue goes on.
            for arrival, written in group:
                await self._write_alone(arrival, written)
            return
        for _, written in group:
            with suppress(asyncio.InvalidStateError):
                written.set_result(None)

    async def _write_alone(self, arrival: NewArrival, written: asyncio.Future[None]) -> None:
        try:
            await self._commit([arrival])
        except Exception as error:
            log.warning("an arrival was not written: %s", error)
            if not written.done():
                written.set_exception(Unavailable(detail=f"the arrival was not written: {error}"))
        else:
            if not written.done():
                written.set_result(None)

    async def _commit(self, arrivals: list[NewArrival]) -> None:
        async with self._db.transaction() as tx:
            await add_arrivals(tx, arrivals)
