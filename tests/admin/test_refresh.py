"""The admin has a thread refreshed, and watches how far that is, without scripts."""

import httpx
import pytest

from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from tests.admin.desk import Desk, everything
from tests.admin.page import read
from tests.bench import RunningBlog, until
from tests.federation.records import thread

_RELOADS = 'http-equiv="refresh"'


async def test_a_conversation_is_refreshed_now(
    blog: RunningBlog, town: DemoServer, desk: Desk
) -> None:
    post = await _thread(blog, town)
    page = await desk.page(f"/admin/posts/{post.key}/thread")
    assert _address(post) in page.links
    assert "will be asked for more replies on" in page.text

    answer = await desk.submit(_address(post))
    assert (answer.status_code, answer.headers["location"]) == (303, _address(post))
    done = await _end(desk, post)
    assert "Done: asked 2 places, 1 new reply found." in read(done).text
    assert await thread(blog, post) == [("Top", [("Found", [])])]
    page = await desk.page(f"/admin/posts/{post.key}/thread")
    assert "were last asked for more replies on" in page.text


async def test_the_page_loads_itself_again_until_the_end(
    blog: RunningBlog, town: DemoServer, desk: Desk
) -> None:
    post = await _thread(blog, town)
    town.delay = 0.4
    await desk.submit(_address(post))
    seen = []

    async def says_how_far() -> bool:
        page = await desk.get(_address(post))
        assert _RELOADS in page.text
        seen.append(read(page).text)
        return "Asked 0 of 1 place, 0 new replies found." in seen[-1]

    await until(says_how_far)
    page = await desk.page(f"/admin/posts/{post.key}/thread")
    assert "Other servers are being asked" in page.text
    assert _address(post) in page.links
    town.delay = 0.0
    done = await _end(desk, post)
    assert f"/admin/posts/{post.key}/thread" in read(done).links
    assert read(done).inline == []


async def test_those_who_failed_are_asked_again_at_once(
    blog: RunningBlog, town: DemoServer, desk: Desk
) -> None:
    post = await _thread(blog, town)
    town.down = True
    for _ in range(2):
        await desk.submit(_address(post))
        assert "0 new replies found" in read(await _end(desk, post)).text
    town.down = False
    await desk.submit(_address(post))
    assert "1 new reply found" in read(await _end(desk, post)).text


async def test_a_post_without_replies_has_nobody_to_ask(blog: RunningBlog, desk: Desk) -> None:
    post = await blog.publish()
    page = await desk.page(f"/admin/posts/{post.key}/thread")
    assert "once somebody has replied" in page.text
    await desk.submit(_address(post))
    assert "There was nobody to ask" in read(await _end(desk, post)).text


@pytest.mark.parametrize("key", ["nothing", "draft"])
async def test_only_a_published_post_can_be_refreshed(
    blog: RunningBlog, desk: Desk, key: str
) -> None:
    if key == "draft":
        form = {"title": "Draft", "body": "…", "action": "draft"}
        await desk.submit("/admin/posts/new", **form)
        rows = await blog.blog.db.rows("SELECT key FROM post")
        key = rows[0]["key"]
    assert (await desk.submit(f"/admin/posts/{key}/refresh")).status_code == 404
    assert (await desk.get(f"/admin/posts/{key}/refresh")).status_code == 404


async def test_nobody_else_can_have_anything_refreshed(
    blog: RunningBlog, town: DemoServer, desk: Desk
) -> None:
    post = await _thread(blog, town)
    before = await everything(blog), await _crawl(blog)
    forged = await desk.http.post(_address(post), data={"csrf": "wrong"})
    assert forged.status_code == 403
    async with httpx.AsyncClient(base_url=blog.address, headers=blog.http.headers) as stranger:
        for answer in (await stranger.post(_address(post)), await stranger.get(_address(post))):
            assert answer.status_code in {303, 401, 403}
            assert "new repl" not in answer.text
    assert (await everything(blog), await _crawl(blog)) == before


async def _thread(blog: RunningBlog, town: DemoServer) -> Post:
    """A post with a reply, and a reply to that which nobody has delivered."""
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    blank: list[str] = []
    await town.reply("bob", top.id, "<p>Found</p>", mention=blank)
    await blog.settled()
    return post


async def _end(desk: Desk, post: Post) -> httpx.Response:
    """The page once it does not load itself any more."""

    async def is_still() -> bool:
        return _RELOADS not in (await desk.get(_address(post))).text

    await until(is_still)
    return await desk.get(_address(post))


async def _crawl(blog: RunningBlog) -> list[object]:
    return [dict(row) for row in await blog.blog.db.rows("SELECT next_at, round_at FROM crawl")]


def _address(post: Post) -> str:
    return f"/admin/posts/{post.key}/refresh"
