"""What a post said before its edits: kept with the edit, shown behind "edited", gone with it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

import pytest

from fediblog.actions.delete_post import delete_post
from fediblog.actions.post_form import form_of
from fediblog.actions.write_post import edit_post, forget_earlier
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from fediblog.store.posts import Post
from tests.bench import RunningBlog, until
from tests.federation.records import activities


@pytest.fixture
async def neighbour(
    blog: RunningBlog, people_keys: tuple[PrivateKey, ...]
) -> AsyncIterator[DemoServer]:
    """A server with a follower, and with the blog's clock: signatures of tomorrow hold there."""
    keys = cycle(people_keys)
    async with running(clock=blog.clock, new_key=lambda: next(keys)) as server:
        await server.follow("alice", blog.actor)
        await blog.settled()
        yield server


async def _edit(blog: RunningBlog, post: Post, **changes: str) -> Post:
    await blog.later(timedelta(days=1))
    form = await form_of(blog.blog.db, post)
    return await edit_post(blog.blog, post.key, replace(form, **changes))


async def _path(blog: RunningBlog, post: Post) -> str:
    return (await blog.page(f"/articles/{post.key}")).url.path


def _versions(page: str) -> int:
    return page.partition('<ol class="versions"')[2].partition("</ol>")[0].count("<li>")


async def _activities(blog: RunningBlog, post: Post) -> list[int]:
    """How each activity answers that tells what a post says, from the first one on."""
    rows = await blog.blog.db.rows(
        "SELECT key FROM activity WHERE object_uri = $1 ORDER BY id", blog.article(post)
    )
    return [(await blog.document(f"/activities/{row['key']}")).status_code for row in rows]


async def _has_come(server: DemoServer, kind: str) -> bool:
    return bool(activities(server, kind))


async def test_each_edit_of_the_text_keeps_the_one_before(blog: RunningBlog) -> None:
    draft = await blog.publish("First title", "One *two* three.\n\nStays as it is.")
    path = await _path(blog, draft)
    assert "/history" not in (await blog.page(path)).text
    post = await _edit(blog, draft, body="One *two* four.\n\nStays as it is.\n\nNew.")
    post = await _edit(blog, post, tags="only, tags")
    post = await _edit(blog, post, title="Second title")
    await _edit(blog, post, body=post.source.replace("*two*", "two"))
    page = (await blog.page(path)).text
    assert '/history" rel="nofollow">see what changed</a>' in page

    history = (await blog.page(f"{path}/history")).text
    versions = history.partition('<ol class="versions"')[2].split("<li>")[1:]
    assert len(versions) == 4
    assert "as it is now" in versions[0]
    assert "form have changed" in versions[0]
    assert "<del>First</del> <ins>Second</ins> title" in versions[1]
    assert "One two <del>three.</del> <ins>four.</ins>" in versions[2]
    assert "<ins>New.</ins>" in versions[2]
    assert "Stays" not in versions[2]
    assert "at first" in versions[3]
    assert 'content="noindex"' in history

    link = versions[3].partition('href="')[2].partition('"')[0].removeprefix(blog.origin)
    old = (await blog.page(link)).text
    assert "First title</h1>" in old
    assert "<p>One <em>two</em> three.</p>" in old
    assert (await blog.page(f"{path}/history?version=999")).status_code == 404
    assert (await blog.page(f"{path}/history?version=x")).status_code == 404
    assert (await blog.page(f"{path}/history?before=x")).status_code == 200
    assert (await blog.page(f"{path}/history?before=1")).status_code == 404


async def test_an_earlier_text_is_only_in_the_history_of_its_own_post(blog: RunningBlog) -> None:
    one = await blog.publish("One post", "Of the one.")
    await _edit(blog, one, body="Of the one, edited.")
    other = await blog.publish("Another post", "Of the other.")
    await _edit(blog, other, body="Of the other, edited.")
    rows = await blog.blog.db.rows("SELECT id FROM post_revision ORDER BY id")
    first, second = (row["id"] for row in rows)
    ours, theirs = await _path(blog, one), await _path(blog, other)
    for path, number, status in (
        (ours, first, 200),
        (ours, second, 404),
        (theirs, first, 404),
        (theirs, second, 200),
    ):
        assert (await blog.page(f"{path}/history?version={number}")).status_code == status


async def test_a_long_history_has_pages(blog: RunningBlog) -> None:
    post = await blog.publish("A post", "Text 0.")
    for number in range(1, 24):
        post = await _edit(blog, post, body=f"Text {number}.")
    path = await _path(blog, post)
    first = (await blog.page(f"{path}/history")).text
    assert _versions(first) == 21
    assert "at first" not in first
    older = first.partition('rel="next" href="')[2].partition('"')[0].removeprefix(blog.origin)
    second = (await blog.page(older)).text
    assert _versions(second) == 3
    assert "as it is now" not in second
    assert "at first" in second
    assert "<del>3.</del> <ins>4.</ins>" in first + second


async def test_drafts_and_deleted_posts_have_no_history(blog: RunningBlog) -> None:
    post = await blog.publish("A post", "Secret at first.")
    path = await _path(blog, post)
    await _edit(blog, post, body="Other.")
    await delete_post(blog.blog, post.key)
    assert (await blog.page(f"{path}/history")).status_code == 410
    assert not await blog.blog.db.rows("SELECT * FROM post_revision")
    assert (await blog.page("/2026/01/nothing/history")).status_code == 404


async def test_an_edit_can_leave_nothing_of_what_was_said_before(
    blog: RunningBlog, neighbour: DemoServer
) -> None:
    """Neither in the history nor at the ids of activities, once nobody waits for them."""
    other = await blog.publish("Another post", "Kept.")
    await _edit(blog, other, body="Kept, too.")
    post = await blog.publish("A post", "A secret.")
    path = await _path(blog, post)
    post = await _edit(blog, post, body="A secret, still.")
    await blog.delivered()
    post = await _edit(blog, post, title="Mine", body="Nothing of it.", forget="on")
    history = (await blog.page(f"{path}/history")).text
    assert _versions(history) == 1
    assert "secret" not in history
    assert await _activities(blog, post) == [410, 410, 200]

    await _edit(blog, post, body="Something else.")
    assert "Nothing" in (await blog.page(f"{path}/history")).text
    await blog.delivered()
    await forget_earlier(blog.blog, post.key)
    assert "Nothing" not in (await blog.page(f"{path}/history")).text
    assert await _activities(blog, post) == [410, 410, 410, 200]
    assert await _activities(blog, other) == [200, 200]
    assert "Kept." in (await blog.page(f"{await _path(blog, other)}/history")).text


async def test_who_has_not_got_a_post_yet_gets_it_although_it_was_edited(
    blog: RunningBlog, neighbour: DemoServer
) -> None:
    """An Update of what they never heard of would mean nothing to them."""
    neighbour.status_for_inbox = lambda _: 503
    post = await blog.publish("A post", "At first.")
    await blog.delivered()
    post = await _edit(blog, post, body="Then.", forget="on")
    neighbour.received.clear()
    neighbour.status_for_inbox = lambda _: None
    await blog.later(timedelta(days=1))
    await until(lambda: _has_come(neighbour, "Update"))
    [create] = activities(neighbour, "Create")
    assert "At first." in create["object"]["content"]


async def test_the_history_moves_with_its_post(blog: RunningBlog) -> None:
    post = await blog.publish("A post", "Text.")
    path = await _path(blog, post)
    await _edit(blog, post, slug="elsewhere")
    answer = await blog.http.get(f"{path}/history")
    assert answer.status_code == 301
    assert answer.headers["location"].endswith("/elsewhere/history")
