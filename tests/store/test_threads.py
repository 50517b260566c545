"""A page of a thread costs the same however long the thread, or one branch of it, is; and in
every order each reply is on exactly one page."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from fediblog.actions.moderate import hide_reply, show_reply
from fediblog.demo.notes import Note, Visibility
from fediblog.demo.server import DemoServer
from fediblog.store.database import Database
from fediblog.store.embedded import EmbeddedEngine
from fediblog.store.posts import touch
from fediblog.store.replies import lock_reply
from fediblog.store.threads import (
    Order,
    PageStart,
    ThreadPage,
    find_page,
    get_thread,
    get_thread_reply,
)
from tests.bench import RunningBlog, until
from tests.federation.records import stored
from tests.locks import watching
from tests.threads import branches_know, grow, like_reply

_ORDERS: Sequence[Order] = ("oldest", "newest", "liked")


@pytest.mark.parametrize("order", _ORDERS)
async def test_pages_hold_whole_branches_and_only_a_longer_one_is_cut(
    blog: RunningBlog, town: DemoServer, order: Order
) -> None:
    post_id, numbers = await _three_branches(blog, town)

    pages = await _pages(blog, post_id, order, limit=4)
    sizes = {"oldest": [1, 4, 3, 1], "newest": [1, 4, 3, 1], "liked": [4, 3, 2]}
    assert [len(page.replies) for page in pages] == sizes[order]
    seen = [reply.id for page in pages for reply in page.replies]
    assert sorted(seen) == sorted(numbers)
    assert [len(page.replies) for page in await _pages(blog, post_id, order, limit=9)] == [9]


async def test_each_reply_is_on_the_page_that_is_found_for_it(
    blog: RunningBlog, town: DemoServer
) -> None:
    post_id, numbers = await _three_branches(blog, town)
    for number in numbers:
        reply = await get_thread_reply(blog.blog.db, number)
        assert reply is not None
        start = await find_page(blog.blog.db, reply, limit=4)
        page = await get_thread(blog.blog.db, post_id, start, limit=4)
        assert number in {each.id for each in page.replies}


@pytest.mark.parametrize("order", _ORDERS)
async def test_a_branch_is_on_a_page_as_long_as_something_of_it_is_shown(
    blog: RunningBlog, town: DemoServer, order: Order
) -> None:
    post = await blog.publish()

    async def say(parent: str, to: Visibility = "public") -> Note:
        mention = [blog.actor]
        note = await town.reply("alice", parent, "<p>Said.</p>", to=to, mention=mention)
        await blog.settled()
        return note

    async def number(note: Note) -> int:
        return (await stored(blog, note.id)).id

    async def seen() -> list[int]:
        await branches_know(blog)
        pages = await _pages(blog, post.id, order, limit=2)
        return sorted(reply.id for page in pages for reply in page.replies)

    # Each with an answer, and what becomes of the first, then of the answer.
    tops = [await say(blog.article(post), to) for to in ("direct", "public", "public", "public")]
    answers = [await say(top.id) for top in tops]
    secret = await say(blog.article(post), "direct")
    everything = [await number(note) for note in (*tops, *answers)]
    await town.delete(tops[1])
    await blog.settled()
    await hide_reply(blog.blog, await number(tops[2]))
    assert await seen() == sorted(everything)

    for answer in answers[:2]:
        await town.delete(answer)
    await blog.settled()
    await hide_reply(blog.blog, await number(answers[2]))
    await hide_reply(blog.blog, await number(answers[3]))
    assert await seen() == sorted([await number(tops[3]), await number(answers[3])])

    await show_reply(blog.blog, await number(answers[2]))
    town.notes[tops[3].id] = replace(tops[3], to="direct")
    await town.edit(tops[3], "<p>For you alone.</p>")
    await blog.settled()
    assert await seen() == sorted([await number(tops[2]), await number(answers[2])])
    await say(secret.id)
    assert await number(secret) in await seen()


@pytest.mark.parametrize("order", _ORDERS)
async def test_branches_that_nobody_sees_cost_nothing(
    blog: RunningBlog, town: DemoServer, order: Order
) -> None:
    db = blog.blog.db
    if not db.sqlite:
        pytest.skip("Only SQLite tells how many steps an answer took.")
    post = await blog.publish()
    like = await town.reply("alice", blog.article(post), "<p>Top</p>")
    await blog.settled()
    pattern = (await stored(blog, like.id)).id
    costs = []
    for seen, unseen in ((20, 0), (0, 300)):
        await grow(blog, post, pattern, [None] * seen)
        await grow(blog, post, pattern, [None] * unseen, public=False)
        costs.append(await _steps(db, lambda: get_thread(db, post.id, PageStart(order), limit=10)))
    assert costs[1] < costs[0] * 1.05


async def test_an_edit_and_a_new_reply_of_one_branch_wait_for_each_other(
    blog: RunningBlog, town: DemoServer, only_postgres: None
) -> None:
    """The new one makes the branch seen, so it writes the top that the other one holds."""
    async with watching(blog) as (_, waiting):
        post = await blog.publish()
        top = await town.reply("alice", blog.article(post), "<p>Top</p>")
        await blog.settled()
        number = (await stored(blog, top.id)).id
        await hide_reply(blog.blog, number)
        held, told = asyncio.Event(), asyncio.Event()

        async def edit() -> None:
            async with blog.blog.db.transaction() as tx:
                await lock_reply(tx, top.id)
                held.set()
                await told.wait()
                await touch(tx, post.id, [number])

        async def one_waits() -> bool:
            return await waiting() == 1

        editing = asyncio.create_task(edit())
        await held.wait()
        await town.reply("bob", top.id, "<p>Beneath</p>")
        await until(one_waits)
        told.set()
        await editing
    await blog.settled()
    arrivals = await blog.blog.db.rows("SELECT state, attempts FROM arrival")
    assert {tuple(row.values()) for row in arrivals} == {("done", 1)}
    await branches_know(blog)


async def _steps(db: Database, read: Callable[[], Awaitable[object]]) -> int:
    """How many instructions SQLite carries out for an answer."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    assert isinstance(db.engine, EmbeddedEngine)
    db.engine.reader.set_progress_handler(step, 1)
    await read()
    db.engine.reader.set_progress_handler(None, 0)
    return steps


async def _three_branches(blog: RunningBlog, town: DemoServer) -> tuple[int, list[int]]:
    """The second of three branches has seven replies, the others have one each."""
    post = await blog.publish()
    tops = []
    for top in range(3):
        tops.append(await town.reply("alice", blog.article(post), f"<p>{top}</p>"))
        await blog.settled()
    for person in ("alice", "bob"):
        await like_reply(blog, town, person, tops[1].id)
    await like_reply(blog, town, "bob", tops[0].id)
    for answer in range(6):
        await town.reply("bob", tops[1].id, f"<p>1.{answer}</p>")
    await blog.settled()
    rows = await blog.blog.db.rows("SELECT id FROM reply WHERE post_id = $1", post.id)
    return post.id, [int(row["id"]) for row in rows]


async def _pages(blog: RunningBlog, post_id: int, order: Order, *, limit: int) -> list[ThreadPage]:
    pages: list[ThreadPage] = []
    start: PageStart | None = PageStart(order)
    while start is not None:
        pages.append(await get_thread(blog.blog.db, post_id, start, limit=limit))
        start = pages[-1].rest or pages[-1].later
    return pages
