"""What every loop shares: work until nothing is due, then wait for a wake-up or a second."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger("fediblog.worker")

_POLL_SECONDS = 1.0
_AFTER_FAILURE_SECONDS = 2.0


async def run_loop(name: str, wake: asyncio.Event, turn: Callable[[], Awaitable[bool]]) -> None:
    """Call turn until it says that nothing was due, then wait; until cancelled.

    A turn that fails is logged and tried again: this is the one place that catches everything,
    because a loop that ends would stop the blog without a word.
    """
    while True:
        try:
            while await turn():
                pass
        except Exception:
            log.exception("the %s loop failed, and goes on", name)
            await asyncio.sleep(_AFTER_FAILURE_SECONDS)
        try:
            async with asyncio.timeout(_POLL_SECONDS):
                await wake.wait()
        except TimeoutError:
            continue
        wake.clear()
