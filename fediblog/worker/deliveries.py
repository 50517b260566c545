"""Sends what is due: many servers side by side, one or two deliveries for each."""

from collections.abc import Sequence

from fediblog.actions.deliver import LEASE, deliver
from fediblog.blog import Blog
from fediblog.store.moments import to_ms
from fediblog.store.outbox import ClaimedDelivery, claim_deliveries
from fediblog.worker.loop import ClaimLoop

_AT_ONCE = 96


def delivery_loop(blog: Blog) -> ClaimLoop[ClaimedDelivery]:
    """The loop over what is queued for other servers."""

    async def claim(room: int) -> Sequence[ClaimedDelivery]:
        return await claim_deliveries(
            blog.db, now=blog.now_ms(), lease_until=to_ms(blog.clock() + LEASE), limit=room
        )

    return ClaimLoop(
        "deliveries",
        blog.signals.deliveries,
        claim=claim,
        work=lambda delivery: deliver(blog, delivery),
        at_once=_AT_ONCE,
    )
