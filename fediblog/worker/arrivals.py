"""Processes what came in, in order for each server and side by side for different ones."""

import asyncio
import logging
from collections import deque
from datetime import timedelta

from fediblog.actions.fates import Fate
from fediblog.actions.receive import receive
from fediblog.blog import Blog
from fediblog.domain.retries import arrival_delay
from fediblog.errors import FediblogError
from fediblog.store.arrivals import ClaimedArrival, claim_arrivals, set_postponed, set_processed
from fediblog.store.moments import to_ms
from fediblog.worker.loop import run_loop

log = logging.getLogger("fediblog.worker")

_LEASE = timedelta(minutes=2)
#: A server that has to be asked and is slow holds its own lane only; it may do so until here.
_LANE_UNTIL = timedelta(seconds=90)
_BATCH = 100
_MOST_LANES = 32


class ArrivalLanes:
    """One queue for each sending server, each worked off by a task of its own."""

    def __init__(self, blog: Blog) -> None:
        self._blog = blog
        self._lanes: dict[str, deque[tuple[ClaimedArrival, int]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Claim and process until cancelled."""
        try:
            await run_loop("arrivals", self._blog.signals.arrivals, self._turn)
        finally:
            for task in self._tasks:
                task.cancel()

    async def _turn(self) -> bool:
        """Claim a batch, and hand it to the lanes; whether there was any."""
        if len(self._tasks) >= _MOST_LANES:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        now = self._blog.now_ms()
        lease_until = to_ms(self._blog.clock() + _LEASE)
        claimed = await claim_arrivals(
            self._blog.db, now=now, lease_until=lease_until, limit=_BATCH
        )
        good_until = to_ms(self._blog.clock() + _LANE_UNTIL)
        for arrival in claimed:
            self._enqueue(arrival, good_until)
        return bool(claimed)

    def _enqueue(self, arrival: ClaimedArrival, good_until: int) -> None:
        lane = self._lanes.get(arrival.authority)
        if lane is not None:
            lane.append((arrival, good_until))
            return
        self._lanes[arrival.authority] = deque([(arrival, good_until)])
        task = asyncio.create_task(self._work_off(arrival.authority))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work_off(self, authority: str) -> None:
        lane = self._lanes[authority]
        try:
            while lane:
                arrival, good_until = lane.popleft()
                # Too late: the lease is about to end, and the arrival will be claimed anew.
                if self._blog.now_ms() < good_until:
                    await process_arrival(self._blog, arrival)
        finally:
            del self._lanes[authority]


async def process_arrival(blog: Blog, arrival: ClaimedArrival) -> None:
    """Process one arrival and note its fate; what fails is tried again, and says why."""
    try:
        fate = await receive(blog, bytes(arrival.body))
    except FediblogError as error:
        await _postpone(blog, arrival, str(error))
    except Exception as error:
        log.exception("an arrival of %s could not be processed", arrival.authority)
        await _postpone(blog, arrival, f"an error of ours: {type(error).__name__}")
    else:
        await _note(blog, arrival, fate)


async def _note(blog: Blog, arrival: ClaimedArrival, fate: Fate) -> None:
    async with blog.db.transaction() as tx:
        await set_processed(tx, arrival.id, state=fate.state, reason=fate.reason, keep_body=False)


async def _postpone(blog: Blog, arrival: ClaimedArrival, reason: str) -> None:
    delay = arrival_delay(arrival.attempts)
    async with blog.db.transaction() as tx:
        if delay is None:
            await set_processed(tx, arrival.id, state="failed", reason=reason, keep_body=True)
        else:
            await set_postponed(tx, arrival.id, next_at=to_ms(blog.clock() + delay), reason=reason)
