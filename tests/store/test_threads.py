"""A page of a thread costs the same however long the thread, or one branch of it, is."""

from fediblog.demo.server import DemoServer
from fediblog.store.threads import Cursor, ThreadPage, get_thread
from tests.bench import RunningBlog


async def test_pages_hold_whole_branches_and_only_a_longer_one_is_cut(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    tops = []
    for top in range(3):
        tops.append(await town.reply("alice", blog.article(post), f"<p>{top}</p>"))
        await blog.settled()
    for answer in range(6):
        await town.reply("bob", tops[1].id, f"<p>1.{answer}</p>")
    await blog.settled()

    pages = await _pages(blog, post.id, limit=4)
    assert [len(page.replies) for page in pages] == [1, 4, 4]
    seen = [reply.html for page in pages for reply in page.replies]
    assert sorted(seen) == sorted(
        [f"<p>{top}</p>" for top in range(3)] + [f"<p>1.{answer}</p>" for answer in range(6)]
    )
    assert [len(page.replies) for page in await _pages(blog, post.id, limit=9)] == [9]


async def _pages(blog: RunningBlog, post_id: int, *, limit: int) -> list[ThreadPage]:
    pages: list[ThreadPage] = []
    after: Cursor | None = Cursor(0, 0)
    while after is not None:
        pages.append(await get_thread(blog.blog.db, post_id, after=after, limit=limit))
        after = pages[-1].more_after
    return pages
