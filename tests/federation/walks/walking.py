"""Lets threads be walked through without waiting for it."""

import asyncio
from datetime import timedelta

from fediblog.demo.server import DemoServer
from fediblog.store.crawls import Crawl, get_crawl
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post
from tests.bench import PATIENCE, RunningBlog


async def walk(blog: RunningBlog) -> None:
    """Move the clock on to the next round of any thread, and wait for its end."""
    await blog.at_rest()
    rows = await blog.blog.db.rows("SELECT min(next_at) AS at FROM crawl")
    assert rows[0]["at"] is not None, "nothing is ever walked"
    wait = from_ms(rows[0]["at"]) - blog.clock()
    await blog.later(max(wait, timedelta()) + timedelta(milliseconds=1))
    await come_to_rest(blog)


async def come_to_rest(blog: RunningBlog, *, seconds: float = PATIENCE) -> None:
    """Wait for the end of all rounds that are due or under way, and of what they have caused."""
    blog.blog.signals.walks.set()
    async with asyncio.timeout(seconds):
        await blog.at_rest()
        while await blog.blog.db.rows("SELECT 1 AS one FROM crawl WHERE round_at IS NOT NULL"):
            await blog.later(timedelta(seconds=31))
            await blog.at_rest()


async def crawl_of(blog: RunningBlog, post: Post) -> Crawl:
    """How the walks through a thread stand."""
    crawl = await get_crawl(blog.blog.db, post.id)
    assert crawl is not None
    return crawl


def asked(town: DemoServer) -> int:
    """How often the town has been asked for notes and what answers them; its people and their
    pictures are looked at when there is time."""
    return sum(each.method == "GET" and "/statuses/" in each.path for each in town.requests)
