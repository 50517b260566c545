"""What came of many deliveries at once, and who is asked when many servers fail at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest

from fediblog.actions.deliver import Attempt, record
from fediblog.actions.look_around import Surroundings
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from fediblog.store.hosts import list_standing
from fediblog.store.outbox import ClaimedDelivery, add_activity, add_deliveries
from tests.bench import RunningBlog

_FAR = 2**45
_NO_ROW = 2**70  # no database has such a number


@pytest.fixture
async def town(blog: RunningBlog, people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """A server where Alice follows, which answered lately."""
    keys = cycle(people_keys)
    async with running(clock=blog.clock, new_key=lambda: next(keys)) as server:
        await server.follow("alice", blog.actor)
        await blog.settled()
        await blog.delivered()
        yield server


async def test_one_that_cannot_be_written_takes_no_other_with_it(blog: RunningBlog) -> None:
    one, two, three = await _queued(blog, "one.test", "two.test", "three.test")
    broken = ClaimedDelivery(_NO_ROW, two.inbox, two.authority, b"", 1, two.created_at, "", 1, "")
    attempts = [
        Attempt(one, 202, "202"),
        Attempt(broken, 202, "202"),
        Attempt(two, None, "cannot be reached"),
        Attempt(three, 404, "404 who?"),
    ]
    await record(blog.blog, attempts)
    rows = await blog.blog.db.rows("SELECT id, state, last_answer FROM delivery")
    found = {row["id"]: (row["state"], row["last_answer"]) for row in rows}
    assert found[one.id] == ("done", "202")
    assert found[two.id] == ("queued", "cannot be reached")
    assert found[three.id] == ("failed", "404 who?")


async def test_of_several_answers_of_a_server_the_last_ones_count(blog: RunningBlog) -> None:
    first, second, third = await _queued(blog, "up.test", "up.test", "up.test")
    await record(
        blog.blog,
        [Attempt(first, 503, "503"), Attempt(second, 202, "202"), Attempt(third, 503, "503")],
    )
    assert await _failures(blog, "up.test") == 1
    again = await _queued(blog, "up.test", "up.test")
    await record(blog.blog, [Attempt(each, None, "nobody") for each in again])
    assert await _failures(blog, "up.test") == 3
    [last] = await _queued(blog, "up.test")
    await record(blog.blog, [Attempt(first, None, "nobody"), Attempt(last, 202, "202")])
    assert await _failures(blog, "up.test") == 0


async def test_a_witness_is_asked_once_however_many_servers_fail(
    blog: RunningBlog, town: DemoServer
) -> None:
    await blog.later(timedelta(hours=2))
    await blog.at_rest()
    surroundings = Surroundings()

    async def ask_for(count: int) -> int:
        town.requests.clear()
        names = [f"dead{number}.test" for number in range(count)]
        asked = (surroundings.are_well(blog.blog, name) for name in names)
        assert all(await asyncio.gather(*asked))
        return sum(each.path == "/users/alice" for each in town.requests)

    assert await ask_for(50) == 1
    assert await ask_for(50) == 0, "it has just answered"
    await blog.later(timedelta(hours=2))
    assert await ask_for(50) == 1


async def test_a_server_is_no_witness_for_itself(blog: RunningBlog, town: DemoServer) -> None:
    surroundings = Surroundings()
    authority = town.origin.partition("//")[2]
    assert await surroundings.are_well(blog.blog, "dead.test")
    assert not await surroundings.are_well(blog.blog, authority)


async def _queued(blog: RunningBlog, *authorities: str) -> list[ClaimedDelivery]:
    """Deliveries of an activity of their own to each of these servers, not due for long."""
    now = blog.blog.now_ms()
    made = []
    for authority in authorities:
        async with blog.blog.db.transaction() as tx:
            rows: Any = await tx.rows("SELECT count(*) AS n FROM activity")
            key, inbox = f"key{rows[0]['n']}", f"https://{authority}/inbox"
            number = await add_activity(
                tx, key=key, type="Create", object_uri=key, body=b"{}", now=now
            )
            await add_deliveries(tx, number, key, [(inbox, authority)], now, due=_FAR)
            rows = await tx.rows("SELECT id FROM delivery WHERE activity_id = $1", number)
            await tx.execute("UPDATE delivery SET attempts = 1 WHERE activity_id = $1", number)
        made.append(ClaimedDelivery(rows[0]["id"], inbox, authority, b"{}", 1, now, "", 1, ""))
    return made


async def _failures(blog: RunningBlog, authority: str) -> int:
    return (await list_standing(blog.blog.db, [authority]))[authority].failures
