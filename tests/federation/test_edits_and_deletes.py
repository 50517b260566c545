"""What people take back or change: edits, deletes, accounts that go, likes and announces."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.responses import Response

from fediblog.demo import activities
from fediblog.demo.notes import Note, note_document
from fediblog.demo.server import DemoServer
from fediblog.store.followers import count_followers
from fediblog.store.replies import get_reply
from tests.bench import RunningBlog, reply_ids
from tests.federation.records import fates, stored, thread
from tests.federation.thread_page import Shape, read_thread, shape


async def test_an_edit_changes_the_text_and_says_so(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Teh first</p>")
    await blog.settled()
    edited = await town.edit(note, "<p>The first</p>")
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("The first", [])]
    assert edited.updated is not None
    assert f'class="dt-updated" datetime="{edited.updated:%Y-%m-%dT%H:%M:%S}Z"' in page


async def test_two_edits_may_come_with_the_same_activity_id(
    blog: RunningBlog, town: DemoServer
) -> None:
    """N4: GoToSocial's do; the `updated` of the object tells them apart."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Zero</p>")
    for number, text in enumerate(("One", "Two"), start=1):
        edited = _edited(note, f"<p>{text}</p>", seconds=number)
        await _post(blog, town, activities.update(edited) | {"id": f"{note.id}/activity#Update"})
    await blog.settled()

    assert await thread(blog, post) == [("Two", [])]


async def test_an_edit_that_comes_late_does_not_undo_a_newer_one(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Zero</p>")
    older, newer = _edited(note, "<p>One</p>", seconds=1), _edited(note, "<p>Two</p>", seconds=2)
    town.notes[note.id] = newer
    await _post(blog, town, activities.update(newer))
    await _post(blog, town, activities.update(older))
    await blog.settled()

    assert await thread(blog, post) == [("Two", [])]


async def test_an_edit_that_came_before_is_known(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Zero</p>")
    await town.edit(note, "<p>One</p>")
    await blog.settled()
    before = len(town.requests)
    again = activities.update(town.notes[note.id]) | {"id": f"{note.id}#again"}
    await _post(blog, town, again)
    await blog.settled()

    assert len(town.requests) == before
    assert (await fates(blog))[-1] == ("Update", "ignored", "an edit that is known already")


async def test_another_text_with_the_same_time_is_asked_for_at_its_origin(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Zero</p>")
    first = await town.edit(note, "<p>One</p>")
    await blog.settled()
    town.notes[note.id] = replace(first, html="<p>What the origin says</p>")
    await _post(blog, town, activities.update(replace(first, html="<p>Two</p>")))
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("What the origin says", [])]


async def test_an_edit_without_a_time_is_asked_for_at_its_origin(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Zero</p>")
    await blog.settled()
    town.notes[note.id] = edited = replace(note, html="<p>One</p>")
    await _post(blog, town, activities.update(edited))
    await blog.settled()

    assert await thread(blog, post) == [("One", [])]


async def test_an_edit_that_the_origin_does_not_confirm_changes_nothing(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Zero</p>")
    await blog.settled()
    town.responses[urlsplit(note.id).path] = Response(status_code=404)
    await _post(blog, town, activities.update(replace(note, html="<p>One</p>")))
    await blog.settled()

    assert await thread(blog, post) == [("Zero", [])]


async def test_an_edit_that_comes_before_its_create_is_taken_as_the_reply(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Zero</p>", deliver=False)
    await town.edit(note, "<p>One</p>")
    await _post(blog, town, activities.create(note))
    await blog.settled()

    assert await thread(blog, post) == [("One", [])]


async def test_an_edit_may_name_its_object_by_id_alone(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Zero</p>")
    await blog.settled()
    town.notes[note.id] = edited = _edited(note, "<p>One</p>", seconds=1)
    await _post(blog, town, activities.update(edited) | {"object": note.id})
    await blog.settled()

    assert await thread(blog, post) == [("One", [])]


async def test_what_is_edited_to_be_private_leaves_the_page(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Too much</p>")
    await town.reply("bob", note.id, "<p>Beneath</p>")
    await blog.settled()
    private = replace(_edited(note, "<p>Between us</p>", seconds=1), to="followers")
    await _post(blog, town, activities.update(private))
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("A reply that is not public", [("Beneath", [])])]
    assert "Too much" not in page
    assert "Between us" not in page
    replies = (await blog.document(f"/articles/{post.key}/replies?page=true")).json()
    assert replies["items"] == []


async def test_what_is_edited_to_be_public_comes_onto_the_page(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>For you</p>", to="direct")
    await blog.settled()
    public = replace(_edited(note, "<p>For all</p>", seconds=1), to="public")
    await _post(blog, town, activities.update(public))
    await blog.settled()

    assert await thread(blog, post) == [("For all", [])]


async def test_nobody_edits_what_somebody_else_wrote(blog: RunningBlog, town: DemoServer) -> None:
    """K7, N16: neither by a foreign object nor by taking the author's place in it."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Mine</p>")
    await blog.settled()
    forged = activities.update(_edited(note, "<p>Yours</p>", seconds=1))
    bob = town.person("bob").id
    stolen = forged["object"] | {"attributedTo": bob}
    for number, activity in enumerate((forged, forged | {"object": stolen})):
        await _post(blog, town, activity | {"id": f"{bob}#{number}", "actor": bob}, name="bob")
    await blog.settled()

    assert await thread(blog, post) == [("Mine", [])]
    assert (await stored(blog, note.id)).actor_uri == town.person("alice").id


async def test_a_deleted_reply_without_children_leaves_nothing(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Never mind</p>")
    await blog.settled()
    await town.delete(note)
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert reply_ids(page) == []
    assert "No responses yet" in page
    assert "not public" not in page
    assert (await stored(blog, note.id)).html == ""


async def test_a_deleted_reply_with_children_leaves_a_tombstone_in_its_place(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    first = await town.reply("alice", blog.article(post), "<p>First</p>")
    second = await town.reply("bob", first.id, "<p>Second</p>")
    await town.reply("chiyo", second.id, "<p>Third</p>")
    await town.reply("dana", first.id, "<p>Fourth</p>")
    await blog.settled()
    await town.delete(second)
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    deleted: tuple[str, Shape] = ("A reply that was deleted", [("Third", [])])
    assert shape(page) == [("First", [deleted, ("Fourth", [])])]
    assert [branch.tombstone for branch in read_thread(page)[0].children] == [True, False]
    assert "Bob" not in page
    assert "3 responses" in page


async def test_a_tombstone_goes_with_the_last_of_its_children(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    first = await town.reply("alice", blog.article(post), "<p>First</p>")
    second = await town.reply("bob", first.id, "<p>Second</p>")
    await blog.settled()
    await town.delete(first)
    await town.delete(second)
    await blog.settled()

    assert reply_ids((await blog.page(f"/articles/{post.key}")).text) == []


@pytest.mark.parametrize(
    "form",
    [
        lambda note: note.id,
        lambda note: {"id": note.id, "type": "Tombstone"},
        note_document,
    ],
    ids=["an id", "a Tombstone", "the whole object"],
)
async def test_a_delete_may_name_its_object_in_any_form(
    blog: RunningBlog, town: DemoServer, form: Callable[[Note], Any]
) -> None:
    """N6, N12: GoToSocial sends an id, Mastodon a Tombstone, WordPress the whole object."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Never mind</p>")
    await blog.settled()
    await _post(blog, town, activities.delete(note) | {"object": form(note)})
    await blog.settled()

    assert reply_ids((await blog.page(f"/articles/{post.key}")).text) == []


async def test_a_create_that_comes_after_its_delete_is_not_taken(
    blog: RunningBlog, town: DemoServer
) -> None:
    """C11, for somebody we know: from strangers a Delete is not even looked at (B15)."""
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Hello</p>")
    gone = await town.reply("alice", blog.article(post), "<p>Never mind</p>", deliver=False)
    await blog.settled()
    await town.delete(gone)
    await blog.settled()
    for activity in (activities.create(gone), activities.update(_edited(gone, "<p>!</p>", 1))):
        await _post(blog, town, activity)
    await blog.settled()

    assert await thread(blog, post) == [("Hello", [])]
    assert await get_reply(blog.blog.db, gone.id) is None


async def test_a_deleted_reply_does_not_come_back(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Never mind</p>")
    await blog.settled()
    await town.delete(note)
    await _post(blog, town, activities.create(note))
    await _post(blog, town, activities.update(_edited(note, "<p>Or do</p>", seconds=60)))
    await blog.settled()

    assert reply_ids((await blog.page(f"/articles/{post.key}")).text) == []
    assert (await stored(blog, note.id)).html == ""


async def test_a_reply_that_is_deleted_while_it_waits_is_forgotten(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    parent = await town.reply("alice", blog.article(post), "<p>Parent</p>", deliver=False)
    town.responses[urlsplit(parent.id).path] = Response(status_code=404)
    child = await town.reply("bob", parent.id, "<p>Child</p>")
    await blog.settled()
    await town.delete(child)
    await blog.settled()
    assert await get_reply(blog.blog.db, child.id) is None

    await town.deliver(parent)
    await _post(blog, town, activities.create(child), name="bob")
    await blog.settled()
    assert await thread(blog, post) == [("Parent", [])]


async def test_nobody_deletes_what_somebody_else_wrote(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Mine</p>")
    await town.reply("bob", blog.article(post), "<p>Mine too</p>")
    await blog.settled()
    bob = town.person("bob").id
    forged = activities.delete(note) | {"id": f"{bob}#delete", "actor": bob}
    await _post(blog, town, forged, name="bob")
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("Mine", []), ("Mine too", [])]
    # Nor may it keep an id of somebody else's from ever coming here.
    assert (await fates(blog))[-1][1:] == ("ignored", "a Delete of somebody else's reply")


async def test_an_account_that_goes_takes_along_what_it_said_and_did(
    blog: RunningBlog, town: DemoServer
) -> None:
    """G4: the tree stays whole."""
    post = await blog.publish()
    await town.follow("alice", blog.actor)
    await town.like("alice", blog.article(post))
    first = await town.reply("alice", blog.article(post), "<p>First</p>")
    await town.reply("bob", first.id, "<p>Second</p>", mention=[blog.actor])
    await town.reply("alice", blog.article(post), "<p>Leaf</p>")
    await blog.settled()
    await town.delete_person("alice", [blog.actor])
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("A reply that was deleted", [("Second", [])])]
    for trace in ("Okafor", town.person("alice").handle, "First", "Leaf"):
        assert trace not in page
    assert await count_followers(blog.blog.db) == 0
    assert await _totals(blog, post.key) == (0, 0)


async def test_nobody_deletes_somebody_elses_account(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Still here</p>")
    await town.reply("bob", blog.article(post), "<p>Me too</p>")
    await blog.settled()
    alice, bob = town.person("alice").id, town.person("bob").id
    forged = {"id": f"{bob}#x", "type": "Delete", "actor": bob, "object": alice}
    await _post(blog, town, forged, name="bob")
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("Still here", []), ("Me too", [])]


async def test_likes_and_announces_are_counted_once_for_each_person(
    blog: RunningBlog, town: DemoServer
) -> None:
    """A8, F5, G7, G9."""
    post = await blog.publish()
    for name in ("alice", "bob"):
        await town.like(name, blog.article(post))
        await town.like(name, blog.article(post))
    await town.announce("chiyo", blog.article(post))
    await town.announce("chiyo", blog.article(post))
    await blog.settled()

    assert await _totals(blog, post.key) == (2, 1)
    article = (await blog.document(f"/articles/{post.key}")).json()
    assert article["likes"]["totalItems"] == 2
    assert article["shares"]["totalItems"] == 1


async def test_likes_and_announces_are_taken_back(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    await town.like("alice", blog.article(post))
    await town.announce("alice", blog.article(post))
    await town.undo_like("alice", blog.article(post))
    await town.undo_announce("alice", blog.article(post))
    await blog.settled()
    assert await _totals(blog, post.key) == (0, 0)


async def test_what_is_undone_may_be_named_by_its_id_alone(
    blog: RunningBlog, town: DemoServer
) -> None:
    """G6."""
    post = await blog.publish()
    like = await town.like("alice", blog.article(post))
    announce = await town.announce("alice", blog.article(post))
    alice = town.person("alice")
    for activity in (like, announce):
        await _post(blog, town, activities.undo(alice, activity) | {"object": activity["id"]})
    await blog.settled()
    assert await _totals(blog, post.key) == (0, 0)


async def test_an_undo_may_carry_another_id_than_what_it_undoes(
    blog: RunningBlog, town: DemoServer
) -> None:
    """G6: found by actor, type and object then."""
    post = await blog.publish()
    like = await town.like("alice", blog.article(post))
    undo = activities.undo(town.person("alice"), like | {"id": f"{like['id']}-forgotten"})
    await _post(blog, town, undo)
    await blog.settled()
    assert await _totals(blog, post.key) == (0, 0)


async def test_k7_nobody_takes_back_what_somebody_else_did(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    like = await town.like("alice", blog.article(post))
    await town.announce("bob", blog.article(post))
    await blog.settled()
    bob = town.person("bob")
    embedded = activities.undo(bob, like) | {"id": f"{bob.id}#undo/1"}
    named = embedded | {"id": f"{bob.id}#undo/2", "object": like["id"]}
    for activity in (embedded, named):
        await _post(blog, town, activity, name="bob")
    await blog.settled()
    assert await _totals(blog, post.key) == (1, 1)


async def test_a_reply_of_another_server_can_be_liked(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Good</p>")
    await blog.settled()
    bob = town.person("bob")
    await _post(blog, town, activities.like(bob, f"{bob.id}#likes/1", note.id), name="bob")
    await blog.settled()
    assert (await fates(blog))[-1] == ("Like", "done", "like kept")
    assert await _totals(blog, post.key) == (0, 0)


async def test_likes_of_what_is_not_here_are_not_kept(blog: RunningBlog, town: DemoServer) -> None:
    alice = town.person("alice")
    for number, target in enumerate((f"{blog.origin}/articles/x", f"{town.origin}/x", blog.actor)):
        like = activities.like(alice, f"{alice.id}#likes/{number}", target)
        await _post(blog, town, like)
    await blog.settled()
    assert {(state, reason) for _, state, reason in await fates(blog)} == {
        ("ignored", "a like of nothing of ours")
    }


def _edited(note: Note, html: str, seconds: int) -> Note:
    """The note as it is so many seconds after it was written."""
    return replace(note, html=html, updated=note.published + timedelta(seconds=seconds))


async def test_who_makes_a_reply_private_needs_no_witness(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Its origin would not show it to us, so an Update without a time of its own has to do."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Zero</p>")
    await blog.settled()
    private = replace(note, to="followers")
    town.notes[note.id] = private
    await _post(blog, town, activities.update(private))
    await blog.settled()

    assert await thread(blog, post) == []
    assert (await stored(blog, note.id)).state == "private"


async def test_a_delete_before_its_create_is_remembered_from_somebody_unknown_too(
    blog: RunningBlog, town: DemoServer
) -> None:
    """C11: what was deleted before it came is never shown, also if it is the first we hear of its
    author."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Oops</p>", deliver=False)
    await _post(blog, town, activities.delete(replace(note, deleted=note.published)))
    await _post(blog, town, activities.create(note))
    await blog.settled()

    assert await thread(blog, post) == []


async def _post(
    blog: RunningBlog, town: DemoServer, activity: dict[str, Any], *, name: str = "alice"
) -> None:
    answer = await town.post(name, blog.blog.addresses.shared_inbox, activity)
    assert answer.status_code == 202, answer.text


async def _totals(blog: RunningBlog, key: str) -> tuple[int, int]:
    """(likes, shares) of a post, as its collections tell."""
    likes = (await blog.document(f"/articles/{key}/likes")).json()
    shares = (await blog.document(f"/articles/{key}/shares")).json()
    return likes["totalItems"], shares["totalItems"]
