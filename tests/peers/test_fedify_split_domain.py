"""A Fedify server finds, follows and answers a blog whose handle is on another server (E4)."""

import pytest

from tests.bench import Bench
from tests.federation.handle_front import split_blog
from tests.peers.fedify_peer import FedifyPeer

pytestmark = pytest.mark.peer


async def test_a_blog_with_its_handle_elsewhere(bench: Bench, fedify: FedifyPeer) -> None:
    # The peer takes https on loopback for http, and follows no redirect from one to the other.
    async with split_blog(bench, scheme="https") as (blog, domain):
        for handle in (f"@blog@{domain}", f"@{blog.blog.addresses.username}@{blog.origin[7:]}"):
            found = await fedify.lookup(handle)
            assert (found["type"], found["id"]) == ("Person", blog.actor)

        follow = await fedify.follow("alice", f"@blog@{domain}")
        await fedify.wait_until_accepted(follow)
        post = await blog.publish("Hello")
        created = await fedify.wait_for("Create", object_id=blog.article(post))
        assert created.actor == blog.actor
        await fedify.reply("alice", blog.article(post), "<p>Found you.</p>")
        await blog.settled()
        assert "Found you." in (await blog.page(f"/articles/{post.key}")).text
