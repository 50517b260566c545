"""Looks every few hours whether the blog is well, and tells each minute that it is at work."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

from fediblog.actions.health.examine import examine
from fediblog.blog import Blog
from fediblog.store.pulses import set_pulses

log = logging.getLogger("fediblog.worker")

_FIRST_SECONDS = 600
_EVERY_SECONDS = 6 * 3600
_PULSE_SECONDS = 60


class Turning(Protocol):
    """A loop with a name, which tells how many seconds ago it was at work."""

    name: str

    def idle_seconds(self) -> float:
        """How long ago it claimed something, or tried to."""


async def run_examinations(blog: Blog) -> None:
    """Until cancelled. The first one waits until whatever was put in front of the blog is up."""
    await asyncio.sleep(_FIRST_SECONDS)
    while True:
        try:
            await examine(blog)
        except Exception:
            log.exception("looking at the blog's health failed")
        await asyncio.sleep(_EVERY_SECONDS)


async def beat(blog: Blog, loops: Sequence[Turning]) -> None:
    """Write down when each loop was at work."""
    async with blog.db.transaction() as tx:
        await set_pulses(tx, _pulses(blog, loops))


async def run_pulse(blog: Blog, loops: Sequence[Turning]) -> None:
    """Write it down once a minute, until cancelled."""
    while True:
        await asyncio.sleep(_PULSE_SECONDS)
        try:
            await beat(blog, loops)
        except Exception:
            log.exception("the pulse could not be written")


def _pulses(blog: Blog, loops: Sequence[Turning]) -> Mapping[str, int]:
    now = blog.now_ms()
    return {loop.name: now - round(loop.idle_seconds() * 1000) for loop in loops}
