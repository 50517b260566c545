"""Lets threads be walked through without waiting for it."""

from datetime import timedelta

from fediblog.demo.server import DemoServer
from fediblog.store.crawls import Crawl, get_crawl
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post
from tests.bench import RunningBlog, until


async def walk(blog: RunningBlog) -> None:
    """Move the clock on to the next round of any thread, and wait for its end."""
    await blog.settled()
    rows = await blog.blog.db.rows("SELECT min(next_at) AS at FROM crawl")
    assert rows[0]["at"] is not None, "nothing is ever walked"
    wait = from_ms(rows[0]["at"]) - blog.clock()
    blog.clock.offset += max(wait, timedelta()) + timedelta(milliseconds=1)
    await come_to_rest(blog)


async def come_to_rest(blog: RunningBlog, *, seconds: float = 60.0) -> None:
    """Wait for the end of all rounds that are due or under way, and of what they have caused."""
    blog.blog.signals.walks.set()

    async def is_at_rest() -> bool:
        rows = await blog.blog.db.rows(
            "SELECT next_at, round_at, lease_until FROM crawl "
            "WHERE next_at <= $1 OR round_at IS NOT NULL",
            blog.blog.now_ms(),
        )
        if rows and all(row["round_at"] and not row["lease_until"] for row in rows):
            blog.clock.offset += timedelta(seconds=31)
            blog.blog.signals.walks.set()
        return not rows

    await until(is_at_rest, seconds=seconds)
    await blog.settled()


async def crawl_of(blog: RunningBlog, post: Post) -> Crawl:
    """How the walks through a thread stand."""
    crawl = await get_crawl(blog.blog.db, post.id)
    assert crawl is not None
    return crawl


def asked(town: DemoServer) -> int:
    """How often the town has been asked for notes and what answers them; its people and their
    pictures are looked at when there is time."""
    return sum(each.method == "GET" and "/statuses/" in each.path for each in town.requests)
