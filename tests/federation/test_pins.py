"""Pinned posts: `featured` in the shape that Mastodon reads, and who is told (F3, G13)."""

from typing import Any

import pytest

from fediblog.actions.delete_post import delete_post
from fediblog.actions.pin_post import pin_post, unpin_post
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post
from fediblog.demo.server import DemoServer
from fediblog.errors import Conflict, Gone
from fediblog.protocol.incoming import PUBLIC
from fediblog.protocol.outgoing import AS_CONTEXT
from fediblog.store.posts import Post
from tests.bench import RunningBlog
from tests.federation.records import activities


async def _featured(blog: RunningBlog) -> dict[str, Any]:
    collection: dict[str, Any] = (await blog.document("/users/blog/collections/featured")).json()
    return collection


async def _pinned(blog: RunningBlog, *titles: str) -> list[Post]:
    """Published posts, pinned one after the other."""
    posts = [await blog.publish(title) for title in titles]
    for post in posts:
        await pin_post(blog.blog, post.key)
    return posts


async def test_f3_featured_has_ids_as_strings_the_newest_pin_first(blog: RunningBlog) -> None:
    old, new = await blog.publish("Old"), await blog.publish("New")
    await blog.publish("Neither")
    for post in (new, old):
        await pin_post(blog.blog, post.key)
    assert await _featured(blog) == {
        "@context": AS_CONTEXT,
        "id": f"{blog.actor}/collections/featured",
        "type": "OrderedCollection",
        "totalItems": 2,
        "orderedItems": [blog.article(old), blog.article(new)],
    }
    assert (await blog.document("/users/blog")).json()["featured"] == (await _featured(blog))["id"]


async def test_f3_followers_are_told_of_a_pin_and_of_its_end(
    blog: RunningBlog, town: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    [post] = await _pinned(blog, "A post")
    await pin_post(blog.blog, post.key)
    await unpin_post(blog.blog, post.key)
    await unpin_post(blog.blog, post.key)
    await blog.delivered()

    types = [each.activity["type"] for each in town.received]
    assert types[-3:] == ["Create", "Add", "Remove"]
    for kind in ("Add", "Remove"):
        [told] = activities(town, kind)
        assert (told["actor"], told["object"]) == (blog.actor, blog.article(post))
        assert told["target"] == f"{blog.actor}/collections/featured"
        assert (told["to"], told["cc"]) == ([PUBLIC], [f"{blog.actor}/followers"])
        assert (await blog.document(told["id"])).json() == told
    assert (await _featured(blog))["orderedItems"] == []


async def test_a_deleted_post_is_pinned_no_more(blog: RunningBlog) -> None:
    stays, goes = await _pinned(blog, "Stays", "Goes")
    await delete_post(blog.blog, goes.key)
    assert (await _featured(blog))["orderedItems"] == [blog.article(stays)]
    assert "Pinned" in (await blog.page("/")).text
    with pytest.raises(Gone):
        await pin_post(blog.blog, goes.key)


async def test_a_draft_cannot_be_pinned(blog: RunningBlog) -> None:
    draft = await create_post(blog.blog, PostForm("A draft", "Text."), publish=False)
    with pytest.raises(Conflict, match="Only a published post"):
        await pin_post(blog.blog, draft.key)
    assert (await _featured(blog))["totalItems"] == 0


async def test_no_more_than_five_are_pinned(blog: RunningBlog) -> None:
    await _pinned(blog, *"abcde")
    more = await blog.publish("One more")
    with pytest.raises(Conflict, match="Unpin one"):
        await pin_post(blog.blog, more.key)
    assert (await _featured(blog))["totalItems"] == 5


async def test_the_home_page_shows_each_post_once_and_the_pinned_ones_first(
    blog: RunningBlog,
) -> None:
    posts = [await blog.publish(f"Number {number}.") for number in range(13)]
    await pin_post(blog.blog, posts[0].key)
    first = (await blog.page("/")).text
    assert first.index("Number 0.") < first.index("Number 12.")
    assert first.count('class="pin"') == 1
    assert first.count("<article") == 1 + 10
    older = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = (await blog.page(older)).text
    assert second.count("<article") == 2
    assert "Number 0." not in second
    assert 'class="pin"' not in second


async def test_a_pinned_post_has_its_place_on_the_page_of_its_tag(blog: RunningBlog) -> None:
    post = await blog.publish("Tagged", tags="weather")
    await pin_post(blog.blog, post.key)
    page = (await blog.page("/tags/weather")).text
    assert "Tagged" in page
    assert 'class="pin"' not in page


async def test_a_page_with_nothing_but_a_pinned_post_is_not_empty(blog: RunningBlog) -> None:
    await _pinned(blog, "The only one")
    page = (await blog.page("/")).text
    assert "Nothing is published" not in page
