"""Fedify signs and verifies in the other ways too: RFC 9421, secure mode, proofs, and new keys."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from fediblog.actions.rotate_key import rotate_key
from tests.bench import RunningBlog, until
from tests.peers.fedify_peer import FedifyPeer

pytestmark = pytest.mark.peer

#: What Fedify writes when a signature of its own was refused and it tries the other kind.
SECOND_KNOCK = "(double-knocking)"


@pytest.fixture
async def modern(node: Path, tmp_path: Path) -> AsyncIterator[FedifyPeer]:
    """A server that signs as RFC 9421 says, and takes nothing else."""
    async with FedifyPeer(node, tmp_path / "modern.log", "--signatures", "rfc9421") as peer:
        yield peer


@pytest.fixture
async def secure(node: Path, tmp_path: Path) -> AsyncIterator[FedifyPeer]:
    """A server that shows people and notes to those alone who sign."""
    async with FedifyPeer(node, tmp_path / "secure.log", "--secure") as peer:
        yield peer


async def followed(blog: RunningBlog, peer: FedifyPeer) -> None:
    follow = await peer.follow("alice", f"@{blog.blog.addresses.handle}")
    await peer.wait_until_accepted(follow)


async def shown(blog: RunningBlog, content: str) -> bool:
    rows = await blog.blog.db.rows("SELECT html FROM reply WHERE state = 'shown'")
    return any(content in row["html"] for row in rows)


async def test_b17_fedifys_rfc_9421_is_taken_at_the_first_knock(
    blog: RunningBlog, modern: FedifyPeer
) -> None:
    await followed(blog, modern)
    post = await blog.publish()
    await modern.reply("alice", blog.article(post), "<p>Signed in the new way.</p>")
    await blog.settled()
    assert await shown(blog, "Signed in the new way.")
    assert SECOND_KNOCK not in modern.said()


async def test_b4_fedify_verifies_our_rfc_9421(blog: RunningBlog, modern: FedifyPeer) -> None:
    """The first knock, in draft-cavage, was refused; the way that was taken is remembered."""
    await followed(blog, modern)
    post = await blog.publish("A post")
    assert (await modern.wait_for("Create", object_id=blog.article(post))).name == "A post"
    rows = await blog.blog.db.rows("SELECT scheme FROM host WHERE scheme <> ''")
    assert [row["scheme"] for row in rows] == ["rfc9421"]
    refused = modern.said().count("/inbox 401")
    assert refused <= 1
    other = await blog.publish("Another post")
    await modern.wait_for("Create", object_id=blog.article(other))
    assert modern.said().count("/inbox 401") == refused


async def test_b5_people_and_notes_of_a_secure_server_can_be_fetched(
    blog: RunningBlog, secure: FedifyPeer
) -> None:
    unsigned = await _get(secure.actor("alice"))
    assert unsigned == 401

    await followed(blog, secure)
    post = await blog.publish()
    note = await secure.reply("alice", blog.article(post), "<p>From behind the door.</p>")
    await blog.settled()
    assert await shown(blog, "From behind the door.")
    assert await _get(note) == 401
    for uri in (note, secure.actor("alice")):
        found = await blog.blog.remote.get_document(uri, sign=blog.blog.sign_as_instance())
        assert found.document["id"] == uri


async def test_b6_fedify_verifies_our_proofs(blog: RunningBlog, fedify: FedifyPeer) -> None:
    await followed(blog, fedify)
    post = await blog.publish("Grüße", "A *text* with “quotes” & 日本.", tags="one, two")
    create = await fedify.wait_for("Create", object_id=blog.article(post))
    activity = (await blog.document(create.id)).json()
    assert await fedify.verifies(activity)
    changed = activity | {"published": "2026-01-01T00:00:00.000Z"}
    assert not await fedify.verifies(changed)


async def test_b6_fedify_takes_our_activity_from_anybody(
    blog: RunningBlog, fedify: FedifyPeer, other_fedify: FedifyPeer
) -> None:
    """Whoever hands it on, without any signature of its own: the proof says whose it is."""
    await followed(blog, fedify)
    post = await blog.publish()
    create = await fedify.wait_for("Create", object_id=blog.article(post))
    sent = await blog.document(create.id)
    headers = {"Content-Type": "application/activity+json"}
    async with httpx.AsyncClient(trust_env=False) as client:
        inbox = f"{other_fedify.origin}/inbox"
        answer = await client.post(inbox, content=sent.content, headers=headers)
        assert answer.status_code == 202
        forged = sent.content.replace(b'"Create"', b'"Announce"')
        answer = await client.post(inbox, content=forged, headers=headers)
        assert answer.status_code == 401
    received = await other_fedify.wait_for("Create", object_id=blog.article(post))
    assert received.actor == blog.actor


async def test_e9_fedify_notices_that_our_key_changed(
    blog: RunningBlog, fedify: FedifyPeer
) -> None:
    await followed(blog, fedify)
    await rotate_key(blog.blog)
    update = await fedify.wait_for("Update", object_id=blog.actor)
    assert update.raw["object"]["publicKey"]["id"] == f"{blog.actor}#key-2"
    post = await blog.publish()
    await fedify.wait_for("Create", object_id=blog.article(post))
    await blog.delivered()
    rows = await blog.blog.db.rows("SELECT DISTINCT state, attempts FROM delivery")
    assert [tuple(row.values()) for row in rows] == [("done", 1)]


async def test_we_notice_that_fedifys_key_changed(blog: RunningBlog, fedify: FedifyPeer) -> None:
    await followed(blog, fedify)
    post = await blog.publish()
    await fedify.rotate("alice")
    await fedify.reply("alice", blog.article(post), "<p>With a new key.</p>")
    await until(lambda: shown(blog, "With a new key."))
    assert SECOND_KNOCK not in fedify.said()


async def _get(url: str) -> int:
    headers = {"Accept": "application/activity+json"}
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(url, headers=headers)).status_code
