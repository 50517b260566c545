"""Walks through the threads that are due, looking for replies that nobody has delivered."""

from collections.abc import Sequence
from datetime import timedelta

from fediblog.actions.walk_thread import walk_thread
from fediblog.blog import Blog
from fediblog.store.crawls import Crawl, claim_crawls
from fediblog.store.moments import to_ms
from fediblog.worker.loop import ClaimLoop

_AT_ONCE = 4
#: Longer than one claim of a walk may take.
_LEASE = timedelta(minutes=5)


def walk_loop(blog: Blog) -> ClaimLoop[Crawl]:
    """The loop over threads."""

    async def claim(room: int) -> Sequence[Crawl]:
        lease_until = to_ms(blog.clock() + _LEASE)
        return await claim_crawls(blog.db, now=blog.now_ms(), lease_until=lease_until, limit=room)

    return ClaimLoop(
        "walks",
        blog.signals.walks,
        claim=claim,
        work=lambda crawl: walk_thread(blog, crawl),
        at_once=_AT_ONCE,
    )
