"""What a test reads behind the blog's back: what became of arrivals, and where replies stand."""

from typing import Any

from fediblog.demo.server import DemoServer
from fediblog.store.arrivals import list_arrivals
from fediblog.store.replies import Reply, get_reply
from tests.bench import RunningBlog


async def fates(blog: RunningBlog) -> list[tuple[str, str, str]]:
    """(type, state, reason) of every arrival, oldest first."""
    arrivals = await list_arrivals(blog.blog.db, before=None, limit=500)
    return [(each.type, each.state, each.reason) for each in reversed(arrivals)]


async def stored(blog: RunningBlog, uri: str) -> Reply:
    """A reply that must be there."""
    reply = await get_reply(blog.blog.db, uri)
    assert reply is not None, f"{uri} is not stored"
    return reply


def activities(town: DemoServer, kind: str) -> list[dict[str, Any]]:
    """Activities of one type that the town's inboxes have taken, in order."""
    return [each.activity for each in town.received if each.activity["type"] == kind]
