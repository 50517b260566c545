"""What was acknowledged is kept, whenever and however the server ends."""

import asyncio
from collections.abc import Sequence

from fediblog.demo.server import DemoServer
from tests.bench import until
from tests.durability.letters import Postbag, write
from tests.durability.looking import let_leases_lapse, publish, shown_numbers, states, thread_ids
from tests.processes import Installation, Server


async def test_a_kill_amid_a_thousand_replies_loses_none_that_was_acknowledged(
    place: Installation, towns: Sequence[DemoServer]
) -> None:
    async with place.serving() as server:
        post = await publish(place)
        bag = Postbag(f"{server.origin}/inbox", await write(towns, post["id"], 1000))
        sending = asyncio.create_task(bag.send())
        await reached(bag, 400)
        await server.kill()
        await sending
    kept = frozenset(bag.acknowledged)
    assert 400 <= len(kept) < 1000
    await let_leases_lapse(place)

    async with place.serving() as server:
        await shown(server, post["id"], kept)
        await bag.send()
        await shown(server, post["id"], {letter.note.id for letter in bag.letters})
        listed = await thread_ids(server, post["id"])
        numbers = await shown_numbers(server, post["url"])
        assert await server.stop() == 0
    assert len(listed) == len(set(listed)) == 1000
    assert len(numbers) == len(set(numbers)) == 1000
    assert await states(place, "reply") == {"shown": 1000}


async def test_a_server_that_is_told_to_stop_amid_replies_ends_well_and_loses_none(
    place: Installation, towns: Sequence[DemoServer]
) -> None:
    async with place.serving() as server:
        post = await publish(place)
        bag = Postbag(f"{server.origin}/inbox", await write(towns, post["id"], 300))
        sending = asyncio.create_task(bag.send())
        await reached(bag, 100)
        async with asyncio.timeout(30):
            assert await server.stop() == 0
        await sending
        assert "Traceback" not in server.said()
    assert 100 <= len(bag.acknowledged) < 300
    await let_leases_lapse(place)

    async with place.serving() as server:
        await shown(server, post["id"], bag.acknowledged)
        listed = await thread_ids(server, post["id"])
    assert len(listed) == len(set(listed))


async def reached(bag: Postbag, number: int) -> None:
    """Wait until so many have been acknowledged."""

    async def enough() -> bool:
        return len(bag.acknowledged) >= number

    await until(enough, seconds=60)


async def shown(server: Server, article: str, expected: frozenset[str] | set[str]) -> None:
    """Wait until all of these stand in the thread."""

    async def all_there() -> bool:
        return set(await thread_ids(server, article)) >= expected

    await until(all_there, seconds=90)
