"""Fedify quotes the blog: it asks, is given an authorization, checks it, and loses it again."""

import pytest

from fediblog.actions.change_site import change_site
from fediblog.actions.revoke_quote import revoke_quote
from fediblog.store.quotes import get_quote
from tests.bench import RunningBlog
from tests.peers.fedify_peer import FedifyPeer, PeerError

pytestmark = pytest.mark.peer

_SITE = {"title": "A blog", "author_name": "Blog", "language": "en"}


async def test_a_quote_is_asked_for_authorized_and_revoked(
    blog: RunningBlog, fedify: FedifyPeer, other_fedify: FedifyPeer
) -> None:
    await other_fedify.wait_until_accepted(
        await other_fedify.follow("bob", f"@{blog.blog.addresses.handle}")
    )
    post = await blog.publish("A title")
    note = await fedify.quote("alice", blog.article(post), "<p>Look at this.</p>")
    await fedify.wait_for_quote(note, "accepted")
    assert await fedify.finds_authorized("bob", note)
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "Alice of Fedify" in page and "Look at this." in page

    quote = await get_quote(blog.blog.db, note)
    assert quote is not None and quote.key is not None
    await revoke_quote(blog.blog, quote.id)
    await fedify.wait_for_quote(note, "revoked")
    deleted = await other_fedify.wait_for("Delete")
    assert deleted.object_id == blog.blog.addresses.quote(quote.key)
    with pytest.raises(PeerError):
        await fedify.finds_authorized("bob", note)
    assert "Look at this." not in (await blog.page(f"/articles/{post.key}")).text


async def test_a_quote_that_the_author_does_not_want_is_rejected(
    blog: RunningBlog, fedify: FedifyPeer
) -> None:
    post = await blog.publish("A title")
    await change_site(blog.blog, _SITE | {"may_quote": "followers"})
    note = await fedify.quote("alice", blog.article(post), "<p>Look at this.</p>")
    await fedify.wait_for_quote(note, "rejected")

    await fedify.wait_until_accepted(await fedify.follow("alice", f"@{blog.blog.addresses.handle}"))
    other = await fedify.quote("alice", blog.article(post), "<p>Look again.</p>")
    await fedify.wait_for_quote(other, "accepted")
    assert await fedify.finds_authorized("alice", other)


async def test_a_quote_is_edited_and_deleted(blog: RunningBlog, fedify: FedifyPeer) -> None:
    post = await blog.publish("A title")
    note = await fedify.quote("alice", blog.article(post), "<p>Look at this.</p>")
    await fedify.wait_for_quote(note, "accepted")
    await fedify.edit("alice", note, "<p>Look here.</p>")
    await blog.settled()
    assert "Look here." in (await blog.page(f"/articles/{post.key}")).text

    await fedify.delete("alice", note)
    await blog.settled()
    assert "Look here." not in (await blog.page(f"/articles/{post.key}")).text
    with pytest.raises(PeerError):
        await fedify.finds_authorized("alice", note)
