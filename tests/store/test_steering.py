"""Deliveries that the author has tried or given up, also while attempts are under way."""

from collections.abc import AsyncIterator

import pytest

from fediblog.store.database import Database, open_database
from fediblog.store.delivery_log import get_progress, list_deliveries, list_tellings
from fediblog.store.hosts import set_failed
from fediblog.store.outbox import (
    ClaimedDelivery,
    add_activity,
    add_deliveries,
    claim_deliveries,
    set_finished,
    set_postponed,
)
from fediblog.store.rules import set_rule
from fediblog.store.steering import Which, end_pauses, give_up, hasten, queue_again
from tests.bench import Bench

_NOW = 1_700_000_000_000
_LEASE = 60_000
_LATER = _NOW + 3_600_000
_POST, _ONE, _TWO = "https://us.test/1", "https://one.test/inbox", "https://two.test/inbox"


@pytest.fixture
async def db(bench: Bench) -> AsyncIterator[Database]:
    """A database with its tables."""
    opened = await open_database(bench.database_url)
    yield opened
    await opened.close()


async def test_what_is_given_up_under_way_stays_so_unless_it_arrives(db: Database) -> None:
    for body, state, end in (("a", "failed", "failed"), ("b", "done", "done")):
        await _queue(db, body, f"{_POST}{body}")
        [claimed] = await _claim(db)
        await _give_up(db, Which("one", claimed.id))
        assert (await _states(db))[-1] == "failed"
        await _finish(db, claimed, state)
        assert (await _states(db))[-1] == end
    await _queue(db, "c", _POST)
    [claimed] = await _claim(db)
    await _give_up(db, Which("one", claimed.id))
    await _postpone(db, claimed)
    assert (await _states(db))[-1] == "failed", "a failed attempt has no say"


async def test_what_is_wanted_again_under_way_is_not_sent_twice_at_once(db: Database) -> None:
    await _queue(db, "a", _POST)
    [claimed] = await _claim(db)
    which = Which("one", claimed.id)
    await _give_up(db, which)
    assert await _again(db, which) == 1
    assert await _claim(db) == [], "the attempt is under way"
    await _postpone(db, claimed)
    assert await _states(db) == ["queued"]
    [second] = await _claim(db, now=_LATER)
    assert second.attempts == 2
    await _finish(db, claimed, "failed")
    assert await _states(db) == ["queued"], "the first attempt has no say in the second"


async def test_what_waits_goes_at_once_with_what_stands_before_it(db: Database) -> None:
    await _queue(db, "create", _POST)
    [create] = await _claim(db)
    await _queue(db, "update", _POST, kind="Update")
    await _postpone(db, create)
    async with db.transaction() as tx:
        await set_failed(tx, "one.test", failures=5, not_before=_LATER, answer="503")
    assert await _claim(db) == []
    [update, _] = await list_deliveries(db, None, before=None, limit=9)
    async with db.transaction() as tx:
        assert await hasten(tx, Which("one", update.id), _NOW) == 1
    assert await _claim(db) == [], "the server is left alone"
    async with db.transaction() as tx:
        await end_pauses(tx, Which("one", update.id))
    [first] = await _claim(db)
    assert first.body == b"create"


async def test_only_the_newest_thing_of_a_lane_is_sent_again(db: Database) -> None:
    await _queue(db, "create", _POST)
    [create] = await _claim(db)
    await _finish(db, create, "failed")
    await _queue(db, "update", _POST, kind="Update")
    [update] = await _claim(db)
    assert await _again(db, Which("one", create.id)) == 0, "the newer one is under way"
    await _finish(db, update, "failed")
    assert await _again(db, Which("server", "one.test")) == 1
    [again] = await _claim(db)
    assert (again.body, again.attempts) == (b"update", 2)


@pytest.mark.parametrize("why", ["erased", "forwarded", "blocked", "old", "blocks us", "nothing"])
async def test_what_must_not_go_out_any_more_does_not(db: Database, why: str) -> None:
    await _queue(db, "" if why == "erased" else "a", _POST, forwarded=why == "forwarded")
    [claimed] = await _claim(db)
    await _finish(db, claimed, "failed")
    async with db.transaction() as tx:
        if why == "blocked":
            await set_rule(
                tx, kind="server", value="one.test", label="", action="reject", note="", now=_NOW
            )
        if why == "blocks us":
            await tx.execute(
                "INSERT INTO actor (uri, authority, type, username, handle, name, page_url, "
                "icon_url, avatar, inbox, shared_inbox, fetched_at, blocks_us_at) VALUES "
                "('https://one.test/a', 'one.test', '', '', '', '', '', '', '', $1, '', 0, 1)",
                _ONE,
            )
    which = Which("server", "one.test")
    since = _NOW + 1 if why == "old" else 0
    async with db.transaction() as tx:
        assert await queue_again(tx, which, _NOW, since=since) == (1 if why == "nothing" else 0)


async def test_progress_counts_servers_and_one_inbox_is_enough(db: Database) -> None:
    await _queue(db, "a", _POST, _ONE, "https://one.test/other", _TWO, "https://three.test/inbox")
    [telling] = await list_tellings(db, _POST, limit=5)
    for claimed in await _claim(db):
        if claimed.inbox == _ONE:
            await _finish(db, claimed, "done")
        elif claimed.inbox == _TWO:
            await _finish(db, claimed, "failed")
    progress = await get_progress(db, telling.id)
    assert (progress.servers, progress.have, progress.waiting, progress.failed) == (3, 1, 1, 1)
    assert progress.unanswered == 2


async def _queue(
    db: Database,
    body: str,
    object_uri: str,
    *inboxes: str,
    kind: str = "Create",
    forwarded: bool = False,
) -> None:
    async with db.transaction() as tx:
        number = await add_activity(
            tx, key=f"{kind}-{body}", type=kind, object_uri=object_uri, body=body.encode(),
            now=_NOW, forwarded=forwarded,
        )  # fmt: skip
        pairs = [(inbox, inbox.split("/")[2]) for inbox in inboxes or (_ONE,)]
        await add_deliveries(tx, number, object_uri, pairs, _NOW)


async def _claim(db: Database, *, now: int = _NOW) -> list[ClaimedDelivery]:
    """What may go, to servers that are well and to those that failed."""
    return [
        claimed
        for failing in (False, True)
        for claimed in await claim_deliveries(
            db, failing=failing, now=now, lease_until=now + _LEASE, limit=64
        )
    ]


async def _give_up(db: Database, which: Which) -> None:
    async with db.transaction() as tx:
        assert await give_up(tx, which, _NOW) == 1


async def _again(db: Database, which: Which) -> int:
    async with db.transaction() as tx:
        return await queue_again(tx, which, _NOW)


async def _postpone(db: Database, delivery: ClaimedDelivery) -> None:
    async with db.transaction() as tx:
        await set_postponed(
            tx, delivery.id, attempt=delivery.attempts, next_at=_LATER, status=503, answer="503"
        )


async def _finish(db: Database, delivery: ClaimedDelivery, state: str) -> None:
    async with db.transaction() as tx:
        await set_finished(
            tx, delivery.id, attempt=delivery.attempts, state=state, status=None, answer="",
            now=_NOW,
        )  # fmt: skip


async def _states(db: Database) -> list[str]:
    """Of all deliveries, oldest first."""
    found = await list_deliveries(db, None, before=None, limit=50)
    return [each.state for each in reversed(found)]
