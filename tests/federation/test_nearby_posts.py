"""Where a reader goes on from a post."""

import re
from datetime import timedelta

from fediblog.actions.delete_post import delete_post
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post
from fediblog.store.posts import Post
from tests.bench import RunningBlog


async def _publish(blog: RunningBlog, title: str, **more: str) -> Post:
    blog.clock.offset += timedelta(days=1)
    return await blog.publish(title, "Text.", **more)


async def _onward(blog: RunningBlog, post: Post) -> tuple[list[str], list[str]]:
    """The titles of related posts, and of the neighbours."""
    page = (await blog.page(f"/articles/{post.key}")).text
    onward = page.partition('<nav class="band onward"')[2].partition("</nav>")[0]
    related, _, neighbours = onward.partition('<div class="neighbours">')
    return re.findall(r'dir="auto">([^<]+)</a>', related), re.findall(
        r"<bdi[^>]*>([^<]+)", neighbours
    )


async def test_a_post_leads_to_its_neighbours_and_to_those_like_it(blog: RunningBlog) -> None:
    alone = await _publish(blog, "Alone")
    assert await _onward(blog, alone) == ([], [])
    both = await _publish(blog, "Two tags", tags="a, b")
    one = await _publish(blog, "One tag", tags="a")
    kind = await _publish(blog, "Category and tag", tags="B", category="Notes")
    doomed = await _publish(blog, "Doomed", tags="a, b", category="Notes")
    await delete_post(blog.blog, doomed.key)
    await create_post(blog.blog, PostForm("A draft", "Text.", tags="a, b"), publish=False)
    post = await _publish(blog, "The post", tags="a, b", category="notes")
    later = await _publish(blog, "Later")

    assert await _onward(blog, post) == (
        ["Category and tag", "Two tags", "One tag"],
        ["Category and tag", "Later"],
    )
    assert await _onward(blog, alone) == ([], ["Two tags"])
    assert await _onward(blog, later) == ([], ["The post"])
    assert await _onward(blog, one) == (["The post", "Two tags"], ["Two tags", "Category and tag"])
    for number in range(4):
        await _publish(blog, f"More {number}", tags="a")
    related, _ = await _onward(blog, both)
    assert related == ["The post", "More 3", "More 2"]
    assert kind.title not in related


async def test_posts_of_one_moment_have_an_order(blog: RunningBlog) -> None:
    blog.clock.fixed = blog.clock()
    posts = [await blog.publish(f"Number {number}", "Text.") for number in range(3)]
    assert [(await _onward(blog, post))[1] for post in posts] == [
        ["Number 1"],
        ["Number 0", "Number 2"],
        ["Number 1"],
    ]
