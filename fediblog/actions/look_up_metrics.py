"""The numbers that nobody counts as they happen: read when somebody looks."""

from fediblog.actions.keep_backups import list_backups
from fediblog.blog import Blog
from fediblog.metrics import BACKUP, OLDEST_SECONDS, WAITING
from fediblog.store.checkup import arrival_queue, delivery_queue


async def look_up_metrics(blog: Blog) -> None:
    """How much waits, for how long, and how old the newest backup is. Raises Unavailable."""
    queues = {
        "arrivals": await arrival_queue(blog.db),
        "deliveries": await delivery_queue(blog.db),
    }
    now = blog.now_ms()
    for name, queue in queues.items():
        WAITING.labels(name).set(queue.waiting)
        late = 0 if queue.since is None else max(0, now - queue.since)
        OLDEST_SECONDS.labels(name).set(late / 1000)
    backups = await list_backups(blog)
    BACKUP.set(backups[0].made_at / 1000 if backups else 0)
