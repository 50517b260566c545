"""What nothing here has to do with any more is forgotten, some of it each time."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from fediblog.actions.fetch_avatar import FOLDER
from fediblog.actions.picture_files import remove_picture
from fediblog.blog import Blog
from fediblog.store import site, unused
from fediblog.store.database import Transaction
from fediblog.store.moments import to_ms

#: A month more than notifications, which name people, are kept.
_UNUSED = timedelta(days=120)
_LOG = timedelta(days=90)
#: Rows that one transaction looks at, and transactions each time.
_AT_ONCE, _TIMES = 500, 10


async def prune_unused(blog: Blog) -> None:
    """People without a reply, a reaction or anything else, servers of which nobody is known, and
    deliveries of what was passed on or answered. Where it stopped is remembered."""
    now = blog.clock()
    long_ago, before = to_ms(now - _UNUSED), to_ms(now - _LOG)
    avatars: list[str] = []

    async def actors(tx: Transaction, after: str) -> str:
        pruned = await unused.prune_actors(
            tx,
            after=int(after or 0),
            seen_before=long_ago,
            own=blog.addresses.actor,
            limit=_AT_ONCE,
        )
        avatars.extend(pruned.avatars)
        return str(pruned.last or "")

    async def hosts(tx: Transaction, after: str) -> str:
        return await unused.prune_hosts(tx, after=after, heard_before=long_ago, limit=_AT_ONCE)

    async def deliveries(tx: Transaction, after: str) -> str:
        last = await unused.prune_deliveries(
            tx, after=int(after or 0), made_before=before, limit=_AT_ONCE
        )
        return str(last or "")

    await _some(blog, "pruned_deliveries", deliveries)
    await _some(blog, "pruned_actors", actors)
    for name in set(avatars) - set(await unused.list_used_avatars(blog.db, avatars)):
        await remove_picture(blog, FOLDER, name)
    await _some(blog, "pruned_hosts", hosts)


async def _some(blog: Blog, name: str, prune: Callable[[Transaction, str], Awaitable[str]]) -> None:
    """A few portions, from where the last time ended. name: of the place among the settings."""
    for _ in range(_TIMES):
        async with blog.db.transaction(at_length=True) as tx:
            before = await site.get_value(tx, name) or ""
            after = await prune(tx, before)
            if after != before:
                await site.set_value(tx, name, after)
        if not after:
            return
