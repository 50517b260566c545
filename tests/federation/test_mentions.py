"""Whom the author mentions in posts and answers: found, linked, told; communities too (A7, A13)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import cycle

import pytest
from starlette.responses import Response

from fediblog.actions.answer import answer_post, answer_reply, edit_answer
from fediblog.actions.blocking import set_blocked
from fediblog.actions.delete_post import delete_post
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post, edit_post
from fediblog.demo.cast import CAST, GARDENERS, Character
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.errors import Invalid
from fediblog.protocol.incoming import PUBLIC
from fediblog.protocol.keys import PrivateKey
from fediblog.store import posts
from tests.bench import RunningBlog
from tests.federation.records import activities, stored


@pytest.fixture
async def forum(people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """A server with two communities, as Lemmy has them."""
    keys = cycle(people_keys)
    cooks = Character("cooks", "Cooks", "", kind="Group")
    async with running(cast=(*CAST, GARDENERS, cooks), new_key=lambda: next(keys)) as server:
        yield server


async def test_who_is_mentioned_in_a_post_is_linked_and_told(
    blog: RunningBlog, town: DemoServer
) -> None:
    """A7: in tag and in cc, or Mastodon tells them nothing; nobody here follows."""
    alice, bob = town.person("alice"), town.person("bob")
    post = await blog.publish(
        "Thanks", f"To @{alice.handle} and @{bob.handle}, not `@x@y.example`."
    )
    await blog.delivered()

    [create] = activities(town, "Create")
    article = create["object"]
    assert [tag for tag in article["tag"] if tag["type"] == "Mention"] == [
        {"type": "Mention", "href": alice.id, "name": f"@{alice.handle}"},
        {"type": "Mention", "href": bob.id, "name": f"@{bob.handle}"},
    ]
    for document in (create, article):
        assert document["to"] == [PUBLIC]
        assert document["cc"] == [blog.blog.addresses.followers, alice.id, bob.id]
        assert "audience" not in document
    link = f'<a href="{alice.url}" class="u-url mention">@<span>alice</span></a>'
    assert link in article["content"]
    assert link in (await blog.page(f"/articles/{post.key}")).text


async def test_who_is_taken_out_of_a_post_hears_of_its_end(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish("Thanks", f"To @{town.person('alice').handle}.")
    await blog.delivered()
    await edit_post(blog.blog, post.key, PostForm("Thanks", "To nobody."))
    await blog.delivered()
    [update] = activities(town, "Update")
    assert update["object"]["tag"] == []
    assert update["cc"] == [blog.blog.addresses.followers]

    await delete_post(blog.blog, post.key)
    await blog.delivered()
    assert len(activities(town, "Delete")) == 1
    deleted = await posts.get_post(blog.blog.db, post.key)
    assert deleted is not None and deleted.mentions == ""


async def test_who_comes_in_by_an_edit_is_told(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish("Thanks", "To nobody.")
    await edit_post(blog.blog, post.key, PostForm("Thanks", f"@{town.person('dana').handle}"))
    await blog.delivered()
    [update] = activities(town, "Update")
    assert update["object"]["tag"][0]["href"] == town.person("dana").id


async def test_an_edit_asks_nobody_again_and_works_when_their_server_is_down(
    blog: RunningBlog, people_keys: tuple[PrivateKey, ...]
) -> None:
    keys = cycle(people_keys)
    async with running(new_key=lambda: next(keys)) as server:
        alice = server.person("alice")
        post = await blog.publish("Thanks", f"To @{alice.handle}.")
        await blog.delivered()
        server.requests.clear()
        await edit_post(blog.blog, post.key, PostForm("Thanks", f"Dear @{alice.handle}!"))
        await blog.delivered()
        assert [each.method for each in server.requests] == ["POST"]
    edited = await edit_post(blog.blog, post.key, PostForm("Thanks", f"To @{alice.handle} again."))
    assert f'href="{alice.url}"' in edited.html


async def test_whoever_cannot_be_found_is_named_with_the_reason(
    blog: RunningBlog, town: DemoServer
) -> None:
    host = town.person("alice").handle.partition("@")[2]
    text = f"@nobody@{host} and @x@127.0.0.1:1"
    with pytest.raises(Invalid) as refusal:
        await blog.publish("Thanks", text)
    assert refusal.value.field == "body"
    assert f"@nobody@{host} cannot be found: that server knows nobody of this name." in (
        refusal.value.public
    )
    assert "@x@127.0.0.1:1 cannot be found: that server does not answer." in refusal.value.public
    assert await posts.list_posts(blog.blog.db, before=None, limit=9) == []

    draft = await create_post(blog.blog, PostForm("Thanks", text), publish=False)
    assert draft.state == "draft"
    with pytest.raises(Invalid, match="cannot be found"):
        await edit_post(blog.blog, draft.key, PostForm("Thanks", text), publish=True)
    assert (await posts.list_posts(blog.blog.db, before=None, limit=9))[0].state == "draft"


async def test_a_server_that_answers_nonsense_is_told_apart(
    blog: RunningBlog, town: DemoServer
) -> None:
    handle = town.person("alice").handle
    for answer, reason in (
        (Response("{}", media_type="application/jrd+json"), "cannot be used"),
        (Response("x", media_type="text/html"), "cannot be used"),
        (Response(status_code=418), "answers 418"),
    ):
        town.responses["/.well-known/webfinger"] = answer
        with pytest.raises(Invalid, match=reason):
            await blog.publish("Thanks", f"@{handle}")


async def test_nobody_on_a_blocked_server_is_mentioned(blog: RunningBlog, town: DemoServer) -> None:
    """K17: also somebody who is known here already."""
    handle = town.person("alice").handle
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    await set_blocked(blog.blog, handle.partition("@")[2], True)
    town.requests.clear()
    for name in (handle, handle.replace("alice", "bob")):
        with pytest.raises(Invalid, match="is on a server that you have blocked"):
            await blog.publish("Thanks", f"@{name}")
    assert town.requests == []


async def test_too_many_mentions_ask_nobody(blog: RunningBlog, town: DemoServer) -> None:
    host = town.person("alice").handle.partition("@")[2]
    with pytest.raises(Invalid, match="more than 30 people"):
        await blog.publish("Thanks", " ".join(f"@p{n}@{host}" for n in range(31)))
    assert town.requests == []


async def test_the_blog_itself_is_not_looked_up(blog: RunningBlog) -> None:
    post = await blog.publish("Me", f"I am @{blog.blog.addresses.handle}.")
    document = (await blog.document(f"/articles/{post.key}")).json()
    assert document["tag"] == []


async def test_a_post_for_a_community_appears_there(blog: RunningBlog, forum: DemoServer) -> None:
    """A13: in cc and as the one audience, of the object and of the activity (FEP-1b12)."""
    garden = forum.person("gardeners")
    post = await blog.publish("Beans", f"For @{garden.handle} and @{forum.person('bob').handle}.")
    await blog.delivered()
    assert forum.posted["gardeners"] == [blog.article(post)]
    [create] = activities(forum, "Create")
    for document in (create, create["object"]):
        assert document["audience"] == garden.id
        assert garden.id in document["cc"]
    assert create["object"]["attributedTo"] == blog.actor
    assert create["object"]["name"] == "Beans"

    answer = await answer_post(blog.blog, post.key, "One more thing.")
    await blog.delivered()
    note = activities(forum, "Create")[-1]["object"]
    assert (note["id"], note["audience"]) == (answer.uri, garden.id)
    assert garden.id in note["cc"]


async def test_two_communities_are_one_too_many(blog: RunningBlog, forum: DemoServer) -> None:
    one, two = forum.person("gardeners").handle, forum.person("cooks").handle
    with pytest.raises(Invalid, match="addressed to one community") as refusal:
        await blog.publish("Beans", f"For @{one} and @{two}.")
    assert refusal.value.field == "body"
    await blog.publish("Beans", f"For @{one} and @{one.upper().replace('GARDENERS', 'Gardeners')}.")


async def test_who_is_mentioned_in_an_answer_is_told(blog: RunningBlog, town: DemoServer) -> None:
    """D6: besides whom it answers, whose mention stands at its head."""
    alice, bob = town.person("alice"), town.person("bob")
    post = await blog.publish()
    reply = await town.reply("alice", blog.article(post), "<p>Who knows?</p>")
    await blog.settled()
    number = (await stored(blog, reply.id)).id
    answer = await answer_reply(blog.blog, number, f"Ask @{bob.handle}.")
    await blog.delivered()
    note = activities(town, "Create")[-1]["object"]
    assert [tag["href"] for tag in note["tag"]] == [alice.id, bob.id]
    assert note["cc"][1:] == [alice.id, bob.id]
    assert note["content"].index(alice.url) < note["content"].index("Ask")
    assert note["content"].count("u-url mention") == 2

    await edit_answer(blog.blog, answer.id, f"Ask me, @{alice.handle}.")
    await blog.delivered()
    note = activities(town, "Update")[-1]["object"]
    assert [tag["href"] for tag in note["tag"]] == [alice.id]
    assert note["content"].count("u-url mention") == 1

    await blog.later(timedelta(minutes=2))
    await edit_answer(blog.blog, answer.id, "Ask me.")
    await blog.delivered()
    note = activities(town, "Update")[-1]["object"]
    assert [tag["href"] for tag in note["tag"]] == [alice.id]
    assert note["content"].index(alice.url) < note["content"].index("Ask")


async def test_an_answer_that_mentions_nobody_who_exists_is_not_sent(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    with pytest.raises(Invalid, match="cannot be found"):
        await answer_post(blog.blog, post.key, "@x@127.0.0.1:1")
