"""What a test reads of a blog: its threads, what became of arrivals, and where replies stand."""

from typing import Any
from urllib.parse import urlsplit

from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from fediblog.store.arrivals import Wanted, list_arrivals
from fediblog.store.posts import Post
from fediblog.store.replies import Reply, get_reply
from tests.bench import RunningBlog, until
from tests.federation.thread_page import Shape, shape


async def fates(blog: RunningBlog) -> list[tuple[str, str, str]]:
    """(type, state, reason) of every arrival, oldest first."""
    found = await list_arrivals(blog.blog.db, Wanted(), before=None, limit=500)
    return [(each.type, each.state, each.reason) for each in reversed(found.rows)]


async def stored(blog: RunningBlog, uri: str) -> Reply:
    """A reply that must be there."""
    reply = await get_reply(blog.blog.db, uri)
    assert reply is not None, f"{uri} is not stored"
    return reply


def activities(town: DemoServer, kind: str) -> list[dict[str, Any]]:
    """Activities of one type that the town's inboxes have taken, in order."""
    return [each.activity for each in town.received if each.activity["type"] == kind]


async def thread(blog: RunningBlog, post: Post) -> Shape:
    """The replies beneath a post, as its page has them."""
    return shape((await blog.page(f"/articles/{post.key}")).text)


async def comes_to_show(blog: RunningBlog, post: Post, expected: Shape) -> None:
    """Wait until the page of a post has these replies: parents are fetched behind the scenes."""

    async def is_there() -> bool:
        return await thread(blog, post) == expected

    await until(is_there)


async def is_asked_for(town: DemoServer, *uris: str) -> None:
    """Wait until the town has been asked for each of these."""

    async def all_asked() -> bool:
        paths = {each.path for each in town.requests if each.method == "GET"}
        return {urlsplit(uri).path for uri in uris} <= paths

    await until(all_asked)


async def unseen(
    blog: RunningBlog, town: DemoServer, post: Post, name: str, parent: str, text: str
) -> Note:
    """A reply of the post's conversation, as Mastodon sends it, that is not delivered yet."""
    return await town.reply(
        name, parent, f"<p>{text}</p>", mention=[blog.actor], recipients=[blog.actor],
        conversation=blog.blog.addresses.context(post.key), deliver=False,
    )  # fmt: skip
