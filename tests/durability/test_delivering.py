"""A published post reaches every follower, whenever and however the server ends."""

import asyncio

from tests.bench import until
from tests.durability.inboxes import Inboxes, add_followers, listening_inboxes
from tests.durability.looking import let_leases_lapse, publish, states
from tests.processes import Installation

FOLLOWERS = 100
SERVERS = 5


async def test_a_kill_amid_a_delivery_to_a_hundred_inboxes_leaves_none_out(
    place: Installation,
) -> None:
    async with listening_inboxes(SERVERS) as inboxes:
        await prepare(place, inboxes)
        async with place.serving() as server:
            await publish(place)
            await reached(inboxes, 40)
            await server.kill()
        before = sum(map(len, inboxes.received.values()))
        assert 40 <= before < FOLLOWERS
        await let_leases_lapse(place)

        async with place.serving() as server:
            await reached(inboxes, FOLLOWERS)
            await all_done(place)
            assert await server.stop() == 0
    check(inboxes, at_most_twice=before)


async def test_a_server_that_is_told_to_stop_amid_a_delivery_goes_on_after_its_start(
    place: Installation,
) -> None:
    async with listening_inboxes(SERVERS) as inboxes:
        await prepare(place, inboxes)
        async with place.serving() as server:
            await publish(place)
            await reached(inboxes, 40)
            async with asyncio.timeout(30):
                assert await server.stop() == 0
            assert "Traceback" not in server.said()
        before = sum(map(len, inboxes.received.values()))
        assert before < FOLLOWERS
        await let_leases_lapse(place)

        async with place.serving():
            await reached(inboxes, FOLLOWERS)
            await all_done(place)
    check(inboxes, at_most_twice=before)


async def prepare(place: Installation, inboxes: Inboxes) -> None:
    """A blog that told of itself before it had followers: its next start tells them nothing."""
    async with place.serving() as server:
        assert await server.stop() == 0
    await add_followers(place, inboxes.addresses(FOLLOWERS))


async def reached(inboxes: Inboxes, number: int) -> None:
    """Wait until so many inboxes have got something."""

    async def enough() -> bool:
        return len(inboxes.received) >= number

    await until(enough, seconds=60)


async def all_done(place: Installation) -> None:
    """Wait until every delivery has been recorded as done."""

    async def done() -> bool:
        return await states(place, "delivery") == {"done": FOLLOWERS}

    await until(done, seconds=60)


def check(inboxes: Inboxes, *, at_most_twice: int) -> None:
    """Every inbox got the one activity, and only what was in doubt came once more."""
    assert set(inboxes.received) == set(inboxes.addresses(FOLLOWERS))
    assert len({activity for came in inboxes.received.values() for activity in came}) == 1
    again = [inbox for inbox, came in inboxes.received.items() if len(came) > 1]
    assert max(map(len, inboxes.received.values())) <= 2
    assert len(again) <= min(at_most_twice, 2 * SERVERS), "two are under way for each server"
