"""Posts whose time has come: scheduled ones are published, and deleted ones go for good.

Each is one transaction that looks once more whether it is due, so nothing is done twice, also by
several processes, and nothing is lost with one: what was due meanwhile is done at the next start.
"""

import asyncio
import contextlib
import logging

from fediblog.actions.delete_post import delete_due
from fediblog.actions.publish_post import publish_due
from fediblog.blog import Blog

log = logging.getLogger("fediblog.worker")

_EVERY_SECONDS = 1.0
_AFTER_FAILURE_SECONDS = 10.0


async def run_timed(blog: Blog) -> None:
    """Look every second, until cancelled."""
    while True:
        wait = _EVERY_SECONDS
        try:
            # What is to be gone does not wait for the servers that a publication asks.
            await delete_due(blog)
            await publish_due(blog)
        except Exception:
            log.exception("a post whose time had come stays as it is for now")
            wait = _AFTER_FAILURE_SECONDS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await blog.signals.timed.wait()
        blog.signals.timed.clear()
