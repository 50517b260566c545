"""The blog moves to another account, says so, and can take it back (G10)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import cycle

import pytest

from fediblog.actions.blocking import set_blocked
from fediblog.actions.move_away import cancel_move, move_away
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.errors import Conflict, Invalid
from fediblog.protocol.keys import PrivateKey
from tests.bench import RunningBlog
from tests.federation.records import activities


@pytest.fixture
async def village(
    blog: RunningBlog, people_keys: tuple[PrivateKey, ...]
) -> AsyncIterator[DemoServer]:
    """Where the author goes on as Dana, who names the blog as an alias."""
    keys = cycle(people_keys)
    async with running(new_key=lambda: next(keys)) as server:
        server.people["dana"] = replace(server.person("dana"), also_known_as=(blog.actor,))
        yield server


async def test_followers_are_asked_to_go_along(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """After the actor says the same: some servers look there first."""
    dana = village.person("dana")
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    await move_away(blog.blog, f"@{dana.handle}")
    await blog.delivered()

    assert [each.activity["type"] for each in town.received][-2:] == ["Update", "Move"]
    [update], [move] = activities(town, "Update"), activities(town, "Move")
    assert update["object"]["movedTo"] == dana.id
    assert (move["actor"], move["object"], move["target"]) == (blog.actor, blog.actor, dana.id)
    assert move["to"] == [blog.blog.addresses.followers]
    assert (await blog.document(f"/users/{blog.blog.addresses.username}")).json() == (
        {"@context": update["@context"]} | update["object"]
    )
    assert (await blog.document(move["id"].removeprefix(blog.origin))).json() == move
    page = (await blog.page("/")).text
    assert "This blog has moved to" in page
    assert f'href="{dana.url}"' in page and f"@{dana.handle}" in page


async def test_it_can_be_taken_back(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    await move_away(blog.blog, village.person("dana").handle)
    await blog.delivered()
    await cancel_move(blog.blog)
    await blog.delivered()
    assert "movedTo" not in activities(town, "Update")[-1]["object"]
    assert len(activities(town, "Move")) == 1
    assert "has moved to" not in (await blog.page("/")).text
    with pytest.raises(Conflict, match="has not moved"):
        await cancel_move(blog.blog)


async def test_nobody_is_sent_where_the_blog_is_not_known(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    host = village.person("bob").handle.partition("@")[2]
    for handle, reason in (
        (village.person("bob").handle, "does not name"),
        (f"nobody@{host}", "knows nobody of this name"),
        ("x@127.0.0.1:1", "does not answer"),
        ("somebody", "as @user@host"),
        (blog.blog.addresses.handle, "is this blog itself"),
    ):
        with pytest.raises(Invalid, match=reason):
            await move_away(blog.blog, handle)
    await set_blocked(blog.blog, host, True)
    with pytest.raises(Invalid, match="have blocked"):
        await move_away(blog.blog, village.person("dana").handle)
    assert activities(town, "Move") == []
    assert "movedTo" not in (await blog.document("/users/blog")).json()
