"""When threads are walked through: soon after any sign of life, and ever more rarely without."""

from datetime import timedelta

import pytest

from fediblog.actions.answer import answer_post
from fediblog.actions.delete_post import delete_post
from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post
from tests.bench import RunningBlog
from tests.federation.records import thread
from tests.federation.walks.walking import asked, come_to_rest, crawl_of, walk

_MINUTES = timedelta(minutes=1)


async def test_a_quiet_thread_is_walked_ever_more_rarely(
    blog: RunningBlog, town: DemoServer
) -> None:
    post, _ = await _thread(blog, town)
    began = from_ms((await crawl_of(blog, post)).next_at or 0) - 5 * _MINUTES
    times = []
    for _ in range(9):
        await walk(blog)
        finished = (await crawl_of(blog, post)).finished_at
        times.append(round((from_ms(finished or 0) - began) / _MINUTES))
    day = 24 * 60
    assert times == pytest.approx([5, 20, 60, 240, 720, day, 3 * day, 7 * day, 37 * day], abs=2)


@pytest.mark.parametrize("sign", ["reply", "edit", "like", "boost"])
async def test_any_sign_of_life_begins_it_again(
    blog: RunningBlog, town: DemoServer, sign: str
) -> None:
    post, note = await _thread(blog, town)
    answer = await answer_post(blog.blog, post.key, "A comment of my own.")
    for _ in range(4):
        await walk(blog)
    assert await _wait(blog, post) > timedelta(hours=7)
    match sign:
        case "reply":
            await town.reply("bob", note.id, "<p>Still there?</p>")
        case "edit":
            await town.edit(note, "<p>Different</p>")
        case "like":
            await town.like("bob", answer.uri)
        case _:
            await town.announce("bob", blog.article(post))
    await blog.settled()
    assert await _wait(blog, post) <= 5 * _MINUTES
    await walk(blog)
    assert 14 * _MINUTES < await _wait(blog, post) <= 15 * _MINUTES


async def test_a_busy_thread_is_walked_every_five_minutes(
    blog: RunningBlog, town: DemoServer
) -> None:
    """No new reply puts off the walk that is due."""
    post, note = await _thread(blog, town)
    due = (await crawl_of(blog, post)).next_at
    for minute in range(4):
        await blog.later(_MINUTES)
        await town.reply("bob", note.id, f"<p>{minute}</p>")
        await blog.settled()
        assert (await crawl_of(blog, post)).next_at == due


async def test_what_happens_during_a_round_counts(blog: RunningBlog, town: DemoServer) -> None:
    """What a round finds is a sign of life, too: there may be more."""
    post, note = await _thread(blog, town)
    await walk(blog)
    blank: list[str] = []
    await town.reply("bob", note.id, "<p>Found</p>", mention=blank)
    await walk(blog)
    assert (await crawl_of(blog, post)).found == 1
    assert await _wait(blog, post) <= 5 * _MINUTES


async def test_a_round_that_was_cut_off_is_gone_on_with(
    blog: RunningBlog, town: DemoServer
) -> None:
    """The process was killed: its lease ends, and what was read is not read again."""
    post, note = await _thread(blog, town)
    blank: list[str] = []
    await town.reply("bob", note.id, "<p>Found</p>", mention=blank)
    other = await town.reply("chiyo", blog.article(post), "<p>Other</p>")
    await blog.settled()
    now = blog.blog.now_ms()
    async with blog.blog.db.transaction() as tx:
        await tx.execute(
            "UPDATE crawl SET round_at = $1, next_at = $1, lease_until = $2, asked = 1, step = 1",
            now,
            now + 60_000,
        )
        await tx.execute(
            "UPDATE collection SET walked_at = $1 WHERE url = $2", now, f"{other.id}/replies"
        )
    town.requests.clear()
    blog.blog.signals.walks.set()
    await blog.settled()
    assert asked(town) == 0

    await blog.later(2 * _MINUTES)
    await come_to_rest(blog)
    assert await thread(blog, post) == [("Top", [("Found", [])]), ("Other", [])]
    assert not any(each.path == f"{other.id}/replies" for each in town.requests)
    crawl = await crawl_of(blog, post)
    assert (crawl.asked, crawl.found) == (3, 1)


async def test_the_thread_of_a_deleted_post_is_not_walked(
    blog: RunningBlog, town: DemoServer
) -> None:
    post, _ = await _thread(blog, town)
    await delete_post(blog.blog, post.key)
    town.requests.clear()
    await walk(blog)
    assert asked(town) == 0
    assert (await crawl_of(blog, post)).next_at is None


async def _thread(blog: RunningBlog, town: DemoServer) -> tuple[Post, Note]:
    """A post with a reply from elsewhere."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Top</p>")
    await blog.settled()
    return post, note


async def _wait(blog: RunningBlog, post: Post) -> timedelta:
    """How long it is until the next walk."""
    return from_ms((await crawl_of(blog, post)).next_at or 0) - blog.clock()
