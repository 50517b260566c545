"""Followers whose account or server is gone are dropped; nobody is for what may pass (H2)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
from starlette.responses import Response

from fediblog.demo.people import actor_document
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import ACTIVITY_JSON, encode
from fediblog.store.delivery_log import LoggedDelivery, list_deliveries
from fediblog.store.followers import Dropped, list_dropped, list_followers
from tests.admin.desk import desk_of
from tests.bench import RunningBlog, until
from tests.federation.records import activities


@pytest.fixture
async def town(blog: RunningBlog, people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """A server that is well, where Alice follows."""
    async with _server(blog, people_keys, "alice") as server:
        yield server


@asynccontextmanager
async def _server(
    blog: RunningBlog, people_keys: tuple[PrivateKey, ...], *names: str
) -> AsyncIterator[DemoServer]:
    """A server on the blog's clock, some of whose people follow."""
    keys = cycle(people_keys)
    async with running(clock=blog.clock, new_key=lambda: next(keys)) as server:
        for name in names:
            await server.follow(name, blog.actor)
        await blog.settled()
        await blog.delivered()
        yield server


@pytest.fixture
async def lost(blog: RunningBlog, people_keys: tuple[PrivateKey, ...]) -> DemoServer:
    """A server that is not there any more; Bob and Chiyo follow from it."""
    async with _server(blog, people_keys, "bob", "chiyo") as server:
        pass
    return server


async def test_a_server_that_is_gone_for_a_month_loses_its_followers(
    blog: RunningBlog, town: DemoServer, lost: DemoServer
) -> None:
    await _attempt(blog, "Post 0")
    for number in range(1, 6):
        await blog.later(timedelta(days=5))
        await _attempt(blog, f"Post {number}")
    assert await _followers(blog) == {"alice", "bob", "chiyo"}, "25 days are a holiday"

    # What waits is tried first then, and that is the seventh strike.
    await blog.later(timedelta(days=5))
    await _comes_to_follow(blog, {"alice"})
    await _attempt(blog, "For those who are there")
    dropped = await _dropped(blog)
    assert {each.name for each in dropped} == {"Bob 🚲", "千代"}
    assert all("has not answered since" in each.reason for each in dropped)
    mine = [each for each in await _deliveries(blog) if each.authority == authority_of(lost.origin)]
    assert "queued" not in {each.state for each in mine}
    assert mine[0].last_answer.startswith("dropped: ")
    told = [each["object"]["name"] for each in activities(town, "Create")]
    assert told == [*(f"Post {number}" for number in range(6)), "For those who are there"]

    async with desk_of(blog) as desk:
        page = await desk.page("/admin/followers")
        assert "Dropped" in page.text and "has not answered since" in page.text


async def test_a_server_that_answers_nothing_but_errors_is_lost_too(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.status_for_inbox = lambda _: 503
    for number in range(6):
        await _attempt(blog, f"Post {number}")
        await blog.later(timedelta(days=5))
    await blog.publish("The seventh strike")
    await _comes_to_follow(blog, set())


async def test_any_sign_of_life_takes_the_strikes_back(blog: RunningBlog, town: DemoServer) -> None:
    """Its people can still be heard, so it is only our way to it that is broken."""
    town.status_for_inbox = lambda _: 503
    post = await _attempt(blog, "Post 0")
    for number in range(1, 6):
        await blog.later(timedelta(days=5))
        await _attempt(blog, f"Post {number}")
    await town.like("alice", post)
    await blog.settled()
    for number in range(6, 12):
        await blog.later(timedelta(days=5))
        await _attempt(blog, f"Post {number}")
    assert await _followers(blog) == {"alice"}
    await blog.later(timedelta(days=5))
    await blog.publish("Post 12")
    await _comes_to_follow(blog, set())


async def test_a_delivery_that_arrives_takes_the_strikes_back(
    blog: RunningBlog, town: DemoServer
) -> None:
    for number in range(20):
        town.status_for_inbox = (lambda _: 503) if number % 5 else (lambda _: None)
        await _attempt(blog, f"Post {number}")
        await blog.later(timedelta(days=5))
    assert await _followers(blog) == {"alice"}


async def test_nobody_is_struck_while_our_own_network_is_down(
    blog: RunningBlog, people_keys: tuple[PrivateKey, ...], lost: DemoServer
) -> None:
    """Every server fails at once: then it is we who are not there."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_server(blog, people_keys, "alice"))
    for number in range(10):
        await _attempt(blog, f"Post {number}")
        await blog.later(timedelta(days=5))
    assert await _followers(blog) == {"alice", "bob", "chiyo"}
    rows = await blog.blog.db.rows("SELECT max(strikes) AS n FROM host")
    assert rows[0]["n"] <= 1, "one, as others answered within the hour before"


async def test_a_server_that_answered_once_is_asked_whether_we_reach_anybody(
    blog: RunningBlog, town: DemoServer, lost: DemoServer
) -> None:
    """Nothing goes out to it, so nobody knows how it does; asking once an hour is enough."""
    await blog.publish()
    await blog.delivered()
    await town.undo_follow("alice", blog.actor)
    await blog.settled()
    await blog.at_rest()
    town.requests.clear()
    for number in range(5):
        await blog.later(timedelta(days=5))
        await _attempt(blog, f"Post {number}")
    await blog.later(timedelta(days=5))
    await blog.publish("The seventh strike")
    await _comes_to_follow(blog, set())
    # Whenever it can be reached again, pictures that could not be had are fetched, too.
    asked = [each.path for each in town.requests if not each.path.startswith("/avatars/")]
    assert set(asked) == {"/users/alice"}
    assert 1 <= len(asked) <= 7


async def test_an_account_that_is_gone_is_dropped_an_hour_later(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.status_for_inbox = lambda _: 410
    town.gone.add("alice")
    await _attempt(blog, "A post")
    town.requests.clear()
    await blog.later(timedelta(minutes=50))
    await _attempt(blog, "Another")
    assert await _followers(blog) == {"alice"}
    await blog.later(timedelta(minutes=20))
    await _comes_to_follow(blog, set())
    [dropped] = await _dropped(blog)
    assert dropped.reason == "the inbox is gone, and the account too (410)"
    asked = [each.path for each in town.requests if each.method == "GET"]
    assert asked.count("/users/alice") == 1


async def test_an_inbox_that_is_not_there_today_has_a_day_to_come_back(
    blog: RunningBlog, town: DemoServer
) -> None:
    """404 is also what a server says on which somebody works."""
    town.responses["/users/alice"] = Response(status_code=404)
    town.status_for_inbox = lambda _: 404
    await _attempt(blog, "A post")
    await blog.later(timedelta(hours=23))
    await _attempt(blog, "Another")
    assert await _followers(blog) == {"alice"}
    del town.responses["/users/alice"]
    await blog.later(timedelta(hours=2))
    await _is_asked(blog)
    assert await _followers(blog) == {"alice"}
    assert await _dropped(blog) == []

    town.responses["/users/alice"] = Response(status_code=404)
    await _attempt(blog, "A third")
    await blog.later(timedelta(hours=25))
    await _comes_to_follow(blog, set())


async def test_an_origin_that_cannot_be_asked_drops_nobody(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.status_for_inbox = lambda _: 410
    town.responses["/users/alice"] = Response(status_code=503)
    await _attempt(blog, "A post")
    for _ in range(3):
        await blog.at_rest()
        town.requests.clear()
        await blog.later(timedelta(days=1, minutes=1))
        await until(lambda: _asked(town, "/users/alice"))
    assert await _followers(blog) == {"alice"}


async def test_an_inbox_that_has_moved_gets_what_the_old_one_did_not(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.status_for_inbox = lambda inbox: 410 if inbox == "/inbox" else None
    await _attempt(blog, "A post")
    moved = actor_document(town.person("alice"))
    del moved["endpoints"]
    town.responses["/users/alice"] = Response(encode(moved), media_type=ACTIVITY_JSON)
    await blog.later(timedelta(hours=2))

    async def arrived() -> bool:
        return len(activities(town, "Create")) == 1

    await until(arrived)
    assert town.received[-1].inbox == "/users/alice/inbox"
    assert await _followers(blog) == {"alice"}
    await blog.publish("Another")
    await blog.delivered()
    assert [each.inbox for each in town.received][-2:] == ["/users/alice/inbox"] * 2


async def _attempt(blog: RunningBlog, title: str) -> str:
    """Publish something, and wait until it was brought to every server that is not left alone for
    a while, because something older had its turn first; its id."""
    post = await blog.publish(title)
    await blog.at_rest()
    return blog.article(post)


async def _followers(blog: RunningBlog) -> set[str]:
    found = await list_followers(blog.blog.db, before=None, limit=50)
    return {each.uri.rpartition("/")[2] for each in found}


async def _comes_to_follow(blog: RunningBlog, names: set[str]) -> None:
    async def so() -> bool:
        return await _followers(blog) == names

    await until(so)


async def _is_asked(blog: RunningBlog) -> None:
    """Wait until nobody is to be asked for any more."""

    async def none_due() -> bool:
        rows: Any = await blog.blog.db.rows(
            "SELECT count(*) AS n FROM follower WHERE check_at IS NOT NULL"
        )
        return not rows[0]["n"]

    await until(none_due)


async def _asked(town: DemoServer, path: str) -> bool:
    return any(each.path == path and each.method == "GET" for each in town.requests)


async def _dropped(blog: RunningBlog) -> list[Dropped]:
    return list(await list_dropped(blog.blog.db, limit=9))


async def _deliveries(blog: RunningBlog) -> list[LoggedDelivery]:
    return list(await list_deliveries(blog.blog.db, None, before=None, limit=100))
