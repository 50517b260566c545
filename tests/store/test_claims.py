"""Two processes never take the same row: each thing that is due is done once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from fediblog.actions.keep_backups import make_due_backup, want_backup
from fediblog.actions.post_form import PostForm
from fediblog.actions.publish_post import publish_due
from fediblog.actions.write_post import create_post
from fediblog.blog import Blog
from fediblog.opening import open_blog
from fediblog.remote.connector import Connector
from fediblog.store import actors, arrivals, crawls, outbox
from fediblog.store.actors import NewActor
from fediblog.store.arrivals import NewArrival
from fediblog.store.database import Database
from fediblog.store.followers import set_follower
from tests.bench import Bench, SettableClock

_ROWS = 40


#: Takes some rows; their ids.
Claim = Callable[[Database], Awaitable[Sequence[int]]]


@pytest.fixture
async def two(bench: Bench, only_postgres: None) -> AsyncIterator[tuple[Blog, Blog]]:
    """The parts of two processes, without their loops."""
    clock = SettableClock()
    settings = bench.settings(8000)
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(open_blog(settings, clock, Connector()))
            for _ in range(2)
        ]
        yield opened[0], opened[1]


async def taken(two: tuple[Blog, Blog], claim: Claim) -> list[int]:
    """The rows that both get who claim at once until there is nothing more, several times each."""
    found: list[int] = []

    async def take(blog: Blog) -> None:
        while rows := await claim(blog.db):
            found.extend(rows)

    await asyncio.gather(*(take(blog) for blog in two for _ in range(3)))
    return found


async def test_arrivals_deliveries_parents_and_walks_are_taken_once(
    two: tuple[Blog, Blog],
) -> None:
    blog, now = two[0], two[0].now_ms()
    later = now + 3_600_000
    async with blog.db.transaction() as tx:
        for number in range(_ROWS):
            actor = await actors.set_actor(tx, _actor(number), now)
            await set_follower(tx, actor, f"https://{number}.example/follow", now)
        await arrivals.add_arrivals(tx, [_arrival(number, now) for number in range(_ROWS)])
    for number in range(5):
        post = await create_post(blog, PostForm(title=f"Post {number}", body="Text."), publish=True)
        async with blog.db.transaction() as tx:
            await crawls.set_due(tx, post.id, now)

    async def take_arrivals(db: Database) -> list[int]:
        rows = await arrivals.claim_arrivals(db, now=now, lease_until=later, limit=3, at_once=6)
        return [row.id for row in rows]

    async def take_deliveries(db: Database) -> list[int]:
        due = blog.now_ms()
        rows = await outbox.claim_deliveries(db, failing=False, now=due, lease_until=later, limit=3)
        return [row.id for row in rows]

    async def take_walks(db: Database) -> list[int]:
        rows = await crawls.claim_crawls(db, now=now, lease_until=later, limit=1)
        return [row.post_id for row in rows]

    found = await taken(two, take_arrivals)
    assert len(found) == len(set(found)) == _ROWS
    found = await taken(two, take_deliveries)
    assert len(found) == len(set(found)) >= _ROWS
    found = await taken(two, take_walks)
    assert len(found) == len(set(found)) == 5


async def test_a_scheduled_post_is_published_once_and_a_backup_made_once(
    two: tuple[Blog, Blog],
) -> None:
    blog = two[0]
    moment = (blog.clock() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    form = PostForm(title="Later", body="Text.", publish_at=moment)
    await create_post(blog, form, publish=True)
    clock = blog.clock
    assert isinstance(clock, SettableClock)
    clock.offset += timedelta(hours=2)
    await asyncio.gather(*(publish_due(each) for each in two for _ in range(2)))
    rows = await blog.db.rows("SELECT version, state FROM post")
    assert [row["state"] for row in rows] == ["published"]
    sent = await blog.db.rows("SELECT count(*) AS n FROM activity")
    assert sent[0]["n"] == 1

    await want_backup(blog)
    made = await asyncio.gather(*(make_due_backup(each) for each in two))
    assert sorted(made) == [False, True]


def _actor(number: int) -> NewActor:
    origin = f"https://{number}.example"
    return NewActor(
        uri=f"{origin}/users/somebody",
        authority=f"{number}.example",
        type="Person",
        username="somebody",
        name="Somebody",
        page_url="",
        icon_url="",
        inbox=f"{origin}/inbox",
        shared_inbox="",
    )


def _arrival(number: int, now: int) -> NewArrival:
    return NewArrival(
        signature_hash=str(number),
        activity_id=f"https://{number}.example/1",
        type="Like",
        actor_uri=f"https://{number}.example/users/somebody",
        authority=f"{number}.example",
        lane=str(number),
        body=b"{}",
        received_at=now,
    )


async def test_what_an_earlier_attempt_says_of_an_arrival_counts_no_more(bench: Bench) -> None:
    async with open_blog(bench.settings(8000), SettableClock(), Connector()) as blog:
        async with blog.db.transaction() as tx:
            await arrivals.add_arrivals(tx, [_arrival(1, 1)])
        [first, claimed] = [
            each
            for now in (1_000, 3_000)
            for each in await arrivals.claim_arrivals(
                blog.db, now=now, lease_until=now + 1_000, limit=5, at_once=5
            )
        ]
        assert (first.attempts, claimed.attempts) == (1, 2)

        async def say(attempt: int) -> None:
            number = claimed.id
            async with blog.db.transaction() as tx:
                await arrivals.set_processed(
                    tx, number, attempt=attempt, state="failed", reason="late", keep_body=True
                )
                await arrivals.set_postponed(
                    tx, number, attempt=attempt, next_at=9_000, reason="late"
                )

        await say(1)
        [row] = await blog.db.rows("SELECT state, next_at, lease_until FROM arrival")
        assert (row["state"], row["next_at"], row["lease_until"]) == ("new", 1, 4_000)
        await say(2)
        [row] = await blog.db.rows("SELECT state, next_at, lease_until FROM arrival")
        assert (row["state"], row["next_at"], row["lease_until"]) == ("failed", 1, 0)
