"""Sends what is due: many servers side by side, one or two deliveries for each."""

from collections.abc import Sequence
from contextlib import suppress

from fediblog.actions.deliver import LEASE, Attempt, deliver, record
from fediblog.actions.look_around import Surroundings
from fediblog.blog import Blog
from fediblog.errors import Unavailable
from fediblog.store.moments import to_ms
from fediblog.store.outbox import ClaimedDelivery, claim_deliveries
from fediblog.worker.loop import ClaimLoop

#: How many are under way at once. Who never answers holds a place until the deadline, but once
#: only: from then on their server is one that fails, and those have places of their own.
_AT_ONCE = 384
_AT_ONCE_FAILING = 64
_AT_A_TIME = 64
_GATHER_SECONDS = 0.02


def delivery_loops(blog: Blog) -> tuple[ClaimLoop[ClaimedDelivery], ClaimLoop[ClaimedDelivery]]:
    """The loops over what is queued for other servers: those that are well, and those that failed
    when they were last asked. So nobody who is well ever waits for those."""
    surroundings = Surroundings()
    return (
        _Desk(blog, surroundings, failing=False).loop("deliveries", _AT_ONCE),
        _Desk(blog, surroundings, failing=True).loop("second attempts", _AT_ONCE_FAILING),
    )


class _Desk:
    """Claims deliveries, and writes down what came of those that have ended since the last claim.

    So both are done for many at once; and what has ended is written before the next claim looks
    what may go to its server, and at latest a moment after it ended.
    """

    def __init__(self, blog: Blog, surroundings: Surroundings, *, failing: bool) -> None:
        self._blog = blog
        self._surroundings = surroundings
        self._failing = failing
        self._ended: list[Attempt] = []

    def loop(self, name: str, at_once: int) -> ClaimLoop[ClaimedDelivery]:
        """The loop that works for this desk."""
        return ClaimLoop(
            name,
            self._blog.signals.deliveries.listen(),
            claim=self._claim,
            work=self._work,
            at_once=at_once,
            at_a_time=_AT_A_TIME,
            gather=_GATHER_SECONDS,
            ending=self._end,
        )

    async def _claim(self, room: int) -> Sequence[ClaimedDelivery]:
        await self._record()
        blog = self._blog
        return await claim_deliveries(
            blog.db,
            failing=self._failing,
            now=blog.now_ms(),
            lease_until=to_ms(blog.clock() + LEASE),
            limit=room,
        )

    async def _work(self, delivery: ClaimedDelivery) -> None:
        self._ended.append(await deliver(self._blog, self._surroundings, delivery))

    async def _end(self) -> None:
        """What cannot be written at the end either comes back when its lease has ended."""
        with suppress(Unavailable):
            await self._record()

    async def _record(self) -> None:
        """What cannot be written because the database is away is kept for the next time."""
        if ended := tuple(self._ended):
            await record(self._blog, ended)
            del self._ended[: len(ended)]
