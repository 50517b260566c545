"""Who may reply is enforced on every way in, said on the page, and nothing is lost by it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fediblog.actions.moderate import hide_reply, reject_reply, show_reply
from fediblog.actions.moderation import change_moderation
from fediblog.demo import activities
from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from tests.admin.desk import number_of
from tests.bench import RunningBlog
from tests.federation.records import fates, stored, thread


async def _set(blog: RunningBlog, policy: str, **more: str) -> None:
    await change_moderation(blog.blog, {"comment_policy": policy, "hold_late": "on"} | more)


async def _reply(blog: RunningBlog, town: DemoServer, name: str, to: str, html: str) -> Note:
    note = await town.reply(name, to, html)
    await blog.settled()
    return note


async def _page(blog: RunningBlog, post: Post) -> str:
    return (await blog.page(f"/articles/{post.key}")).text


async def test_followers_only(blog: RunningBlog, town: DemoServer) -> None:
    await _set(blog, "followers")
    await town.follow("alice", blog.actor)
    await blog.settled()
    post = await blog.publish()
    await _reply(blog, town, "alice", blog.article(post), "<p>I follow.</p>")
    bob = await _reply(blog, town, "bob", blog.article(post), "<p>I do not.</p>")

    page = await _page(blog, post)
    assert "I follow." in page and "I do not." not in page
    assert "1 more not public or held back" in page
    assert "people who follow the blog appear here at once" in page
    reply = await stored(blog, bob.id)
    assert (reply.state, reply.reason) == ("held", "Its author does not follow the blog.")
    assert (await fates(blog))[-1][2] == "held: Its author does not follow the blog."
    collection = (await blog.document(f"/articles/{post.key}/replies?page=true")).json()
    assert bob.id not in collection["items"]


async def test_a_post_has_a_rule_of_its_own(blog: RunningBlog, town: DemoServer) -> None:
    await _set(blog, "closed")
    post = await blog.publish(comment_policy="open")
    shut = await blog.publish("Another")
    await _reply(blog, town, "alice", blog.article(post), "<p>Here.</p>")
    note = await _reply(blog, town, "alice", blog.article(shut), "<p>There.</p>")
    assert "Here." in await _page(blog, post)
    assert "Responses to this post are closed." in await _page(blog, shut)
    assert (await stored(blog, note.id)).state == "held"


async def test_whom_the_post_mentions_may_reply(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish(
        body=f"With @{town.person('alice').handle.lstrip('@')}.", comment_policy="mentioned"
    )
    await _reply(blog, town, "alice", blog.article(post), "<p>Mentioned.</p>")
    bob = await _reply(blog, town, "bob", blog.article(post), "<p>Not mentioned.</p>")
    assert "Mentioned." in await _page(blog, post)
    assert (await stored(blog, bob.id)).reason == "The post does not mention its author."


async def test_a_first_reply_waits_and_the_second_does_not(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _set(blog, "first")
    post = await blog.publish()
    first = await _reply(blog, town, "alice", blog.article(post), "<p>The first.</p>")
    assert (await stored(blog, first.id)).state == "held"
    await show_reply(blog.blog, await number_of(blog, first.id))
    await _reply(blog, town, "alice", blog.article(post), "<p>The second.</p>")
    page = await _page(blog, post)
    assert "The first." in page and "The second." in page


@pytest.mark.parametrize("hold_late", ["on", ""])
async def test_replies_are_closed_after_some_days(
    blog: RunningBlog, town: DemoServer, hold_late: str
) -> None:
    await _set(blog, "open", close_after="3", hold_late=hold_late)
    post = await blog.publish()
    assert "Responses will be closed on" in await _page(blog, post)
    await _reply(blog, town, "alice", blog.article(post), "<p>In time.</p>")
    await blog.later(timedelta(days=3, minutes=1))
    late = await town.reply("alice", blog.article(post), "<p>Too late.</p>", deliver=False)
    inbox = blog.blog.addresses.shared_inbox
    await town.post("alice", inbox, activities.create(late), date=blog.clock())
    await blog.settled()
    page = await _page(blog, post)
    assert "In time." in page and "Too late." not in page
    assert "have been closed since" in page
    reply = await stored(blog, late.id)
    assert reply.state == ("held" if hold_late else "hidden")
    assert reply.reason == "Replies were closed after 3 days."


async def test_what_waits_for_its_parent_is_judged_when_it_takes_its_place(
    blog: RunningBlog, town: DemoServer
) -> None:
    """The rule holds for whatever is fetched, found or moved out of waiting."""
    await _set(blog, "all")
    post = await blog.publish()
    parent = await town.reply("alice", blog.article(post), "<p>Parent.</p>", deliver=False)
    child = await town.reply("bob", parent.id, "<p>Child.</p>", recipients=[blog.actor])
    await blog.at_rest()
    assert (await stored(blog, parent.id)).state == "held"
    assert (await stored(blog, child.id)).state == "held"
    assert await thread(blog, post) == []


async def test_approving_shows_what_waited_beneath(blog: RunningBlog, town: DemoServer) -> None:
    await _set(blog, "first")
    post = await blog.publish()
    bob = await _reply(blog, town, "bob", blog.article(post), "<p>Known.</p>")
    await show_reply(blog.blog, await number_of(blog, bob.id))
    held = await _reply(blog, town, "alice", blog.article(post), "<p>Held.</p>")
    answer = await _reply(blog, town, "bob", held.id, "<p>Beneath it.</p>")
    third = await _reply(blog, town, "chiyo", answer.id, "<p>A stranger's.</p>")
    assert (await stored(blog, answer.id)).reason == "It answers a reply that is held."

    await show_reply(blog.blog, await number_of(blog, held.id))
    page = await _page(blog, post)
    assert "Held." in page and "Beneath it." in page and "A stranger's." not in page
    assert (await stored(blog, third.id)).reason == "It is the first reply of its author."


async def test_rejecting_leaves_what_waited_beneath_to_the_author(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _set(blog, "first")
    post = await blog.publish()
    bob = await _reply(blog, town, "bob", blog.article(post), "<p>Known.</p>")
    await show_reply(blog.blog, await number_of(blog, bob.id))
    held = await _reply(blog, town, "alice", blog.article(post), "<p>Held.</p>")
    answer = await _reply(blog, town, "bob", held.id, "<p>Beneath it.</p>")
    await reject_reply(blog.blog, await number_of(blog, held.id))
    assert (await stored(blog, held.id)).reason == "You have rejected it."
    beneath = await stored(blog, answer.id)
    assert (beneath.state, beneath.reason) == ("held", "It answers a reply that you have rejected.")
    await show_reply(blog.blog, await number_of(blog, answer.id))
    page = await _page(blog, post)
    assert "Beneath it." in page and "A reply that is not shown" in page


async def test_nobody_gets_past_the_rule_by_an_edit(blog: RunningBlog, town: DemoServer) -> None:
    """A private reply that becomes public is judged as if it were new."""
    await _set(blog, "all")
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Psst.</p>", to="direct")
    await blog.settled()
    town.notes[note.id] = replace(note, to="public")
    await town.edit(note, "<p>Aloud.</p>")
    await blog.settled()
    assert (await stored(blog, note.id)).state == "held"
    await town.edit(note, "<p>Louder.</p>")
    await blog.settled()
    assert (await stored(blog, note.id)).state == "held"
    assert "Louder." not in await _page(blog, post)


@pytest.mark.parametrize("by_edit", [False, True])
async def test_what_many_have_said_already_is_held(
    blog: RunningBlog, town: DemoServer, by_edit: bool
) -> None:
    """Also if it was something else, for nobody to read, when it came."""
    said = "<p>Come to my shop, where everything is cheap, and all of it is good.</p>"
    post = await blog.publish()
    for _ in range(3):
        await _reply(blog, town, "alice", blog.article(post), said)
    if by_edit:
        note = await town.reply("bob", blog.article(post), "<p>Hello.</p>", to="followers")
        await blog.settled()
        assert (await stored(blog, note.id)).state == "private"
        town.notes[note.id] = replace(note, to="public")
        await town.edit(note, said)
        await blog.settled()
    else:
        note = await _reply(blog, town, "bob", blog.article(post), said)
    reply = await stored(blog, note.id)
    assert (reply.state, reply.reason) == ("held", "The same text came 3 times before.")


async def test_a_held_reply_that_becomes_private_leaves_the_queue(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _set(blog, "all")
    post = await blog.publish()
    note = await _reply(blog, town, "alice", blog.article(post), "<p>For all.</p>")
    town.notes[note.id] = replace(note, to="direct")
    await town.edit(note, "<p>For you.</p>")
    await blog.settled()
    assert (await stored(blog, note.id)).state == "private"


async def test_hidden_stays_hidden_whatever_comes(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await _reply(blog, town, "alice", blog.article(post), "<p>Before.</p>")
    await hide_reply(blog.blog, await number_of(blog, note.id))
    await town.edit(note, "<p>After.</p>")
    await blog.settled()
    assert (await stored(blog, note.id)).state == "hidden"
