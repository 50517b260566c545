"""What every loop shares: claim what is due while there is room, and work on each in its own task.

A claim counts as an attempt and ends by itself, so work that is lost with the process, or fails in
a way that nobody foresaw, comes back; and one row that fails holds up no other.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from fediblog.signals import Signal

log = logging.getLogger("fediblog.worker")

_POLL_SECONDS = 1.0
_AFTER_FAILURE_SECONDS = 2.0
#: For what is under way at the end. A request of ours that is cut off would be made once more after
#: the next start, as nobody knows what became of it; and who stops us does not wait for ever (see
#: `serving`).
_GRACE_SECONDS = 5.0

Row = TypeVar("Row")


class ClaimLoop(Generic[Row]):
    """One queue. claim: takes up to so many due rows; work: deals with one of them.

    at_once: so many are under way at most, and at_a_time: so many are claimed at most by one claim.
    gather: for so many seconds after one has ended, or nothing was found, others may end or come,
    before the next claim; so a busy queue is claimed in groups. ending: is done once nothing is
    under way any more.
    """

    def __init__(
        self,
        name: str,
        wake: Signal,
        *,
        claim: Callable[[int], Awaitable[Sequence[Row]]],
        work: Callable[[Row], Awaitable[None]],
        at_once: int,
        at_a_time: int | None = None,
        gather: float = 0.0,
        ending: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.name = name
        self._wake = wake
        self._claim = claim
        self._work = work
        self._at_once = at_once
        self._at_a_time = at_a_time or at_once
        self._gather = gather
        self._ending = ending
        self._tasks: set[asyncio.Task[None]] = set()
        self._turned = time.monotonic()

    def idle_seconds(self) -> float:
        """How long ago it claimed something, or tried to."""
        return time.monotonic() - self._turned

    async def run(self) -> None:
        """Claim and work until cancelled. What is under way then may come to its end for some
        seconds; what does not is cancelled, and waited for."""
        try:
            while True:
                await self._turns()
                await self._wait()
        finally:
            await self._end()

    async def _end(self) -> None:
        """Claims nothing more. One that is cancelled itself waits no longer."""
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=_GRACE_SECONDS)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._ending:
                await self._ending()

    async def _turns(self) -> None:
        """Claim until nothing is due. A loop that ended would stop the blog without a word, so
        whatever fails is logged, and the loop goes on."""
        try:
            while await self._turn():
                pass
        except Exception:
            log.exception("claiming %s failed", self.name)
            await asyncio.sleep(_AFTER_FAILURE_SECONDS)

    async def _turn(self) -> bool:
        if len(self._tasks) >= self._at_once:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(self._gather)
        rows = await self._claim(min(self._at_once - len(self._tasks), self._at_a_time))
        self._turned = time.monotonic()
        for row in rows:
            task = asyncio.create_task(self._attempt(row))
            self._tasks.add(task)
            task.add_done_callback(self._done)
        if not rows:
            await asyncio.sleep(self._gather)
        return bool(rows)

    async def _attempt(self, row: Row) -> None:
        try:
            await self._work(row)
        except Exception:
            log.exception("working on one of the %s failed", self.name)

    def _done(self, task: asyncio.Task[None]) -> None:
        """There is room again, and perhaps something that had to wait for this."""
        self._tasks.discard(task)
        asyncio.get_running_loop().call_later(self._gather, self._wake.wake)

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_POLL_SECONDS):
                await self._wake.wait()
        self._wake.clear()
