"""What is counted in memory is written down now and then."""

import asyncio
import logging

from fediblog.actions.note_refusals import note_refusals
from fediblog.blog import Blog

log = logging.getLogger("fediblog.worker")

_EVERY_SECONDS = 10.0


async def run_counting(blog: Blog) -> None:
    """Every ten seconds, until cancelled."""
    while True:
        await asyncio.sleep(_EVERY_SECONDS)
        try:
            await note_refusals(blog)
        except Exception:
            log.exception("counts could not be written down, and are kept for the next time")
