"""Texts that have changed are read into the index that readers search."""

import asyncio
import logging

from fediblog.actions.index_search import index_due
from fediblog.blog import Blog

log = logging.getLogger("fediblog.worker")

_EVERY_SECONDS = 1.0


async def run_searching(blog: Blog) -> None:
    """Read what is due, and look again every second, until cancelled."""
    while True:
        try:
            while await index_due(blog):
                pass
        except Exception:
            log.exception("reading texts into the index failed, and goes on")
        await asyncio.sleep(_EVERY_SECONDS)
