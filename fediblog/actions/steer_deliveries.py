"""The author has deliveries tried now, or given up: one, those of a post, those to a server."""

from datetime import timedelta

from fediblog.blog import Blog
from fediblog.store import steering
from fediblog.store.moments import to_ms
from fediblog.store.steering import Which

#: To a whole server, only what is no older than a delivery is tried for anyway.
_NEWS = timedelta(days=8)


async def retry(blog: Blog, which: Which) -> int:
    """Try what waits now, and what has failed once more; how many deliveries that are.

    A delivery that has been tried for as long as any is has one attempt more.
    """
    now = blog.now_ms()
    since = to_ms(blog.clock() - _NEWS) if which.kind == "server" else 0
    async with blog.db.transaction() as tx:
        again = await steering.queue_again(tx, which, now, since=since)
        hastened = await steering.hasten(tx, which, now)
    # Alone: who records an attempt may write its server before deliveries.
    async with blog.db.transaction() as tx:
        await steering.end_pauses(tx, which)
    blog.signals.deliveries.set()
    return again + hastened


async def give_up(blog: Blog, which: Which) -> int:
    """Try what waits no more; how many deliveries that are."""
    async with blog.db.transaction() as tx:
        return await steering.give_up(tx, which, blog.now_ms())
