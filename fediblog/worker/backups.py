"""Backups, when it is time for one or somebody asks."""

import asyncio
import contextlib
import logging

from fediblog.actions.keep_backups import make_due_backup
from fediblog.blog import Blog

log = logging.getLogger("fediblog.worker")

_EVERY_SECONDS = 30.0


async def run_backups(blog: Blog) -> None:
    """Look whether one is due, twice a minute and when woken, until cancelled."""
    while True:
        try:
            await make_due_backup(blog)
        except Exception:
            log.exception("making a backup failed, and is tried again when the next one is due")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_EVERY_SECONDS):
                await blog.signals.backups.wait()
        blog.signals.backups.clear()
