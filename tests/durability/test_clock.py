"""A clock that jumps by an hour: everything comes, if later, and nothing comes twice."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import cycle

import pytest

from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from tests.bench import RunningBlog
from tests.federation.records import activities

HOUR = timedelta(hours=1)


@pytest.fixture
async def town(blog: RunningBlog, people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """A server with a follower, whose clock jumps with the blog's."""
    keys = cycle(people_keys)
    async with running(clock=blog.clock, new_key=lambda: next(keys)) as server:
        await server.follow("alice", blog.actor)
        await blog.settled()
        await blog.delivered()
        yield server


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_what_comes_and_goes_before_and_after_a_jump_arrives_once(
    blog: RunningBlog, town: DemoServer, jump: timedelta
) -> None:
    town.status_for_inbox = lambda _: 503
    article = blog.article(await blog.publish("Before"))
    before = await town.reply("bob", article, "<p>Before.</p>")
    await blog.at_rest()
    assert activities(town, "Create") == []

    await blog.later(jump)
    town.status_for_inbox = lambda _: None
    await blog.publish("After")
    after = await town.reply("chiyo", before.id, "<p>After.</p>")
    await blog.at_rest()
    # What was put off by the clock of before is due when that time has come again.
    await blog.later(2 * HOUR)
    await blog.at_rest()

    told = [each["object"]["name"] for each in activities(town, "Create")]
    assert sorted(told) == ["After", "Before"]
    rows = await blog.blog.db.rows("SELECT uri, state FROM reply ORDER BY id")
    assert [(row["uri"], row["state"]) for row in rows] == [
        (before.id, "shown"),
        (after.id, "shown"),
    ]
