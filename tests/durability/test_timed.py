"""A scheduled post goes out once, whenever and however the server ends."""

from tests.bench import until
from tests.commands.answers import create
from tests.durability.inboxes import add_followers, listening_inboxes
from tests.durability.looking import let_leases_lapse
from tests.processes import Installation

FOLLOWERS = 20


async def test_a_kill_amid_a_scheduled_publication_leaves_nobody_out_and_tells_nobody_twice(
    place: Installation,
) -> None:
    """It is due while nothing runs; then the first server is killed as soon as anybody hears."""
    async with listening_inboxes(2) as inboxes:
        async with place.serving() as server:
            assert await server.stop() == 0
        await add_followers(place, inboxes.addresses(FOLLOWERS))
        await create(place, "Later", "--at", "2199-12-24T18:00")
        async with place.database() as db, db.transaction() as tx:
            await tx.execute("UPDATE post SET publish_at = 1")

        async def heard() -> bool:
            return bool(inboxes.received)

        async with place.serving() as server:
            await until(heard)
            await server.kill()
        await let_leases_lapse(place)

        async def all_heard() -> bool:
            return len(inboxes.received) == FOLLOWERS

        async with place.serving() as server:
            await until(all_heard)
            assert "Later" in await server.page("/")
            assert await server.stop() == 0
    assert len({activity for came in inboxes.received.values() for activity in came}) == 1
    async with place.database() as db:
        [row] = await db.rows("SELECT count(*) AS n FROM activity WHERE type = 'Create'")
        assert row["n"] == 1
