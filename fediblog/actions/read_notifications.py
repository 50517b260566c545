"""The author has read what happened."""

from fediblog.blog import Blog
from fediblog.store import notifications


async def mark_all_read(blog: Blog, *, newest: int, changed_before: int) -> None:
    """All up to a row are read, as they were at that time (ms)."""
    async with blog.db.transaction() as tx:
        await notifications.set_read(
            tx, newest=newest, changed_before=changed_before, now=blog.now_ms()
        )


async def mark_read(blog: Blog, number: int) -> None:
    """One of them is read: the author has done something about it."""
    async with blog.db.transaction() as tx:
        await notifications.set_one_read(tx, number, blog.now_ms())
