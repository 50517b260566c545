"""A page of a thread costs the same however long the thread, or one branch of it, is; and in
every order each reply is on exactly one page."""

from collections.abc import Sequence

import pytest

from fediblog.demo.server import DemoServer
from fediblog.store.threads import (
    Order,
    PageStart,
    ThreadPage,
    find_page,
    get_thread,
    get_thread_reply,
)
from tests.bench import RunningBlog
from tests.threads import like_reply

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
