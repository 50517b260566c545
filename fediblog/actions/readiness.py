"""Whether this process can do its part: for load balancers, which ask every few seconds."""

import asyncio
import logging
import time
from collections.abc import Sequence

from fediblog.blog import Blog
from fediblog.keyring import has_keys
from fediblog.store.pulses import touch_pulse

log = logging.getLogger("fediblog.health")

#: However many ask, the database is written to no more often than this.
_EVERY_SECONDS = 5.0
_PATIENCE_SECONDS = 3.0


class Readiness:
    """tasks: the loops of this process, none of which ever ends by itself."""

    def __init__(self, blog: Blog, tasks: Sequence[asyncio.Task[None]]) -> None:
        self._blog = blog
        self._tasks = tasks
        self._turn = asyncio.Lock()
        self._tried = float("-inf")
        self._takes_writes = False

    async def missing(self) -> Sequence[str]:
        """What is not well of database, keys and loops; in at most some seconds."""
        well = {
            "database": await self._database(),
            "keys": has_keys(self._blog.settings.keys),
            "loops": not any(task.done() for task in self._tasks),
        }
        return [name for name, is_well in well.items() if not is_well]

    async def _database(self) -> bool:
        async with self._turn:
            if time.monotonic() - self._tried >= _EVERY_SECONDS:
                self._takes_writes = await self._write()
                self._tried = time.monotonic()
            return self._takes_writes

    async def _write(self) -> bool:
        """A full or read-only disk is only noticed by writing to it."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS), self._blog.db.transaction() as tx:
                await touch_pulse(tx)
        except Exception as error:
            log.warning("not ready, as the database takes nothing: %s", error)
            return False
        return True
