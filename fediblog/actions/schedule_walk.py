"""When a thread is walked through: after every sign of life, and when the admin wants it."""

from fediblog.blog import Blog
from fediblog.domain.walks import walk_delay
from fediblog.store import collections, crawls
from fediblog.store.database import Transaction
from fediblog.store.moments import to_ms


async def stir(blog: Blog, tx: Transaction, post_id: int) -> None:
    """Something happened in a thread, so there may be more of it that nobody tells us.

    The walks begin again, but none that is due is put off: a busy thread is walked all the time.
    """
    await crawls.set_stirred(tx, post_id, to_ms(blog.clock() + walk_delay(0)))


async def walk_now(blog: Blog, post_id: int) -> None:
    """Begin a round now, and ask those too who have failed lately."""
    async with blog.db.transaction() as tx:
        await collections.forgive_failures(tx, post_id)
        await crawls.set_due(tx, post_id, blog.now_ms())
    blog.signals.walks.set()


async def finish_walk(blog: Blog, tx: Transaction, post_id: int) -> None:
    """A round is at its end: when the next one begins depends on what has happened meanwhile."""
    delay = walk_delay(await crawls.get_step(tx, post_id))
    await crawls.set_finished(tx, post_id, next_at=to_ms(blog.clock() + delay), now=blog.now_ms())
