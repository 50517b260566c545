"""Throws away what is kept for a time only."""

import asyncio
import logging
from datetime import timedelta

from fediblog.blog import Blog
from fediblog.store.arrivals import prune_arrivals
from fediblog.store.moments import to_ms
from fediblog.store.waiting import remove_expired

log = logging.getLogger("fediblog.worker")

_EVERY_SECONDS = 3600
_WAITING = timedelta(days=30)
_BODIES = timedelta(days=7)
_LOG = timedelta(days=90)


async def run_housekeeping(blog: Blog) -> None:
    """Once an hour, until cancelled."""
    while True:
        try:
            await keep_house(blog)
        except Exception:
            log.exception("housekeeping failed, and goes on")
        await asyncio.sleep(_EVERY_SECONDS)


async def keep_house(blog: Blog) -> None:
    """Replies that waited 30 days, bodies of 7 days, and log rows of 90 days go."""
    now = blog.clock()
    async with blog.db.transaction() as tx:
        await remove_expired(tx, to_ms(now - _WAITING))
        await prune_arrivals(tx, bodies_before=to_ms(now - _BODIES), rows_before=to_ms(now - _LOG))
