"""Deliveries that do not go well at first: tried again, in order, given up, held back."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import edit_post
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.demo.state import InboxAnswer
from fediblog.protocol.keys import PrivateKey
from fediblog.store.delivery_log import LoggedDelivery, list_deliveries
from tests.bench import RunningBlog, until
from tests.federation.records import activities


@pytest.fixture
async def town(blog: RunningBlog, people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """A server with a follower, and with the blog's clock: signatures of tomorrow hold there."""
    async with _server(blog, people_keys) as server:
        await server.follow("alice", blog.actor)
        await blog.settled()
        await blog.delivered()
        yield server


@pytest.fixture
async def second_town(
    blog: RunningBlog, people_keys: tuple[PrivateKey, ...]
) -> AsyncIterator[DemoServer]:
    """Another server with a follower."""
    async with _server(blog, people_keys) as server:
        await server.follow("bob", blog.actor)
        await blog.settled()
        await blog.delivered()
        yield server


def _server(
    blog: RunningBlog, people_keys: tuple[PrivateKey, ...]
) -> AbstractAsyncContextManager[DemoServer]:
    keys = cycle(people_keys)
    return running(clock=blog.clock, new_key=lambda: next(keys))


async def test_a_delivery_that_fails_is_tried_again_with_the_same_id(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.status_for_inbox = lambda _: 503
    await blog.publish()
    await _turned_away(blog, town, 1)
    failed = await _delivery(blog, "Create")
    assert (failed.state, failed.attempts) == ("queued", 1)
    assert failed.last_answer.startswith("503")

    town.status_for_inbox = lambda _: None
    await blog.later(timedelta(minutes=1))
    await blog.delivered()
    first, second = town.turned_away[0], town.received[-1]
    assert second.activity["id"] == first.activity["id"]
    assert second.body == first.body
    done = await _delivery(blog, "Create")
    assert (done.state, done.attempts) == ("done", 2)


async def test_every_attempt_is_signed_anew(blog: RunningBlog, town: DemoServer) -> None:
    """0.19: the town takes no signature that is older than an hour."""
    town.status_for_inbox = lambda _: 503
    await blog.publish()
    await _turned_away(blog, town, 1)
    town.status_for_inbox = lambda _: None
    await blog.later(timedelta(days=2))
    await blog.delivered()

    assert town.refused == []
    dates = [dict(each.headers)["date"] for each in (town.turned_away[0], town.received[-1])]
    assert dates[0] != dates[1]


async def test_the_waits_grow(blog: RunningBlog, town: DemoServer) -> None:
    """H2: half a minute, two minutes, eight minutes, each give or take a fifth."""
    blog.clock.fixed = datetime.now(UTC)
    town.status_for_inbox = lambda _: 503
    await blog.publish()
    for attempt, seconds in enumerate((30, 120, 480), start=1):
        await _turned_away(blog, town, attempt)
        wait = (await _delivery(blog, "Create")).next_at - blog.blog.now_ms()
        assert seconds * 800 <= wait <= seconds * 1200
        await blog.later(timedelta(seconds=seconds * 1.2 + 1))


async def test_retry_after_is_honoured(blog: RunningBlog, town: DemoServer) -> None:
    town.status_for_inbox = lambda _: InboxAnswer(503, retry_after=3600)
    await blog.publish()
    await _turned_away(blog, town, 1)
    town.status_for_inbox = lambda _: None

    await blog.later(timedelta(minutes=59))
    await blog.at_rest()
    assert activities(town, "Create") == []
    await blog.later(timedelta(minutes=2))
    await blog.delivered()
    assert len(activities(town, "Create")) == 1


async def test_what_may_pass_is_tried_again(blog: RunningBlog, town: DemoServer) -> None:
    """H1, H2: not now, not with this signature, or something broken over there."""
    for count, status in enumerate((401, 408, 425, 429, 500, 502, 302), start=1):
        town.status_for_inbox = deque(_knocks(status))
        before = len(town.turned_away)
        await blog.publish()
        await _turned_away(blog, town, before + len(_knocks(status)))
        assert len(activities(town, "Create")) == count - 1
        await blog.later(timedelta(minutes=1))
        await blog.delivered()
        assert len(activities(town, "Create")) == count, status


async def test_what_will_not_pass_ends_the_delivery(blog: RunningBlog, town: DemoServer) -> None:
    statuses = (400, 403, 404, 405, 406, 410, 413, 422, 501)
    for status in statuses:
        town.status_for_inbox = deque(_knocks(status))
        before = len(town.turned_away)
        await blog.publish()
        await _turned_away(blog, town, before + len(_knocks(status)))
        await blog.delivered()
        delivery = await _delivery(blog, "Create")
        assert (delivery.state, delivery.attempts) == ("failed", 1), status
        assert delivery.last_answer.startswith(str(status))
        assert delivery.finished_at is not None

    await blog.later(timedelta(days=30))
    await blog.at_rest()
    assert activities(town, "Create") == []


async def test_an_update_never_overtakes_a_create_that_is_tried_again(
    blog: RunningBlog, town: DemoServer
) -> None:
    """H3."""
    town.status_for_inbox = lambda _: 503
    post = await blog.publish("First")
    await _turned_away(blog, town, 1)
    town.status_for_inbox = lambda _: None
    await edit_post(blog.blog, post.key, PostForm("Second", "Text."))
    await blog.at_rest()
    assert _titles(town) == []

    await blog.later(timedelta(minutes=1))
    await blog.delivered()
    assert _titles(town) == [("Create", "First"), ("Update", "Second")]


async def test_of_several_updates_that_wait_only_the_last_is_sent(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.status_for_inbox = lambda _: 503
    post = await blog.publish("First")
    await _turned_away(blog, town, 1)
    town.status_for_inbox = lambda _: None
    for title in ("Second", "Third", "Fourth"):
        await edit_post(blog.blog, post.key, PostForm(title, "Text."))

    await blog.later(timedelta(minutes=1))
    await blog.delivered()
    assert _titles(town) == [("Create", "First"), ("Update", "Fourth")]


async def test_a_create_that_is_refused_for_good_lets_the_update_go(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.status_for_inbox = lambda _: 422
    post = await blog.publish("First")
    await _turned_away(blog, town, 1)
    await blog.delivered()
    town.status_for_inbox = lambda _: None
    await edit_post(blog.blog, post.key, PostForm("Second", "Text."))
    await blog.delivered()
    assert _titles(town) == [("Update", "Second")]


async def test_different_posts_do_not_wait_for_each_other(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.status_for_inbox = deque([503])
    await blog.publish("First")
    await _turned_away(blog, town, 1)
    await blog.publish("Second")
    await blog.delivered()
    assert _titles(town) == [("Create", "Second")]


async def test_a_slow_server_does_not_hold_up_others(
    blog: RunningBlog, town: DemoServer, second_town: DemoServer
) -> None:
    released = asyncio.Event()

    class Slow(Response):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await released.wait()
            await super().__call__(scope, receive, send)

    town.responses["/inbox"] = Slow(status_code=503)
    for number in range(4):
        await blog.publish(f"Post {number}")

    async def all_there() -> bool:
        return len(activities(second_town, "Create")) == 4

    # Sooner than the slow one is given up, after which it would be the others' turn anyway.
    await until(all_there, seconds=25.0)
    released.set()


async def test_a_server_that_is_not_there_is_tried_again(
    blog: RunningBlog, people_keys: tuple[PrivateKey, ...]
) -> None:
    async with _server(blog, people_keys) as lost:
        await lost.follow("alice", blog.actor)
        await blog.settled()
        await blog.delivered()
    await blog.publish()

    async def was_tried() -> bool:
        return (await _delivery(blog, "Create")).last_answer != ""

    await until(was_tried)
    await blog.at_rest()
    delivery = await _delivery(blog, "Create")
    assert (delivery.state, delivery.attempts) == ("queued", 1)
    assert delivery.next_at > blog.blog.now_ms()


async def test_a_server_that_fails_five_times_in_a_row_is_left_alone_and_probed(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.status_for_inbox = lambda _: 500
    for number in range(5):
        await blog.publish(f"Post {number}")
        await _turned_away(blog, town, number + 1)
    await blog.publish("Held back")
    await blog.later(timedelta(minutes=2))
    await blog.at_rest()
    assert len(town.turned_away) == 5

    await blog.later(timedelta(minutes=29))
    await _turned_away(blog, town, 6)
    assert len(town.turned_away) == 6, "one probe, and the pause begins anew"

    town.status_for_inbox = lambda _: None
    await blog.later(timedelta(hours=5))
    await blog.delivered()
    assert len(activities(town, "Create")) == 6


async def test_a_delivery_is_given_up_with_its_last_answer_kept(
    blog: RunningBlog, town: DemoServer
) -> None:
    """H2: 15 attempts in about a week."""
    town.status_for_inbox = lambda _: 503
    await blog.publish()
    for attempt in range(1, 16):
        await _turned_away(blog, town, attempt)
        await blog.later(await _until_next_attempt(blog))
    await blog.at_rest()

    assert len(town.turned_away) == 15
    delivery = await _delivery(blog, "Create")
    assert (delivery.state, delivery.attempts) == ("failed", 15)
    assert delivery.last_answer.startswith("503")
    assert len({each.activity["id"] for each in town.turned_away}) == 1


async def test_a_delivery_is_given_up_after_a_week_however_few_attempts_there_were(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.status_for_inbox = lambda _: 503
    await blog.publish()
    await _turned_away(blog, town, 1)
    await blog.later(timedelta(days=9))
    await _turned_away(blog, town, 2)
    await blog.later(timedelta(days=9))
    await blog.at_rest()
    assert len(town.turned_away) == 2
    assert (await _delivery(blog, "Create")).state == "failed"


async def test_the_accept_of_a_follow_is_tried_again_too(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.status_for_inbox = lambda _: 503
    await town.follow("bob", blog.actor)
    await _turned_away(blog, town, 1)
    town.status_for_inbox = lambda _: None
    await blog.later(timedelta(minutes=1))
    await blog.delivered()
    assert town.following["bob"] == {blog.actor}


def _titles(town: DemoServer) -> list[tuple[str, str]]:
    """What reached the town about posts."""
    return [
        (each.activity["type"], each.activity["object"]["name"])
        for each in town.received
        if each.activity["type"] in {"Create", "Update"}
    ]


async def _turned_away(blog: RunningBlog, town: DemoServer, count: int) -> None:
    """Wait until so many deliveries have failed at the town, and what came of them is written."""

    async def so_many() -> bool:
        return len(town.turned_away) >= count

    await until(so_many)
    await blog.at_rest()


async def _until_next_attempt(blog: RunningBlog) -> timedelta:
    """How long until the newest delivery is due and its server in no pause."""
    rows = await blog.blog.db.rows("SELECT MAX(not_before) AS ends FROM host")
    due = max((await _delivery(blog, "Create")).next_at, int(rows[0]["ends"]))
    return timedelta(milliseconds=max(due - blog.blog.now_ms(), 0) + 1000)


async def _delivery(blog: RunningBlog, kind: str) -> LoggedDelivery:
    """The newest delivery of an activity of this type."""
    deliveries = await list_deliveries(blog.blog.db, None, before=None, limit=50)
    return next(each for each in deliveries if each.type == kind)


def _knocks(status: int) -> list[int]:
    """The answers to one attempt: there is a second knock if it may be the signature (B4)."""
    return [status] * (2 if status in {400, 401} else 1)
