"""The story for newcomers, told to another server."""

from collections import deque

import pytest

from fediblog.demo.play import play, wait_until_up
from fediblog.demo.server import DemoServer
from fediblog.errors import RemoteUnreachable


def depth(server: DemoServer, note_id: str | None) -> int:
    """How many of the server's notes are above and including this one."""
    steps = 0
    while note_id in server.notes:
        note_id = server.notes[note_id].in_reply_to
        steps += 1
    return steps


async def test_the_story_fills_a_tree(town: DemoServer, other: DemoServer) -> None:
    blog = other.people["blog"].id
    post = await other.reply("blog", None, "<p>Welcome.</p>")

    await play(town, other.origin, blog, post.id, pace=0)

    assert other.followers["blog"] == {person.id for person in town.people.values()}
    assert max(depth(town, note_id) for note_id in town.notes) == 5
    gone = [note for note in town.notes.values() if note.deleted]
    edited = [note for note in town.notes.values() if note.updated]
    assert len(gone) == len(edited) == 1
    assert any(note.in_reply_to == gone[0].id for note in town.notes.values())
    assert other.known.keys() == town.notes.keys() - {gone[0].id}
    kinds = {each.activity["type"] for each in other.received}
    assert kinds == {"Follow", "Create", "Update", "Delete", "Like", "EmojiReact", "Announce"}
    assert not other.refused


async def test_the_story_outlives_a_failure(town: DemoServer, other: DemoServer) -> None:
    post = await other.reply("blog", None, "<p>Welcome.</p>")
    other.status_for_inbox = deque([503])
    await play(town, other.origin, other.people["blog"].id, post.id, pace=0)
    assert len(other.turned_away) == 1


async def test_told_twice_it_is_told_anew(town: DemoServer, other: DemoServer) -> None:
    post = await other.reply("blog", None, "<p>Welcome.</p>")
    for _ in range(2):
        await play(town, other.origin, other.people["blog"].id, post.id, pace=0)
    created = [each.activity["id"] for each in other.received if each.activity["type"] == "Create"]
    assert len(created) == len(set(created)) == 22


async def test_waiting_for_a_blog_ends(other: DemoServer) -> None:
    await wait_until_up(other.origin)
    with pytest.raises(RemoteUnreachable):
        await wait_until_up("http://127.0.0.1:9", seconds=0.3)
