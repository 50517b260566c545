"""All loops together."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from fediblog.actions.render_again import render_again
from fediblog.blog import Blog
from fediblog.store.leases import release_leases
from fediblog.worker.arrivals import arrival_loop
from fediblog.worker.backups import run_backups
from fediblog.worker.counting import run_counting
from fediblog.worker.deliveries import delivery_loops
from fediblog.worker.fetches import (
    avatar_loop,
    follower_loop,
    parent_loop,
    picture_loop,
    preview_loop,
)
from fediblog.worker.health import beat, run_examinations, run_pulse
from fediblog.worker.housekeeping import run_housekeeping
from fediblog.worker.loop import ClaimLoop
from fediblog.worker.mail import run_mail
from fediblog.worker.searching import run_searching
from fediblog.worker.timed import run_timed
from fediblog.worker.walks import walk_loop

log = logging.getLogger("fediblog.worker")


async def prepare_work(blog: Blog) -> Sequence[ClaimLoop[Any]]:
    """What has to be done before the loops run; the loops.

    On SQLite this process is the only one, so leases that a killed one left behind end at once;
    on PostgreSQL they run out by themselves. The loops are seen once, so that nobody who looks at
    the blog as soon as it answers is told that none has ever been at work.
    """
    if blog.settings.embedded:
        async with blog.db.transaction() as tx:
            await release_leases(tx)
    loops = (
        arrival_loop(blog),
        *delivery_loops(blog),
        parent_loop(blog),
        avatar_loop(blog),
        picture_loop(blog),
        preview_loop(blog),
        follower_loop(blog),
        walk_loop(blog),
    )
    await beat(blog, loops)
    return loops


async def run_workers(blog: Blog, loops: Sequence[ClaimLoop[Any]]) -> None:
    """Run every loop until cancelled. loops: from `prepare_work`."""
    async with asyncio.TaskGroup() as tasks:
        for loop in loops:
            tasks.create_task(loop.run())
        tasks.create_task(run_pulse(blog, loops))
        tasks.create_task(run_examinations(blog))
        tasks.create_task(run_timed(blog))
        tasks.create_task(run_mail(blog))
        tasks.create_task(run_searching(blog))
        tasks.create_task(run_backups(blog))
        tasks.create_task(run_housekeeping(blog))
        tasks.create_task(run_counting(blog))
        tasks.create_task(_once(blog))


async def _once(blog: Blog) -> None:
    """What an earlier version has left to do; readers do not wait for it."""
    try:
        await render_again(blog)
    except Exception:
        log.exception("the HTML of what was written was not made anew; the next start tries again")
