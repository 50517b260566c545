"""Leases that a killed process leaves behind, where nobody can know that it is dead."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest

from fediblog.demo.server import DemoServer
from tests.bench import until
from tests.durability.inboxes import add_followers, listening_inboxes
from tests.durability.letters import Postbag, write
from tests.durability.looking import publish, states, thread_ids
from tests.processes import Installation

#: Longer than the leases: a minute for a delivery, two for an arrival.
_SECONDS = 160.0
#: So many that some wait yet when the replies have come: forty are served in a second.
_INBOXES = 200


@pytest.mark.long
async def test_work_that_a_killed_server_had_begun_is_taken_up_without_anybodys_help(
    place: Installation, towns: Sequence[DemoServer]
) -> None:
    async with listening_inboxes(2) as inboxes:
        assert (await place.run("migrate")).code == 0
        await add_followers(place, inboxes.addresses(_INBOXES))
        async with place.serving() as server:
            post = await publish(place)
            bag = Postbag(f"{server.origin}/inbox", await write(towns, post["id"], 100))
            await bag.send()
            await server.kill()
        assert len(bag.acknowledged) == 100
        assert (await states(place, "delivery"))["queued"] > 0

        async with place.serving() as server:

            async def everything_there() -> bool:
                listed = await thread_ids(server, post["id"])
                got = [set(ids) for ids in inboxes.received.values()]
                # The post, and before it who the blog is, which the first start tells.
                told = [ids for ids in got if len(ids) == 2]
                return len(listed) == 100 and len(told) == _INBOXES and told == got

            await until(everything_there, seconds=_SECONDS)
            await asyncio.sleep(1)
            assert await server.stop() == 0
    assert await states(place, "reply") == {"shown": 100}
    assert await states(place, "delivery") == {"done": 2 * _INBOXES}
    assert max(max(Counter(ids).values()) for ids in inboxes.received.values()) <= 2
