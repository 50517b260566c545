"""New replies on an open page: the stream that tells of them, and what it leads to."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest

from fediblog.actions.delete_post import delete_post
from fediblog.actions.moderate import hide_reply, show_reply
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post
from fediblog.demo.server import DemoServer
from fediblog.errors import Unavailable
from fediblog.store import posts
from fediblog.store.posts import Post
from fediblog.web.live import LiveThreads
from tests.bench import PATIENCE, Bench, RunningBlog, reply_ids
from tests.federation.records import stored
from tests.threads import like_reply

_OF_ONE_PEER = 20


@asynccontextmanager
async def listening(
    blog: RunningBlog, path: str, since: int | None = None, **headers: str
) -> AsyncIterator[AsyncIterator[str]]:
    """The versions that a stream tells, as they come."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    address = f"{path}/live" + (f"?since={since}" if since is not None else "")
    async with blog.http.stream("GET", address, headers=named) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"

        async def told() -> AsyncIterator[str]:
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    yield line.removeprefix("data: ")

        yield told()


async def path_of(blog: RunningBlog, post: Post) -> str:
    """Where a post is."""
    return (await blog.page(f"/articles/{post.key}")).url.path


async def version_of(blog: RunningBlog, post: Post) -> int:
    """The version of a post as it is now."""
    return (await posts.list_versions(blog.blog.db, [post.id]))[post.id]


async def changed(blog: RunningBlog, post: Post, since: int) -> str:
    """What an open page is told."""
    answer = await blog.page(f"{await path_of(blog, post)}/changes?since={since}")
    assert answer.status_code == 200 and "noindex" in answer.headers["x-robots-tag"]
    return answer.text


async def test_a_reply_that_is_delivered_is_told_at_once(
    bench: Bench, town: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the signal: the look at what other processes write comes much too late to tell of it."""
    monkeypatch.setattr("fediblog.web.live._POLL_SECONDS", 10 * PATIENCE)
    async with bench.start() as blog:
        post = await blog.publish()
        first = await town.reply("alice", blog.article(post), "<p>The first one.</p>")
        await blog.settled()
        since = await version_of(blog, post)
        async with listening(blog, await path_of(blog, post), since) as told:
            await town.reply("bob", first.id, "<p>The second one.</p>")
            await blog.settled()
            async with asyncio.timeout(PATIENCE):
                version = int(await anext(told))
        assert version > since
        page = await changed(blog, post, since)
        above = (await stored(blog, first.id)).id
        assert "The second one." in page and "The first one." not in page
        assert f'data-parent="{above}"' in page and "2 responses" in page
        assert reply_ids(await changed(blog, post, version)) == []


async def test_what_is_edited_hidden_shown_and_deleted_is_told(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>The first text.</p>")
    await blog.settled()
    number = (await stored(blog, note.id)).id
    async with listening(blog, await path_of(blog, post)) as told:
        since = await version_of(blog, post)
        await town.edit(note, "<p>The second text.</p>")
        version = await anext(told)
        assert "The second text." in await changed(blog, post, since)

        await hide_reply(blog.blog, number)
        hidden = await changed(blog, post, int(version))
        assert "The second text." not in hidden and 'class="gone"' in hidden
        version = await anext(told)
        await show_reply(blog.blog, number)
        assert "The second text." in await changed(blog, post, int(version))
        version = await anext(told)
        await town.delete(note)
        await anext(told)
        assert "A reply that was deleted" in await changed(blog, post, int(version))


async def test_likes_of_a_reply_are_told(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Nice.</p>")
    await blog.settled()
    since = await version_of(blog, post)
    await like_reply(blog, town, "bob", note.id)
    await blog.settled()
    assert 'class="tally"' in await changed(blog, post, since)


async def test_of_a_private_reply_only_the_number_is_told(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    since = await version_of(blog, post)
    await town.reply("alice", blog.article(post), "<p>Between us.</p>", to="direct")
    await blog.settled()
    page = await changed(blog, post, since)
    assert "1 more not public" in page
    assert "Between us." not in page and "Alice" not in page


async def test_who_comes_back_is_told_what_they_missed(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    path, before = await path_of(blog, post), await version_of(blog, post)
    await town.reply("alice", blog.article(post), "<p>Meanwhile.</p>")
    await blog.settled()
    now = await version_of(blog, post)
    async with listening(blog, path, now, last_event_id=str(before)) as told:
        async with asyncio.timeout(1):
            assert int(await anext(told)) == now


async def test_what_another_process_writes_is_told_as_well(blog: RunningBlog) -> None:
    post = await blog.publish()
    async with listening(blog, await path_of(blog, post)) as told:
        async with blog.blog.db.transaction() as tx:
            await posts.touch(tx, post.id)
        async with asyncio.timeout(5):
            assert int(await anext(told)) == await version_of(blog, post)


async def test_one_address_has_only_so_many_streams(blog: RunningBlog) -> None:
    post = await blog.publish()
    path = await path_of(blog, post)
    async with AsyncExitStack() as last:
        async with AsyncExitStack() as stack:
            for _ in range(_OF_ONE_PEER - 1):
                await stack.enter_async_context(listening(blog, path))
            await last.enter_async_context(listening(blog, path))
            refused = await blog.http.get(f"{path}/live")
            assert refused.status_code == 429 and "retry-after" in refused.headers
            assert "Too many open pages" in refused.text
        # Those that have gone have made room.
        async with asyncio.timeout(10):
            while (await _status(blog, path)) != 200:
                await asyncio.sleep(0.05)


async def test_the_head_of_a_stream_is_known_to_nobody(blog: RunningBlog) -> None:
    """Nobody can have all of a stream, or know how long it will be."""
    address = f"{await path_of(blog, await blog.publish())}/live"
    head = await blog.http.head(address, headers={"If-None-Match": "*"})
    assert head.status_code == 200
    async with blog.http.stream("GET", address) as stream:
        names = set(stream.headers) - {"transfer-encoding"}
        assert set(head.headers) - {"transfer-encoding"} == names


async def test_all_together_have_only_so_many_streams(blog: RunningBlog) -> None:
    post = await blog.publish()
    live = LiveThreads(blog.blog)
    listeners = [live.listen(post.id, 1, 1, f"peer {number}") for number in range(1000)]
    with pytest.raises(Unavailable):
        live.listen(post.id, 1, 1, "one more")
    listeners[0].close()
    live.listen(post.id, 1, 1, "one more")


async def test_a_server_that_stops_ends_its_streams(bench: Bench) -> None:
    async with AsyncExitStack() as stack:
        async with bench.start() as blog:
            post = await blog.publish()
            path = await path_of(blog, post)
            http = await stack.enter_async_context(
                httpx.AsyncClient(base_url=blog.address, headers=blog.http.headers)
            )
            answers = [
                await stack.enter_async_context(http.stream("GET", f"{path}/live"))
                for _ in range(3)
            ]
            stopping = time.monotonic()
        assert time.monotonic() - stopping < 5
        for answer in answers:
            assert "retry:" in (await answer.aread()).decode()


async def test_there_is_a_stream_only_where_there_can_be_replies(blog: RunningBlog) -> None:
    draft = await create_post(blog.blog, PostForm("A draft", "Hm."), publish=False)
    assert await _status(blog, f"/2026/01/{draft.slug}") == 404
    post = await blog.publish()
    path = await path_of(blog, post)
    async with listening(blog, path) as told:
        await delete_post(blog.blog, post.key)
        async with asyncio.timeout(5):
            assert [version async for version in told] == []
    assert await _status(blog, path) == 410
    assert (await blog.http.get(f"{path}/changes?since=1")).status_code == 410
    head = await blog.http.head(f"{path}/live")
    assert head.status_code == 410


async def _status(blog: RunningBlog, path: str) -> int:
    async with blog.http.stream("GET", f"{path}/live") as answer:
        return answer.status_code
