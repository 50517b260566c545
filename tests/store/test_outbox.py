"""Claims: who may send what, and when; nothing twice at once, nothing out of order."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from fediblog.store.database import Database, open_database
from fediblog.store.hosts import set_failed, set_reached
from fediblog.store.migrating import migrate
from fediblog.store.outbox import (
    ClaimedDelivery,
    add_activity,
    add_deliveries,
    cancel_unsent,
    cancel_updates,
    claim_deliveries,
    count_deliveries,
    list_object_inboxes,
    readdress,
    release_deliveries,
    set_finished,
    set_postponed,
)
from fediblog.store.tombstones import add_tombstone

_NOW = 1_700_000_000_000
_LEASE = 45_000
_POST, _OTHER = "https://us.test/articles/1", "https://us.test/articles/2"
_ONE, _TWO = "https://one.test/inbox", "https://two.test/inbox"


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A database with its tables."""
    await migrate(database_url)
    opened = await open_database(database_url)
    yield opened
    await opened.close()


async def test_a_claim_gives_what_is_to_be_sent(db: Database) -> None:
    await _queue(db, "a", _POST, _ONE)
    [claimed] = await _claim(db)
    assert (claimed.inbox, claimed.authority) == (_ONE, "one.test")
    assert (claimed.body, claimed.attempts) == (b"a", 1)


async def test_an_inbox_is_queued_once_for_an_activity(db: Database) -> None:
    await _queue(db, "a", _POST, _ONE, _TWO, _ONE)
    assert (await count_deliveries(db, [_POST]))[_POST] == {"queued": 2}


async def test_a_new_inbox_gets_what_is_still_true_and_ours(db: Database) -> None:
    new = "https://one.test/new"
    async with db.transaction() as tx:
        for key, uri, forwarded in (("a", _POST, False), ("b", _OTHER, False), ("c", _POST, True)):
            number = await add_activity(
                tx, key=key, type="Create", object_uri=uri, body=key.encode(), now=_NOW,
                forwarded=forwarded,
            )  # fmt: skip
            await add_deliveries(tx, number, uri, [(_ONE, "one.test")], _NOW)
    for each in [await _claim(db), await _claim(db, now=_NOW + 1)]:
        for claimed in each:
            async with db.transaction() as tx:
                await set_finished(
                    tx, claimed.id, attempt=1, state="failed", status=410, answer="", now=_NOW
                )
    async with db.transaction() as tx:
        await add_tombstone(tx, _OTHER, "https://us.test/users/blog", _NOW)
        await readdress(tx, _ONE, new, "one.test", _NOW + 2)
    rows = await db.rows(
        "SELECT a.key FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE d.inbox = $1",
        new,
    )
    assert [row["key"] for row in rows] == ["a"]


async def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(db: Database) -> None:
    await _queue(db, "a", _POST, _ONE)
    [first] = await _claim(db)
    assert await _claim(db, now=_NOW + _LEASE - 1) == []
    [second] = await _claim(db, now=_NOW + _LEASE)
    assert (second.id, second.body) == (first.id, first.body)
    assert second.attempts == 2


@pytest.mark.parametrize("end", ["postponed", "failed"])
async def test_an_attempt_that_outlived_its_lease_leaves_the_next_one_alone(
    db: Database, end: str
) -> None:
    """The machine slept through the lease, and another process has taken the delivery up."""
    await _queue(db, "a", _POST, _ONE)
    [slept] = await _claim(db)
    [other] = await _claim(db, now=_NOW + _LEASE)
    await (_postpone(db, slept, _NOW) if end == "postponed" else _finish(db, slept, "failed"))
    assert await _claim(db, now=_NOW + _LEASE + 1) == [], "it is under way"
    assert (await count_deliveries(db, [_POST]))[_POST] == {"queued": 1}
    await _finish(db, other, "done")
    assert (await count_deliveries(db, [_POST]))[_POST] == {"done": 1}


async def test_what_arrived_has_arrived_whichever_attempt_brought_it(db: Database) -> None:
    await _queue(db, "a", _POST, _ONE)
    [slept] = await _claim(db)
    [other] = await _claim(db, now=_NOW + _LEASE)
    await _finish(db, slept, "done")
    await _finish(db, other, "failed")
    assert (await count_deliveries(db, [_POST]))[_POST] == {"done": 1}


async def test_a_released_lease_ends_at_once(db: Database) -> None:
    """On SQLite a process that has just started knows that no other one holds any."""
    await _queue(db, "a", _POST, _ONE)
    await _claim(db)
    async with db.transaction() as tx:
        await release_deliveries(tx)
    assert len(await _claim(db)) == 1


async def test_two_that_claim_at_the_same_time_do_not_get_the_same(db: Database) -> None:
    for number in range(10):
        await _queue(db, str(number), f"{_POST}{number}", f"https://{number}.test/inbox")
    claims = await asyncio.gather(*(_claim(db, limit=4) for _ in range(5)))
    numbers = [delivery.id for claimed in claims for delivery in claimed]
    assert len(numbers) == len(set(numbers))
    numbers += [delivery.id for delivery in await _claim(db)]
    assert len(set(numbers)) == 10


async def test_what_is_not_due_is_left(db: Database) -> None:
    await _queue(db, "a", _POST, _ONE)
    [claimed] = await _claim(db)
    await _postpone(db, claimed, _NOW + 30_000)
    assert await _claim(db, now=_NOW + 29_999) == []
    assert len(await _claim(db, now=_NOW + 30_000)) == 1


async def test_within_a_lane_only_the_oldest_goes(db: Database) -> None:
    """H3: one inbox gets what is about one object in order, also while the first is retried."""
    await _queue(db, "create", _POST, _ONE)
    await _queue(db, "update", _POST, _ONE, kind="Update")
    [create] = await _claim(db)
    assert create.body == b"create"
    assert await _claim(db) == []
    await _postpone(db, create, _NOW + 30_000)
    assert await _claim(db) == []
    [create] = await _claim(db, now=_NOW + 30_000)
    await _finish(db, create, "done")
    [update] = await _claim(db, now=_NOW + 30_000)
    assert update.body == b"update"


async def test_a_lane_goes_on_after_a_delivery_that_failed_for_good(db: Database) -> None:
    await _queue(db, "create", _POST, _ONE)
    await _queue(db, "update", _POST, _ONE, kind="Update")
    [create] = await _claim(db)
    await _finish(db, create, "failed")
    [update] = await _claim(db)
    assert update.body == b"update"


async def test_a_server_gets_two_at_once(db: Database) -> None:
    for number in range(5):
        await _queue(db, str(number), f"{_POST}{number}", _ONE)
    await _queue(db, "other", _OTHER, _TWO)
    first = await _claim(db)
    assert sorted(delivery.authority for delivery in first) == ["one.test", "one.test", "two.test"]
    assert await _claim(db) == []
    await _finish(db, next(each for each in first if each.inbox == _ONE), "done")
    [third] = await _claim(db)
    assert third.body == b"2"


async def test_a_server_that_fails_gets_one_at_once(db: Database) -> None:
    for number in range(3):
        await _queue(db, str(number), f"{_POST}{number}", _ONE)
    await _fail(db, failures=1, not_before=0)
    assert len(await _claim(db)) == 1
    assert await _claim(db) == []


async def test_servers_that_fail_take_no_place_of_those_that_are_well(db: Database) -> None:
    await _queue(db, "a", _POST, _ONE, _TWO)
    await _fail(db, failures=1, not_before=0)
    until = _NOW + _LEASE
    for failing, authority in ((False, "two.test"), (True, "one.test")):
        [claimed] = await claim_deliveries(
            db, failing=failing, now=_NOW, lease_until=until, limit=9
        )
        assert claimed.authority == authority


async def test_a_server_in_a_pause_gets_nothing_until_it_ends(db: Database) -> None:
    for number in range(3):
        await _queue(db, str(number), f"{_POST}{number}", _ONE)
    await _queue(db, "other", _OTHER, _TWO)
    await _fail(db, failures=5, not_before=_NOW + 1000)
    assert [delivery.authority for delivery in await _claim(db)] == ["two.test"]
    assert [delivery.authority for delivery in await _claim(db, now=_NOW + 1000)] == ["one.test"]


async def test_a_server_that_answers_is_well_again(db: Database) -> None:
    for number in range(3):
        await _queue(db, str(number), f"{_POST}{number}", _ONE)
    await _fail(db, failures=5, not_before=_NOW + 1000)
    async with db.transaction() as tx:
        await set_reached(tx, ["one.test"], _NOW)
    assert len(await _claim(db)) == 2


async def test_many_for_a_server_that_is_down_leave_room_for_others(db: Database) -> None:
    """A limit is not used up by what may not go anyway."""
    for number in range(30):
        await _queue(db, str(number), f"{_POST}{number}", _ONE)
    await _queue(db, "other", _OTHER, _TWO)
    await _fail(db, failures=5, not_before=_NOW + 1000)
    [claimed] = await _claim(db, limit=3)
    assert claimed.authority == "two.test"


async def test_a_newer_update_replaces_those_that_wait(db: Database) -> None:
    await _queue(db, "create", _POST, _ONE)
    await _queue(db, "update", _POST, _ONE, _TWO, kind="Update")
    await _queue(db, "unrelated", _OTHER, _ONE, kind="Update")
    async with db.transaction() as tx:
        await cancel_updates(tx, _POST, _NOW)
    assert (await count_deliveries(db, [_POST]))[_POST] == {"queued": 1, "cancelled": 2}
    assert (await count_deliveries(db, [_OTHER]))[_OTHER] == {"queued": 1}


async def test_an_update_that_was_attempted_is_not_replaced(db: Database) -> None:
    """It may have come; then it must come before the newer one, and in its place."""
    await _queue(db, "update", _POST, _ONE, kind="Update")
    await _claim(db)
    async with db.transaction() as tx:
        await cancel_updates(tx, _POST, _NOW)
    assert (await count_deliveries(db, [_POST]))[_POST] == {"queued": 1}


async def test_what_was_never_attempted_is_cancelled_and_forgotten(db: Database) -> None:
    await _queue(db, "create", _POST, _ONE, _TWO)
    [one, two] = sorted(await _claim(db), key=lambda delivery: delivery.inbox)
    await _finish(db, one, "done")
    await _postpone(db, two, _NOW + 1)
    await _queue(db, "late", _POST, "https://three.test/inbox")
    async with db.transaction() as tx:
        await cancel_unsent(tx, _POST, _NOW)
    assert (await count_deliveries(db, [_POST]))[_POST] == {"done": 1, "queued": 1, "cancelled": 1}
    assert sorted(await list_object_inboxes(db, _POST)) == [_ONE, _TWO]


async def _queue(
    db: Database, body: str, object_uri: str, *inboxes: str, kind: str = "Create"
) -> None:
    async with db.transaction() as tx:
        number = await add_activity(
            tx,
            key=f"{kind}-{body}",
            type=kind,
            object_uri=object_uri,
            body=body.encode(),
            now=_NOW,
        )
        pairs = [(inbox, inbox.split("/")[2]) for inbox in inboxes]
        await add_deliveries(tx, number, object_uri, pairs, _NOW)


async def _claim(db: Database, *, now: int = _NOW, limit: int = 64) -> list[ClaimedDelivery]:
    """What the two loops would take: of those that are well, and of those that fail."""
    until = now + _LEASE
    return [
        delivery
        for failing in (False, True)
        for delivery in await claim_deliveries(
            db, failing=failing, now=now, lease_until=until, limit=limit
        )
    ]


async def _postpone(db: Database, delivery: ClaimedDelivery, next_at: int) -> None:
    async with db.transaction() as tx:
        await set_postponed(
            tx,
            delivery.id,
            attempt=delivery.attempts,
            next_at=next_at,
            status=503,
            answer="503",
        )


async def _finish(db: Database, delivery: ClaimedDelivery, state: str) -> None:
    async with db.transaction() as tx:
        await set_finished(
            tx,
            delivery.id,
            attempt=delivery.attempts,
            state=state,
            status=None,
            answer="",
            now=_NOW,
        )


async def _fail(db: Database, *, failures: int, not_before: int) -> None:
    async with db.transaction() as tx:
        await set_failed(tx, "one.test", failures=failures, not_before=not_before, answer="500")
