"""A deletion that can be taken back: nobody hears of it before, and nothing is lost by it."""

from collections import deque
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from fediblog.actions.answer import answer_post
from fediblog.actions.delete_post import delete_due
from fediblog.actions.pin_post import pin_post
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from fediblog.store.search import count_due
from tests.admin.desk import Desk, desk_of
from tests.bench import Bench, RunningBlog, until
from tests.federation.records import activities

GRACE = timedelta(seconds=60)


@pytest.fixture
async def blog(bench: Bench) -> AsyncIterator[RunningBlog]:
    """A blog with the time to think twice that it has by default."""
    async with bench.start(FEDIBLOG_UNDO_SECONDS="60") as running_blog:
        yield running_blog


@pytest.fixture
async def post(blog: RunningBlog, town: DemoServer) -> Post:
    """A pinned post that Alice has, and has answered."""
    town.clock = blog.clock
    await town.follow("alice", blog.actor)
    await blog.settled()
    post = await blog.publish("A post", "Some *unheard* text.", tags="garden")
    await pin_post(blog.blog, post.key)
    await blog.delivered()
    await town.reply("alice", blog.article(post), "<p>An unheard reply</p>")
    await blog.settled()
    return post


async def _indexed(blog: RunningBlog) -> None:
    async def read() -> bool:
        return await count_due(blog.blog.db) == 0

    await until(read)


async def _seen(blog: RunningBlog, post: Post) -> dict[str, str]:
    """All that others can see of it."""
    await _indexed(blog)
    page = await blog.page(f"/articles/{post.key}")
    found = (await blog.page("/search?q=unheard")).text.partition("<main")[2]
    return {
        "page": page.text.partition('<article class="post')[2],
        "document": (await blog.document(f"/articles/{post.key}")).text,
        "home": (await blog.page("/")).text.partition("<main")[2],
        "tag": (await blog.page("/tags/garden")).text.partition("<main")[2],
        "feed": str((await blog.page("/feed.atom")).text.count("<entry>")),
        "featured": (await blog.document("/users/blog/collections/featured")).text,
        "outbox": (await blog.document("/users/blog/outbox")).text,
        "found": found,
    }


async def test_until_its_time_it_is_nowhere_and_nobody_hears_of_it_and_then_it_is_deleted(
    desk: Desk, blog: RunningBlog, town: DemoServer, post: Post
) -> None:
    mine = await answer_post(blog.blog, post.key, "Mine.")
    await blog.delivered()
    told = len(town.received)
    response = await desk.submit(f"/admin/posts/{post.key}/delete")
    listed = await desk.page(response.headers["location"])
    assert "is off the page. No server has been told yet" in listed.text
    assert f"/admin/posts/{post.key}/undelete" in listed.links

    uri = blog.article(post)
    [sent] = await blog.blog.db.rows(
        "SELECT key FROM activity WHERE type = 'Create' AND object_uri = $1", uri
    )
    assert (await blog.document(f"/activities/{sent['key']}")).status_code == 503
    assert (await blog.document(f"/notes/{mine.key}")).status_code == 503
    article = await blog.document(f"/articles/{post.key}")
    assert article.status_code == 503, "who is told 404 deletes it (A11)"
    assert int(article.headers["retry-after"]) > 0
    for path in (f"/articles/{post.key}", "/tags/garden"):
        assert (await blog.page(path)).status_code == 404
    await _indexed(blog)
    for path in ("/", "/feed.atom", "/sitemap.xml", "/search?q=unheard"):
        assert "A post" not in (await blog.page(path)).text
    assert (await desk.get(f"/admin/posts/{post.key}")).status_code == 410
    await blog.later(GRACE - timedelta(seconds=5))
    await blog.delivered()
    assert len(town.received) == told

    await blog.later(timedelta(seconds=6))
    await blog.at_rest()
    await delete_due(blog.blog)
    await blog.delivered()
    [delete] = activities(town, "Delete")
    assert delete["object"]["id"] == blog.article(post)
    assert (await blog.document(f"/articles/{post.key}")).status_code == 410
    assert (await desk.submit(f"/admin/posts/{post.key}/undelete")).status_code == 410
    await blog.later(timedelta(hours=1))
    await blog.delivered()
    assert len(activities(town, "Delete")) == 1


async def test_undone_it_is_back_exactly_as_it_was_with_no_word_to_anybody(
    desk: Desk, blog: RunningBlog, town: DemoServer, post: Post
) -> None:
    before, told = await _seen(blog, post), len(town.received)
    assert "unheard" in before["found"]
    await desk.submit(f"/admin/posts/{post.key}/delete")
    await _indexed(blog)
    assert await _seen(blog, post) != before
    await town.reply("bob", blog.article(post), "<p>In between</p>")
    await blog.settled()
    await desk.submit(f"/admin/posts/{post.key}/undelete")
    await desk.submit(f"/admin/posts/{post.key}/undelete")
    after = await _seen(blog, post)
    assert "In between" in after["page"], "what comes meanwhile is kept"
    for name in ("home", "tag", "feed", "featured", "outbox"):
        assert after[name].replace("2 responses", "1 response") == before[name], name
    await blog.later(GRACE * 2)
    await blog.delivered()
    assert len(town.received) == told
    assert await blog.blog.db.rows("SELECT 1 AS one FROM post WHERE delete_at IS NOT NULL") == []


async def test_what_was_on_its_way_waits_and_goes_on_once_it_is_undone(
    desk: Desk, blog: RunningBlog, town: DemoServer
) -> None:
    """A server that was away when the post came out hears nothing of a post that is not there."""
    town.clock = blog.clock
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    town.status_for_inbox = deque([503])
    post = await blog.publish("A post")
    await blog.delivered()
    await desk.submit(f"/admin/posts/{post.key}/delete")
    [row] = await blog.blog.db.rows("SELECT next_at FROM delivery WHERE state = 'queued'")
    assert int(row["next_at"]) > blog.blog.now_ms() + 365 * 24 * 3600 * 1000
    await desk.submit(f"/admin/posts/{post.key}/undelete")
    await blog.later(timedelta(hours=1))
    await blog.delivered()
    assert [each["object"]["id"] for each in activities(town, "Create")] == [blog.article(post)]


@pytest.mark.parametrize("undo", [True, False])
async def test_it_survives_a_restart(bench: Bench, town: DemoServer, undo: bool) -> None:
    url = "http://127.0.0.1:29998"
    async with (
        bench.start(FEDIBLOG_URL=url, FEDIBLOG_UNDO_SECONDS="60") as blog,
        desk_of(blog) as desk,
    ):
        post = await blog.publish("A post")
        await desk.submit(f"/admin/posts/{post.key}/delete")
        clock = blog.clock
    if not undo:
        clock.offset += GRACE * 2
    async with bench.start(clock=clock, FEDIBLOG_URL=url) as blog, desk_of(blog) as desk:
        await blog.at_rest()
        await desk.submit(f"/admin/posts/{post.key}/undelete")
        [row] = await blog.blog.db.rows("SELECT state FROM post")
        assert row["state"] == ("published" if undo else "deleted")


async def test_a_draft_comes_back_as_a_draft(desk: Desk, blog: RunningBlog) -> None:
    await desk.submit("/admin/posts/new", title="A draft", body="Text.", action="draft")
    [row] = await blog.blog.db.rows("SELECT key FROM post")
    await desk.submit(f"/admin/posts/{row['key']}/delete")
    assert (await blog.document(f"/articles/{row['key']}")).status_code == 404
    await desk.submit(f"/admin/posts/{row['key']}/undelete")
    values = (await desk.page(f"/admin/posts/{row['key']}")).values
    assert (values["title"], values["body"]) == ("A draft", "Text.")
    await desk.submit(f"/admin/posts/{row['key']}/delete")
    await blog.later(GRACE * 2)
    await blog.at_rest()
    rows = await blog.blog.db.rows("SELECT state, title, source FROM post")
    assert [dict(row) for row in rows] == [{"state": "deleted", "title": "", "source": ""}]
