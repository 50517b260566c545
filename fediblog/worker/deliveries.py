"""Sends what is due: many servers side by side, one or two deliveries for each."""

import asyncio
import logging

from fediblog.actions.deliver import LEASE, deliver
from fediblog.blog import Blog
from fediblog.store.moments import to_ms
from fediblog.store.outbox import ClaimedDelivery, claim_deliveries
from fediblog.worker.loop import run_loop

log = logging.getLogger("fediblog.worker")

_MOST_AT_ONCE = 64


class DeliveryLoop:
    """Claims due deliveries while there is room, and attempts each in a task of its own."""

    def __init__(self, blog: Blog) -> None:
        self._blog = blog
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Claim and send until cancelled."""
        try:
            await run_loop("deliveries", self._blog.signals.deliveries, self._turn)
        finally:
            for task in self._tasks:
                task.cancel()

    async def _turn(self) -> bool:
        if len(self._tasks) >= _MOST_AT_ONCE:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        claimed = await claim_deliveries(
            self._blog.db,
            now=self._blog.now_ms(),
            lease_until=to_ms(self._blog.clock() + LEASE),
            limit=_MOST_AT_ONCE - len(self._tasks),
        )
        for delivery in claimed:
            task = asyncio.create_task(self._attempt(delivery))
            self._tasks.add(task)
            task.add_done_callback(self._done)
        return bool(claimed)

    async def _attempt(self, delivery: ClaimedDelivery) -> None:
        try:
            await deliver(self._blog, delivery)
        except Exception:
            log.exception("a delivery to %s failed on our side", delivery.authority)

    def _done(self, task: asyncio.Task[None]) -> None:
        """Room again, and perhaps the next in the same lane."""
        self._tasks.discard(task)
        self._blog.signals.deliveries.set()
