"""Two Fedify servers with each other: what the peer does works before the blog is tried on it."""

import pytest

from tests.peers.fedify_peer import FedifyPeer, PeerError

pytestmark = pytest.mark.peer


async def test_a_person_is_found_by_handle_and_by_address(
    fedify: FedifyPeer, other_fedify: FedifyPeer
) -> None:
    by_handle = await fedify.lookup(other_fedify.handle("bob"))
    by_address = await fedify.lookup(other_fedify.actor("bob"))

    assert by_handle["id"] == by_address["id"] == other_fedify.actor("bob")
    assert by_handle["type"] == "Person"
    assert by_handle["sharedInbox"] == f"{other_fedify.origin}/inbox"


async def test_a_follow_is_accepted_and_taken_back(
    fedify: FedifyPeer, other_fedify: FedifyPeer
) -> None:
    follow = await fedify.follow("alice", other_fedify.handle("bob"))
    await fedify.wait_until_accepted(follow)
    assert await other_fedify.followers("bob") == [fedify.actor("alice")]

    await fedify.undo("alice", follow)
    assert await other_fedify.followers("bob") == []


async def test_a_reply_is_made_edited_and_deleted(
    fedify: FedifyPeer, other_fedify: FedifyPeer
) -> None:
    note = await other_fedify.post("bob", "<p>A note</p>")

    reply = await fedify.reply("alice", note, "<p>A reply</p>")
    created = await other_fedify.wait_for("Create", object_id=reply)
    assert created.content == "<p>A reply</p>"
    assert created.raw["object"]["inReplyTo"] == note
    assert created.raw["object"]["tag"]["href"] == other_fedify.actor("bob")

    await fedify.edit("alice", reply, "<p>An edited reply</p>")
    updated = await other_fedify.wait_for("Update", object_id=reply)
    assert updated.content == "<p>An edited reply</p>"
    assert (await other_fedify.lookup(reply))["content"] == "<p>An edited reply</p>"

    await fedify.delete("alice", reply)
    deleted = await other_fedify.wait_for("Delete", object_id=reply)
    assert deleted.object_type == "Tombstone"
    with pytest.raises(PeerError, match="nothing was found"):
        await other_fedify.lookup(reply)


async def test_likes_and_boosts_reach_the_author(
    fedify: FedifyPeer, other_fedify: FedifyPeer
) -> None:
    note = await other_fedify.post("bob", "<p>A note</p>")

    await fedify.like("alice", note)
    boost = await fedify.announce("alice", note)
    await fedify.undo("alice", boost)

    came = [(each.type, each.object_id, each.inbox) for each in await other_fedify.received()]
    assert came == [("Like", note, "bob"), ("Announce", note, "bob"), ("Undo", boost, "bob")]


async def test_a_direct_reply_says_so_in_its_addresses(
    fedify: FedifyPeer, other_fedify: FedifyPeer
) -> None:
    note = await other_fedify.post("bob", "<p>A note</p>")

    reply = await fedify.reply("alice", note, "<p>For you only</p>", visibility="direct")

    created = await other_fedify.wait_for("Create", object_id=reply)
    assert created.raw["object"]["to"] == other_fedify.actor("bob")
    assert "cc" not in created.raw["object"]
