"""A process that is told to stop while requests of its own are under way."""

import asyncio
import subprocess
from collections.abc import AsyncIterator

import pytest

from tests.bench import until
from tests.durability.inboxes import add_followers
from tests.durability.looking import let_leases_lapse, publish, states
from tests.processes import Installation
from tests.remote.server import RawServer, plain, running

#: Longer than a process may take to let go of what is under way, and shorter than a delivery that
#: nobody ends.
_LIMIT_SECONDS = 20.0


class Servers:
    """Two that have a follower each: one answers late, and one not at all. told: the process was
    told to stop, from when on the late one takes its time."""

    def __init__(self, late: RawServer, silent: RawServer) -> None:
        self.late, self.silent = late, silent
        self.told = asyncio.Event()
        late.answers["/inbox"] = self._answer_late
        silent.answers["/inbox"] = self._say_nothing

    def inboxes(self) -> list[str]:
        """Both addresses."""
        return [f"http://127.0.0.1:{each.port}/inbox" for each in (self.late, self.silent)]

    async def asked(self) -> bool:
        """Whether both have been asked."""
        return bool(self.late.requests and self.silent.requests)

    async def asked_again(self) -> bool:
        """Whether the silent one has been asked once more."""
        return len(self.silent.requests) == 2

    async def _answer_late(self, writer: asyncio.StreamWriter) -> None:
        await self.told.wait()
        await asyncio.sleep(1)
        writer.write(plain(202))
        await writer.drain()

    async def _say_nothing(self, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()


@pytest.fixture
async def servers(place: Installation) -> AsyncIterator[Servers]:
    """A post waits to be delivered to both of them, by a blog whose first start is over."""
    async with running() as late, running() as silent:
        servers = Servers(late, silent)
        async with place.serving() as server:
            assert await server.stop() == 0
        await add_followers(place, servers.inboxes())
        await publish(place)
        yield servers


async def test_a_server_that_is_told_to_stop_waits_for_answers_but_not_for_ever(
    place: Installation, servers: Servers
) -> None:
    async with place.serving() as server:
        await stop_amid_deliveries(servers, server.process)
        assert "Traceback" not in server.said()
    assert await states(place, "delivery") == {"done": 1, "queued": 1}
    await let_leases_lapse(place)

    async with place.serving() as server:
        await until(servers.asked_again)
        await server.kill()
    assert len(servers.late.requests) == 1


@pytest.mark.usefixtures("only_postgres")
async def test_a_worker_that_is_told_to_stop_waits_for_answers_but_not_for_ever(
    place: Installation, servers: Servers
) -> None:
    async with place.working(FEDIBLOG_URL=f"http://127.0.0.1:{place.port}") as worker:
        await stop_amid_deliveries(servers, worker)
    assert await states(place, "delivery") == {"done": 1, "queued": 1}


async def stop_amid_deliveries(servers: Servers, process: "subprocess.Popen[bytes]") -> None:
    """Tell it once both deliveries are under way; it ends well, and in time."""
    await until(servers.asked)
    process.terminate()
    servers.told.set()
    assert await asyncio.to_thread(process.wait, _LIMIT_SECONDS) == 0
