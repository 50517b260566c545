"""The blog and a Fedify server: they find each other, follow, talk, and take things back.

Both verify each other's signatures here; what either refuses is tested elsewhere.
"""

import pytest

from fediblog.actions.answer import answer_reply, delete_answer, edit_answer
from fediblog.actions.delete_post import delete_post
from fediblog.actions.pin_post import pin_post
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import edit_post
from fediblog.store.posts import Post
from fediblog.store.replies import get_reply
from tests.bench import RunningBlog, reply_ids, until
from tests.peers.fedify_peer import FedifyPeer, PeerError

pytestmark = pytest.mark.peer


async def permalink(blog: RunningBlog, post: Post) -> str:
    """Where browsers are sent from the post's id."""
    answer = await blog.http.get(f"/articles/{post.key}", headers={"Accept": "text/html"})
    return answer.headers["location"]


async def page_of(blog: RunningBlog, post: Post) -> str:
    """The post's page, once everything that came in has been worked off."""
    await blog.settled()
    return (await blog.page(f"/articles/{post.key}")).text


async def followed(blog: RunningBlog, fedify: FedifyPeer, person: str = "alice") -> str:
    """Let somebody follow the blog; the id of the accepted Follow."""
    follow = await fedify.follow(person, f"@{blog.blog.addresses.handle}")
    await fedify.wait_until_accepted(follow)
    return follow


async def row_number(blog: RunningBlog, uri: str) -> int:
    """The row of a reply, by its id."""
    reply = await get_reply(blog.blog.db, uri)
    assert reply is not None
    return reply.id


@pytest.mark.parametrize("form", ["handle", "id", "home page", "profile page"])
async def test_the_blog_is_found(blog: RunningBlog, fedify: FedifyPeer, form: str) -> None:
    sought = {
        "handle": f"@{blog.blog.addresses.handle}",
        "id": blog.actor,
        "home page": f"{blog.origin}/",
        "profile page": f"{blog.origin}/@blog",
    }

    found = await fedify.lookup(sought[form])

    assert (found["type"], found["id"]) == ("Person", blog.actor)
    assert found["preferredUsername"] == "blog"
    assert found["url"] == f"{blog.origin}/"
    assert found["inbox"] == f"{blog.actor}/inbox"
    assert found["sharedInbox"] == f"{blog.origin}/inbox"


async def test_a_post_is_found_at_its_id_and_at_its_permalink(
    blog: RunningBlog, fedify: FedifyPeer
) -> None:
    post = await blog.publish("A <title>", "Some *text*.", excerpt="In short & simple.")
    address = await permalink(blog, post)

    for sought in (blog.article(post), address):
        found = await fedify.lookup(sought)
        assert (found["type"], found["id"]) == ("Article", blog.article(post))
        assert found["name"] == "A ‹title›"
        assert found["summary"] == "<p>In short &amp; simple.</p>"
        assert found["content"] == "<p>Some <em>text</em>.</p>\n"
        assert found["url"] == address
        assert found["attributedTo"] == blog.actor
        assert found["updated"] is None


async def test_a_follower_gets_the_post_its_edit_and_its_end(
    blog: RunningBlog, fedify: FedifyPeer
) -> None:
    await followed(blog, fedify)

    post = await blog.publish("A title", "Some *text*.")
    created = await fedify.wait_for("Create", object_id=blog.article(post))
    assert (created.object_type, created.name) == ("Article", "A title")
    assert created.content == "<p>Some <em>text</em>.</p>\n"
    assert (created.actor, created.inbox) == (blog.actor, "shared")

    await edit_post(blog.blog, post.key, PostForm("A better title", "Other *text*."))
    updated = await fedify.wait_for("Update", object_id=blog.article(post))
    assert (updated.name, updated.content) == (
        "A better title",
        "<p>Other <em>text</em>.</p>\n",
    )
    assert (await fedify.lookup(blog.article(post)))["updated"] is not None

    await delete_post(blog.blog, post.key)
    deleted = await fedify.wait_for("Delete", object_id=blog.article(post))
    assert deleted.object_type == "Tombstone"
    kinds = [each.type for each in await fedify.received()]
    assert kinds == ["Accept", "Create", "Update", "Delete"]


async def test_replies_appear_as_a_tree_are_edited_and_deleted(
    blog: RunningBlog, fedify: FedifyPeer
) -> None:
    post = await blog.publish()

    first = await fedify.reply("alice", blog.article(post), "<p>Well <b>said</b>!</p>")
    second = await fedify.reply(
        "bob", first, "<p>I agree.</p>", mention=[fedify.actor("alice"), blog.actor]
    )
    page = await page_of(blog, post)
    numbers = [str(await row_number(blog, uri)) for uri in (first, second)]
    assert reply_ids(page) == numbers
    nested = page[page.index(f'id="reply-{numbers[0]}"') : page.index(f'id="reply-{numbers[1]}"')]
    assert "<ol" in nested
    assert "</ol" not in nested
    assert "Alice of Fedify" in page
    assert fedify.handle("bob") in page

    await fedify.edit("alice", first, "<p>Badly put!</p>")
    page = await page_of(blog, post)
    assert "Badly put!" in page
    assert "Well" not in page

    await fedify.delete("alice", first)
    page = await page_of(blog, post)
    assert "Badly put!" not in page
    assert "I agree." in page
    assert reply_ids(page) == numbers

    await fedify.delete("bob", second)
    assert "I agree." not in await page_of(blog, post)


async def test_the_answer_of_the_author_arrives_is_edited_and_deleted(
    blog: RunningBlog, fedify: FedifyPeer
) -> None:
    post = await blog.publish()
    question = await fedify.reply("alice", blog.article(post), "<p>Why?</p>")
    await blog.settled()

    answer = await answer_reply(blog.blog, await row_number(blog, question), "Because.")
    created = await fedify.wait_for("Create", object_id=answer.uri)
    note = created.raw["object"]
    assert (created.object_type, note["inReplyTo"]) == ("Note", question)
    mention = {"type": "Mention", "href": fedify.actor("alice"), "name": fedify.handle("alice")}
    assert note["tag"] == [mention]
    assert fedify.actor("alice") in note["cc"]
    assert (await fedify.lookup(answer.uri))["inReplyTo"] == question
    assert "Because." in await page_of(blog, post)

    thanks = await fedify.reply("alice", answer.uri, "<p>I see.</p>")
    page = await page_of(blog, post)
    numbers = [await row_number(blog, uri) for uri in (question, answer.uri, thanks)]
    assert reply_ids(page) == [str(number) for number in numbers]

    await edit_answer(blog.blog, answer.id, "Because of that.")
    updated = await fedify.wait_for("Update", object_id=answer.uri)
    assert updated.content is not None
    assert "Because of that." in updated.content

    await delete_answer(blog.blog, answer.id)
    await fedify.wait_for("Delete", object_id=answer.uri)
    with pytest.raises(PeerError, match="nothing was found"):
        await fedify.lookup(answer.uri)


async def test_likes_and_boosts_are_counted_until_they_are_taken_back(
    blog: RunningBlog, fedify: FedifyPeer
) -> None:
    post = await blog.publish()

    async def totals() -> tuple[int, int]:
        await blog.settled()
        article = (await blog.document(f"/articles/{post.key}")).json()
        return article["likes"]["totalItems"], article["shares"]["totalItems"]

    like = await fedify.like("alice", blog.article(post))
    boost = await fedify.announce("bob", blog.article(post))
    assert await totals() == (1, 1)

    await fedify.undo("alice", like)
    await fedify.undo("bob", boost)
    assert await totals() == (0, 0)


async def test_who_no_longer_follows_gets_nothing_more(
    blog: RunningBlog, fedify: FedifyPeer
) -> None:
    follow = await followed(blog, fedify)
    await fedify.undo("alice", follow)
    await blog.settled()
    await blog.publish()
    await blog.delivered()
    assert [each.type for each in await fedify.received()] == ["Accept"]

    await followed(blog, fedify)
    post = await blog.publish("For those who came back")
    await fedify.wait_for("Create", object_id=blog.article(post))


async def test_two_followers_on_one_server_get_a_post_once(
    blog: RunningBlog, fedify: FedifyPeer
) -> None:
    await followed(blog, fedify, "alice")
    await followed(blog, fedify, "bob")

    await blog.publish()
    await blog.delivered()

    creates = [each for each in await fedify.received() if each.type == "Create"]
    assert [each.inbox for each in creates] == ["shared"]


@pytest.mark.parametrize("visibility", ["followers", "direct"])
async def test_a_reply_that_is_not_public_is_not_shown(
    blog: RunningBlog, fedify: FedifyPeer, visibility: str
) -> None:
    post = await blog.publish()

    await fedify.reply("alice", blog.article(post), "<p>Psst.</p>", visibility=visibility)

    page = await page_of(blog, post)
    assert "Psst." not in page
    assert reply_ids(page) == []
    assert "1 more not public" in page


async def test_a_reply_that_is_unlisted_is_shown(blog: RunningBlog, fedify: FedifyPeer) -> None:
    post = await blog.publish()

    await fedify.reply("alice", blog.article(post), "<p>Quietly.</p>", visibility="unlisted")

    assert "Quietly." in await page_of(blog, post)


async def test_the_picture_of_somebody_who_replies_is_shown_from_our_own_address(
    blog: RunningBlog, fedify: FedifyPeer
) -> None:
    post = await blog.publish()
    await fedify.reply("alice", blog.article(post), "<p>Look at me.</p>")
    await blog.settled()

    async def has_picture() -> bool:
        return "/media/avatars/" in await page_of(blog, post)

    await until(has_picture)
    assert "alice.png" not in await page_of(blog, post)


async def test_the_outbox_can_be_walked_to_its_end(blog: RunningBlog, fedify: FedifyPeer) -> None:
    posts = [await blog.publish(f"Post {number}") for number in range(22)]

    walked = await fedify.collection(f"{blog.actor}/outbox")

    assert walked == [f"{blog.article(post)}#create" for post in reversed(posts)]


async def test_followers_replies_and_the_thread_can_be_walked(
    blog: RunningBlog, fedify: FedifyPeer
) -> None:
    await followed(blog, fedify)
    post = await blog.publish()
    first = await fedify.reply("alice", blog.article(post), "<p>One.</p>")
    second = await fedify.reply("bob", blog.article(post), "<p>Two.</p>")
    beneath = await fedify.reply("bob", first, "<p>Three.</p>", mention=[blog.actor])
    await blog.settled()
    answer = await answer_reply(blog.blog, await row_number(blog, beneath), "Four.")
    after = await fedify.reply("alice", answer.uri, "<p>Five.</p>")
    await blog.settled()

    article = await fedify.lookup(blog.article(post))
    assert await fedify.collection(f"{blog.actor}/followers") == [fedify.actor("alice")]
    assert await fedify.collection(f"{blog.actor}/following") == []
    assert await fedify.collection(f"{blog.actor}/collections/featured") == []
    await pin_post(blog.blog, post.key)
    assert await fedify.collection(f"{blog.actor}/collections/featured") == [blog.article(post)]
    assert await fedify.collection(f"{blog.article(post)}/replies") == [first, second]
    assert await fedify.collection(f"{answer.uri}/replies") == [after]
    assert await fedify.collection(article["raw"]["context"]) == [
        blog.article(post),
        first,
        second,
        beneath,
        answer.uri,
        after,
    ]
