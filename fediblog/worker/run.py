"""All loops together."""

import asyncio

from fediblog.blog import Blog
from fediblog.store.arrivals import release_arrivals
from fediblog.store.outbox import release_deliveries
from fediblog.worker.arrivals import ArrivalLanes
from fediblog.worker.deliveries import DeliveryLoop
from fediblog.worker.fetches import run_parents, run_pictures
from fediblog.worker.housekeeping import run_housekeeping


async def run_workers(blog: Blog) -> None:
    """Run every loop until cancelled.

    On SQLite this process is the only one, so leases that a killed one left behind end at once;
    on PostgreSQL they run out by themselves.
    """
    if blog.settings.embedded:
        async with blog.db.transaction() as tx:
            await release_arrivals(tx)
            await release_deliveries(tx)
    async with asyncio.TaskGroup() as loops:
        loops.create_task(ArrivalLanes(blog).run())
        loops.create_task(DeliveryLoop(blog).run())
        loops.create_task(run_parents(blog))
        loops.create_task(run_pictures(blog))
        loops.create_task(run_housekeeping(blog))
