"""Replies whose parent is gone or private: they hang from what is known, and say so honestly."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from starlette.responses import Response

from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from fediblog.domain.retries import fetch_delay
from fediblog.store.posts import Post
from fediblog.store.replies import Reply, get_reply
from tests.admin.desk import desk_of
from tests.bench import RunningBlog, until
from tests.federation.records import comes_to_show, is_asked_for, stored, thread, unseen
from tests.federation.thread_page import Shape
from tests.threads import branches_know

_SAYS = "In reply to a post that is no longer available."


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_reply_to_what_is_gone_hangs_from_the_post_of_its_conversation(
    blog: RunningBlog, town: DemoServer, status: int
) -> None:
    """C10: what its own server says of the thread is all that is left to go by."""
    post = await blog.publish()
    parent = await unseen(blog, town, post, "alice", blog.article(post), "Parent")
    _answer_with(town, parent, status)
    child = await _seen(blog, town, post, "bob", parent.id, "Child")

    await comes_to_show(blog, post, [("Child", [])])
    assert _SAYS in (await blog.page(f"/articles/{post.key}")).text
    assert (await stored(blog, child.id)).orphan
    async with desk_of(blog) as desk:
        assert _SAYS in (await desk.get(f"/admin/posts/{post.key}/thread")).text


async def test_a_reply_that_answers_what_is_there_says_nothing_of_the_kind(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    await _seen(blog, town, post, "bob", blog.article(post), "Child")
    await comes_to_show(blog, post, [("Child", [])])
    assert _SAYS not in (await blog.page(f"/articles/{post.key}")).text


async def test_the_chain_that_was_fetched_comes_along(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    lost = await unseen(blog, town, post, "alice", blog.article(post), "Lost")
    upper = await unseen(blog, town, post, "bob", lost.id, "Upper")
    lower = await unseen(blog, town, post, "chiyo", upper.id, "Lower")
    _answer_with(town, lost, 410)
    await _seen(blog, town, post, "dana", lower.id, "Leaf")

    await comes_to_show(blog, post, [("Upper", [("Lower", [("Leaf", [])])])])
    orphans = [note for note in (upper, lower) if (await stored(blog, note.id)).orphan]
    assert orphans == [upper]


async def test_a_conversation_is_known_by_another_reply_of_it(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Not every server takes the thread's id over: then what hangs here already tells."""
    post = await blog.publish()
    name = "tag:elsewhere.test,2026:objectId=7:objectType=Conversation"
    await town.reply("alice", blog.article(post), "<p>First</p>", conversation=name)
    await blog.settled()
    lost = await town.reply("bob", blog.article(post), "<p>Lost</p>", deliver=False)
    _answer_with(town, lost, 404)
    await town.reply("chiyo", lost.id, "<p>Child</p>", conversation=name, mention=[blog.actor])

    await comes_to_show(blog, post, [("First", []), ("Child", [])])


async def test_without_a_known_conversation_it_goes_on_waiting(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    lost = await town.reply("alice", blog.article(post), "<p>Lost</p>", deliver=False)
    _answer_with(town, lost, 410)
    child = await town.reply(
        "bob", lost.id, "<p>Child</p>", conversation="tag:elsewhere.test:1", mention=[blog.actor]
    )
    await is_asked_for(town, lost.id)
    await blog.settled()
    assert (await stored(blog, child.id)).state == "waiting"


async def test_the_conversation_of_a_post_that_is_not_published_is_none(
    blog: RunningBlog, town: DemoServer
) -> None:
    await blog.publish()
    nobody = blog.blog.addresses.context("nothing")
    lost = await town.reply("alice", None, "<p>Lost</p>", deliver=False)
    _answer_with(town, lost, 410)
    child = await town.reply(
        "bob", lost.id, "<p>Child</p>", conversation=nobody, mention=[blog.actor]
    )
    await is_asked_for(town, lost.id)
    await blog.settled()
    assert (await stored(blog, child.id)).state == "waiting"


async def test_a_parent_that_cannot_be_reached_is_not_gone(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    parent = await unseen(blog, town, post, "alice", blog.article(post), "Parent")
    _answer_with(town, parent, 503)
    child = await _seen(blog, town, post, "bob", parent.id, "Child")
    await is_asked_for(town, parent.id)
    await blog.settled()
    assert (await stored(blog, child.id)).state == "waiting"

    town.responses.clear()
    await blog.later(timedelta(hours=1))
    await comes_to_show(blog, post, [("Parent", [("Child", [])])])


async def test_after_four_weeks_of_silence_it_counts_as_gone(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Two days later it would be dropped."""
    post = await blog.publish()
    parent = await unseen(blog, town, post, "alice", blog.article(post), "Parent")
    _answer_with(town, parent, 503)
    child = await _seen(blog, town, post, "bob", parent.id, "Child")
    for attempt in range(1, 31):
        await _attempts(blog, child, attempt)
        await blog.later(fetch_delay(attempt) or timedelta())
    await comes_to_show(blog, post, [("Child", [])])


async def test_an_orphan_moves_to_its_parent_with_all_beneath_it(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    await _seen(blog, town, post, "dana", blog.article(post), "Before")
    upper = await _seen(blog, town, post, "alice", blog.article(post), "Upper")
    lost = await unseen(blog, town, post, "bob", upper.id, "Lost")
    _answer_with(town, lost, 404)
    orphan = await _seen(blog, town, post, "chiyo", lost.id, "Orphan")
    await _seen(blog, town, post, "dana", lost.id, "Other")
    beneath = orphan
    for level in range(3):
        beneath = await _seen(blog, town, post, "alice", beneath.id, f"Beneath {level}")
    chain: Shape = [("Beneath 0", [("Beneath 1", [("Beneath 2", [])])])]
    await comes_to_show(
        blog, post, [("Before", []), ("Upper", []), ("Orphan", chain), ("Other", [])]
    )

    town.responses.clear()
    await town.deliver(lost)
    await comes_to_show(
        blog,
        post,
        [("Before", []), ("Upper", [("Lost", [("Orphan", chain), ("Other", [])])])],
    )
    await branches_know(blog)
    branch = (await stored(blog, upper.id)).id
    moved = [await stored(blog, note.id) for note in (lost, orphan, beneath)]
    assert [reply.branch_id for reply in moved] == [branch] * 3
    assert [reply.depth for reply in moved] == [1, 2, 5]
    assert not any(reply.orphan for reply in moved)
    assert _SAYS not in (await blog.page(f"/articles/{post.key}")).text


async def test_orphans_that_answer_each_other_in_a_circle_stay_in_the_tree(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    one = f"{town.person('alice').id}/statuses/1"
    two = f"{town.person('bob').id}/statuses/2"
    name, ours = blog.blog.addresses.context(post.key), [blog.actor]
    for author, note_id, parent in (("alice", one, two), ("bob", two, one)):
        await town.reply(
            author, parent, "<p>Round</p>", note_id=note_id, mention=ours, recipients=ours,
            conversation=name, deliver=False,
        )  # fmt: skip
    await town.deliver(town.notes[one])
    await comes_to_show(blog, post, [("Round", [("Round", [])])])
    await town.deliver(town.notes[two])
    await blog.settled()
    assert await thread(blog, post) == [("Round", [("Round", [])])]


async def test_an_ancestor_that_its_author_has_deleted_is_passed_over(
    blog: RunningBlog, town: DemoServer
) -> None:
    """C11: its Delete has come, and yet somebody's cache still gives it away."""
    post = await blog.publish()
    upper = await _seen(blog, town, post, "bob", blog.article(post), "Upper")
    lost = await unseen(blog, town, post, "bob", upper.id, "Lost")
    await blog.settled()
    await town.delete(lost)
    await blog.settled()
    town.notes[lost.id] = lost
    await _seen(blog, town, post, "chiyo", lost.id, "Child")

    await comes_to_show(blog, post, [("Upper", [("Child", [])])])
    assert await get_reply(blog.blog.db, lost.id) is None


async def test_a_private_reply_is_hung_where_it_belongs_and_stays_private(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    lost = await unseen(blog, town, post, "alice", blog.article(post), "Lost")
    _answer_with(town, lost, 404)
    child = await town.reply(
        "bob", lost.id, "<p>Psst</p>", to="direct", mention=[blog.actor],
        conversation=blog.blog.addresses.context(post.key),
    )  # fmt: skip

    async def is_placed() -> bool:
        reply = await get_reply(blog.blog.db, child.id)
        return reply is not None and reply.state == "private"

    await until(is_placed)
    assert await thread(blog, post) == []


async def _seen(
    blog: RunningBlog, town: DemoServer, post: Post, name: str, parent: str, text: str
) -> Note:
    """A reply that is delivered, of the post's conversation, as Mastodon sends it."""
    note = await unseen(blog, town, post, name, parent, text)
    await town.deliver(note)
    return note


async def _attempts(blog: RunningBlog, note: Note, attempt: int) -> None:
    """Wait until a parent has been looked for so many times."""

    async def is_done() -> bool:
        reply: Reply | None = await get_reply(blog.blog.db, note.id)
        if reply is None:
            return False
        rows = await blog.blog.db.rows("SELECT lease_until FROM reply WHERE id = $1", reply.id)
        return reply.fetch_attempts == attempt and not rows[0]["lease_until"]

    await until(is_done)


def _answer_with(town: DemoServer, note: Note, status: int) -> None:
    town.responses[urlsplit(note.id).path] = Response(status_code=status)
