"""What people do reaches another server as real, signed deliveries."""

from fediblog.demo.server import DemoServer
from fediblog.protocol.incoming import parse_activity, parse_note
from tests.demo.waiting import until


async def test_a_follow_is_accepted_and_can_be_undone(town: DemoServer, other: DemoServer) -> None:
    blog = other.people["blog"].id
    alice = town.people["alice"].id

    await town.follow("alice", blog)
    await until(lambda: town.following["alice"] == {blog})
    assert other.followers["blog"] == {alice}
    assert other.received[0].inbox == "/users/blog/inbox"

    await town.undo_follow("alice", blog)
    assert other.followers["blog"] == set()
    assert not town.refused
    assert not other.refused


async def test_a_reply_arrives_at_the_shared_inbox(town: DemoServer, other: DemoServer) -> None:
    post = await other.reply("blog", None, "<p>Hello, world.</p>")

    reply = await town.reply("alice", post.id, "<p>Hello, blog.</p>")

    (received,) = other.received
    assert received.inbox == "/inbox"
    assert received.key_id == f"{town.people['alice'].id}#main-key"
    note = parse_activity(received.activity).note
    assert note is not None
    assert note.id == reply.id
    assert note.in_reply_to == post.id
    assert note.public
    assert [mention.href for mention in note.mentions] == [other.people["blog"].id]
    assert note.content.endswith("Hello, blog.</p>")


async def test_a_nested_reply_mentions_everybody_above_it(
    town: DemoServer, other: DemoServer
) -> None:
    post = await other.reply("blog", None, "<p>One.</p>")
    first = await town.reply("alice", post.id, "<p>Two.</p>")

    second = await town.reply("bob", first.id, "<p>Three.</p>")

    mentioned = [someone.id for someone in second.mentions]
    assert mentioned == [town.people["alice"].id, other.people["blog"].id]
    assert second.id in other.known


async def test_a_reply_that_is_not_delivered_can_be_fetched(
    town: DemoServer, other: DemoServer
) -> None:
    post = await other.reply("blog", None, "<p>One.</p>")

    reply = await town.reply("alice", post.id, "<p>Two.</p>", deliver=False)

    assert not other.received
    fetched = await other.signed_get(reply.id)
    assert parse_note(fetched.json()).in_reply_to == post.id


async def test_a_reply_may_answer_what_nobody_knows(town: DemoServer, other: DemoServer) -> None:
    blog, nowhere = other.people["blog"].id, "http://127.0.0.1:9/notes/1"

    note = await town.reply("alice", nowhere, "<p>What?</p>", mention=[], recipients=[blog])

    assert other.known[note.id]["inReplyTo"] == nowhere


async def test_an_edit_replaces_and_a_deletion_removes(town: DemoServer, other: DemoServer) -> None:
    post = await other.reply("blog", None, "<p>One.</p>")
    note = await town.reply("alice", post.id, "<p>Tow.</p>")

    edited = await town.edit(note, "<p>Two.</p>")
    again = await town.edit(edited, "<p>Two!</p>")
    assert other.known[note.id]["content"].endswith("Two!</p>")
    assert edited.updated is not None
    assert again.updated is not None
    assert edited.updated < again.updated

    await town.delete(note)
    assert note.id not in other.known
    kinds = [each.activity["type"] for each in other.received]
    assert kinds == ["Create", "Update", "Update", "Delete"]
    assert len({each.activity["id"] for each in other.received}) == 4


async def test_likes_and_boosts_come_and_go(town: DemoServer, other: DemoServer) -> None:
    post = await other.reply("blog", None, "<p>One.</p>")

    await town.like("bob", post.id)
    await town.undo_like("bob", post.id)
    await town.announce("bob", post.id)
    await town.undo_announce("bob", post.id)

    activities = [each.activity for each in other.received]
    assert [each["type"] for each in activities] == ["Like", "Undo", "Announce", "Undo"]
    assert activities[1]["object"]["id"] == activities[0]["id"]
    assert activities[3]["object"]["id"] == activities[2]["id"]


async def test_an_account_that_is_deleted_takes_its_notes_along(
    town: DemoServer, other: DemoServer
) -> None:
    post = await other.reply("blog", None, "<p>One.</p>")
    await town.reply("alice", post.id, "<p>Two.</p>")

    await town.delete_person("alice", [other.people["blog"].id])

    assert other.known.keys() == set()
    assert (await other.signed_get(town.people["alice"].id)).status_code == 410


async def test_the_end_of_a_stranger_is_taken_without_a_fetch(
    town: DemoServer, other: DemoServer
) -> None:
    await town.delete_person("dana", [other.people["blog"].id])

    assert not other.received
    assert not other.refused
    assert [asked.path for asked in town.requests] == []


async def test_visibility_decides_who_is_addressed(town: DemoServer, other: DemoServer) -> None:
    post = await other.reply("blog", None, "<p>One.</p>")
    for to in ("public", "unlisted", "followers", "direct"):
        await town.reply("alice", post.id, f"<p>{to}</p>", to=to)

    notes = [parse_activity(each.activity).note for each in other.received]
    assert [note is not None and note.public for note in notes] == [True, True, False, False]
