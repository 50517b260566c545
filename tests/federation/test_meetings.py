"""Who belongs together, and comes at the same moment in two transactions of which neither sees the
other: only PostgreSQL has such."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from starlette.responses import Response

from fediblog.actions.blocking import Wanted, add_rule
from fediblog.actions.moderate import hide_reply
from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from fediblog.store.replies import get_reply
from tests.bench import RunningBlog, until
from tests.federation.records import comes_to_show, stored, thread, unseen
from tests.locks import watching
from tests.threads import branches_know

pytestmark = pytest.mark.usefixtures("only_postgres")

Wait = Callable[[int], Awaitable[None]]


async def test_a_reply_whose_parent_comes_while_it_is_given_up(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Its parent's server has deleted it already, but its Create was on its way."""
    post = await _begun(blog, town)
    parent = await unseen(blog, town, post, "alice", blog.article(post), "Parent")
    child = await unseen(blog, town, post, "bob", parent.id, "Child")
    _takes_down(town, parent)
    async with _last_statement(blog, post) as wait:
        await town.deliver(parent)
        await wait(1)
        await town.deliver(child)
        await wait(2)

    await comes_to_show(blog, post, [("First", []), ("Parent", [("Child", [])])])
    assert not (await stored(blog, child.id)).orphan


async def test_a_reply_whose_parent_moves_to_another_branch(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await _begun(blog, town)
    lost = await unseen(blog, town, post, "alice", blog.article(post), "Lost")
    parent = await unseen(blog, town, post, "bob", lost.id, "Parent")
    child = await unseen(blog, town, post, "chiyo", parent.id, "Child")
    _takes_down(town, lost)
    await town.deliver(parent)
    await comes_to_show(blog, post, [("First", []), ("Parent", [])])
    async with _last_statement(blog, post) as wait:
        await town.deliver(lost)
        await wait(1)
        await town.deliver(child)
        await wait(2)

    await comes_to_show(blog, post, [("First", []), ("Lost", [("Parent", [("Child", [])])])])
    await branches_know(blog)


async def test_a_waiting_reply_that_is_made_private_while_its_parent_comes(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await _begun(blog, town)
    parent = await unseen(blog, town, post, "alice", blog.article(post), "Parent")
    child = await unseen(blog, town, post, "bob", parent.id, "Child")
    town.responses[urlsplit(parent.id).path] = Response(status_code=503)
    await town.deliver(child)
    await blog.settled()
    assert (await stored(blog, child.id)).state == "waiting"
    # Both want the node; whoever has come first has it first.
    async with _holding(blog, f"UPDATE reply SET depth = 0 WHERE uri = '{child.id}'") as wait:
        town.notes[child.id] = replace(child, to="direct")
        await town.edit(child, "<p>For you alone.</p>")
        await wait(1)
        await town.deliver(parent)
        await wait(2)

    await comes_to_show(blog, post, [("First", []), ("Parent", [])])
    await blog.settled()
    assert (await stored(blog, child.id)).state == "private"
    assert await thread(blog, post) == [("First", []), ("Parent", [])]


async def test_an_edit_that_waits_for_its_reply_to_be_placed_waits_for_its_thread_first(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Or it would hold the reply while the author, who hides it, holds the thread, and each would
    want both."""
    post = await _begun(blog, town)
    parent = await unseen(blog, town, post, "alice", blog.article(post), "Parent")
    child = await unseen(blog, town, post, "bob", parent.id, "Child")
    town.responses[urlsplit(parent.id).path] = Response(status_code=503)
    await town.deliver(child)
    await blog.settled()
    async with _holding(blog, "LOCK TABLE reply_revision IN EXCLUSIVE MODE") as wait:
        async with _last_statement(blog, post) as place:
            await town.deliver(parent)
            await place(1)
            await town.edit(child, "<p>Otherwise</p>")
            await place(2)
        await wait(1)
        number = (await stored(blog, child.id)).id
        hiding = asyncio.create_task(hide_reply(blog.blog, number))
        await wait(2)
    await hiding
    await blog.settled()
    hidden = await stored(blog, child.id)
    assert (hidden.state, hidden.html) == ("hidden", "<p>Otherwise</p>")
    attempts = await blog.blog.db.rows("SELECT max(attempts) AS n FROM arrival")
    assert attempts[0]["n"] == 1, "the database has ended none of them"


async def test_a_reply_that_is_deleted_while_it_is_found(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await _begun(blog, town)
    async with _last_statement(blog, post) as wait:
        found = await _found(blog, town, post)
        await wait(1)
        await town.delete(found)
        await wait(2)
    await blog.settled()
    assert (await stored(blog, found.id)).state == "deleted"


async def test_a_reply_that_is_edited_while_it_is_found(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await _begun(blog, town)
    async with _last_statement(blog, post) as wait:
        found = await _found(blog, town, post)
        await wait(1)
        await town.edit(found, "<p>Otherwise</p>")
        await wait(2)
    await comes_to_show(blog, post, [("First", []), ("Otherwise", [("Child", [])])])


async def test_a_reply_whose_author_is_deleted_while_it_is_found(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await _begun(blog, town)
    await town.deliver(await unseen(blog, town, post, "alice", blog.article(post), "Known"))
    await blog.settled()
    async with _last_statement(blog, post) as wait:
        found = await _found(blog, town, post)
        await wait(1)
        await town.delete_person("alice", [blog.actor])
        await wait(2)
    await blog.settled()
    assert (await stored(blog, found.id)).state == "deleted"


async def test_a_reply_whose_author_is_blocked_while_it_comes(
    blog: RunningBlog, town: DemoServer
) -> None:
    await add_rule(blog.blog, Wanted("server", "other.example", "other.example", "reject", ""))
    post = await _begun(blog, town)
    late = await unseen(blog, town, post, "alice", blog.article(post), "Late")
    async with _last_statement(blog, post) as wait:
        await town.deliver(late)
        await wait(1)
        alice = town.person("alice").id
        rule = Wanted("person", alice, alice, "reject", "")
        blocking = asyncio.create_task(add_rule(blog.blog, rule))
        await wait(2)
    await blocking
    await blog.settled()
    assert (await stored(blog, late.id)).state == "hidden"


async def test_a_reply_that_comes_while_its_author_is_deleted(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await _begun(blog, town)
    late = await unseen(blog, town, post, "dana", blog.article(post), "Late")
    held = f"UPDATE post SET version = version WHERE id = {post.id}"
    async with _holding(blog, held) as wait:
        await town.delete_person("dana", [blog.actor])
        await wait(1)
        await town.deliver(late)
        await wait(2)
    await blog.settled()
    assert await get_reply(blog.blog.db, late.id) is None


async def _found(blog: RunningBlog, town: DemoServer, post: Post) -> Note:
    """A reply by Alice of which nobody tells the blog, and which it looks for because of another
    one beneath it."""
    found = await unseen(blog, town, post, "alice", blog.article(post), "Found")
    await town.deliver(await unseen(blog, town, post, "bob", found.id, "Child"))
    return found


def _last_statement(blog: RunningBlog, post: Post) -> AbstractAsyncContextManager[Wait]:
    """Who writes into a thread comes to the last statement and no further, until the block ends."""
    return _holding(blog, f"UPDATE crawl SET step = step WHERE post_id = {post.id}")


@asynccontextmanager
async def _holding(blog: RunningBlog, statement: str) -> AsyncIterator[Wait]:
    """Hold what a statement writes until the block ends. Yields what waits until so many have come
    to wait for that, or for one another."""
    async with watching(blog) as (connection, waiting):

        async def wait(count: int) -> None:
            async def all_wait() -> bool:
                return await waiting() == count

            await until(all_wait)

        async with connection.transaction():
            await connection.execute(statement)
            yield wait


async def _begun(blog: RunningBlog, town: DemoServer) -> Post:
    """A post with one reply."""
    post = await blog.publish()
    await town.deliver(await unseen(blog, town, post, "dana", blog.article(post), "First"))
    await blog.settled()
    return post


def _takes_down(town: DemoServer, note: Note) -> None:
    town.responses[urlsplit(note.id).path] = Response(status_code=410)
