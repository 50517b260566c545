"""The second knock: servers that take one way of signing only are reached, and remembered (B4)."""

from collections.abc import Sequence

import pytest

from fediblog.demo.server import DemoServer
from fediblog.demo.state import Received
from fediblog.errors import RemoteRefused
from fediblog.protocol.signatures import Scheme
from tests.bench import Bench, RunningBlog
from tests.federation.records import activities

MODERN = frozenset({Scheme.RFC_9421})
OLD = frozenset({Scheme.CAVAGE})


def inbox_posts(town: DemoServer) -> int:
    return sum(asked.method == "POST" for asked in town.requests)


def creates(town: DemoServer) -> Sequence[Received]:
    return [each for each in town.received if each.activity["type"] == "Create"]


async def befriended(blog: RunningBlog, town: DemoServer) -> None:
    """Somebody follows, and what is asked of the server from here on is about the post alone."""
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    town.requests.clear()


async def scheme(blog: RunningBlog) -> Sequence[str]:
    rows = await blog.blog.db.rows("SELECT scheme FROM host WHERE scheme <> ''")
    return [row["scheme"] for row in rows]


async def test_draft_cavage_comes_first_and_one_knock_is_enough(
    blog: RunningBlog, town: DemoServer
) -> None:
    await befriended(blog, town)
    await blog.publish()
    await blog.delivered()
    assert (len(creates(town)), inbox_posts(town)) == (1, 1)
    assert "signature-input" not in dict(creates(town)[0].headers)
    assert await scheme(blog) == []


async def test_a_server_that_takes_rfc_9421_alone_is_reached_and_remembered(
    bench: Bench, town: DemoServer
) -> None:
    """The second knock is no other attempt; the next delivery, also after a restart, begins with
    what was taken."""
    async with bench.start() as blog:
        await befriended(blog, town)
        town.keyring.schemes = MODERN
        await blog.publish()
        await blog.delivered()
        assert (len(creates(town)), inbox_posts(town)) == (1, 2)
        attempts = await blog.blog.db.rows("SELECT DISTINCT attempts, state FROM delivery")
        assert [tuple(row.values()) for row in attempts] == [(1, "done")]
        await blog.publish("Another")
        await blog.delivered()
        assert (len(creates(town)), inbox_posts(town)) == (2, 3)
        assert await scheme(blog) == ["rfc9421"]
        origin = blog.origin
    async with bench.start(FEDIBLOG_URL=origin) as blog:
        await blog.publish("After the restart")
        await blog.delivered()
    assert (len(creates(town)), inbox_posts(town)) == (3, 4)


async def test_what_was_remembered_is_forgotten_when_it_is_refused(
    blog: RunningBlog, town: DemoServer
) -> None:
    await befriended(blog, town)
    for number, taken in enumerate((MODERN, OLD, MODERN), start=1):
        town.keyring.schemes = taken
        before = inbox_posts(town)
        await blog.publish(f"Number {number}")
        await blog.delivered()
        assert (len(creates(town)), inbox_posts(town) - before) == (number, 2)
        await blog.publish("Once more")
        await blog.delivered()
        assert inbox_posts(town) - before == 3
        town.received.pop()


async def test_a_refusal_of_both_is_one_attempt_and_teaches_nothing(
    blog: RunningBlog, town: DemoServer
) -> None:
    await befriended(blog, town)
    town.keyring.schemes = frozenset()
    await blog.publish()
    await blog.delivered()
    assert (len(activities(town, "Create")), inbox_posts(town)) == (0, 2)
    rows = await blog.blog.db.rows("SELECT attempts, state FROM delivery WHERE state = 'queued'")
    assert [tuple(row.values()) for row in rows] == [(1, "queued")]
    assert await scheme(blog) == []


@pytest.mark.parametrize("taken", [MODERN, OLD], ids=["rfc9421", "cavage"])
async def test_fetches_knock_twice_as_well(
    blog: RunningBlog, town: DemoServer, taken: frozenset[Scheme]
) -> None:
    town.require_signed_fetch = True
    town.keyring.schemes = taken
    alice = town.people["alice"].id
    for expected in (2, 1) if taken is MODERN else (1, 1):
        town.requests.clear()
        found = await blog.blog.remote.get_document(alice, sign=blog.blog.sign_as_instance())
        assert found.document["id"] == alice
        assert len([asked for asked in town.requests if asked.path == "/users/alice"]) == expected


async def test_a_fetch_that_is_refused_either_way_is_refused(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.require_signed_fetch = True
    town.keyring.schemes = frozenset()
    with pytest.raises(RemoteRefused):
        await blog.blog.remote.get_document(
            town.people["alice"].id, sign=blog.blog.sign_as_instance()
        )
    assert len(town.requests) == 2


async def test_an_unsigned_fetch_knocks_once(blog: RunningBlog, town: DemoServer) -> None:
    town.require_signed_fetch = True
    with pytest.raises(RemoteRefused):
        await blog.blog.remote.get_document(town.people["alice"].id, sign=None)
    assert len(town.requests) == 1
