"""One blog for all tests of a module: a refusal leaves nothing behind, so they can share it."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
import pytest_asyncio

from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from tests.bench import Bench, RunningBlog, SettableClock
from tests.federation.inbox.public import NAMES, ORIGIN, Public
from tests.federation.inbox.senders import Sender
from tests.federation.internet import internet
from tests.federation.shared_blog import bench, blog, database_url, folder

__all__ = [
    "alice", "bench", "blog", "bob", "database_url", "folder", "later", "public", "town", "village",
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """A server with Alice, Bob, Chiyo and Dana; the blog can know them already."""
    keys = cycle(people_keys)
    async with running(new_key=lambda: next(keys)) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def village(people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """Another server, on which people of the same names live, with other keys."""
    keys = cycle(reversed(people_keys))
    async with running(new_key=lambda: next(keys)) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def alice(blog: RunningBlog, town: DemoServer) -> Sender:
    """Alice, whom the blog knows: her Follow was accepted."""
    return await _acquainted(Sender(blog, town, "alice"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bob(blog: RunningBlog, town: DemoServer) -> Sender:
    """Bob, on the same server as Alice, whom the blog knows too."""
    return await _acquainted(Sender(blog, town, "bob"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def public(
    bench: Bench, folder: Path, people_keys: tuple[PrivateKey, ...]
) -> AsyncIterator[Public]:
    """A blog at https://fake.test, and servers with the names above."""
    clock, keys = SettableClock(), cycle(people_keys)
    async with (
        internet(folder, NAMES) as (net, connector),
        bench.start(clock=clock, connector=connector, FEDIBLOG_URL=ORIGIN) as blog,
    ):
        servers = {
            name: DemoServer(f"https://{name}", clock=clock, new_key=lambda: next(keys))
            for name in NAMES
        }
        net.apps.update({name: server.app for name, server in servers.items()})
        yield Public(blog, net, servers)
        for server in servers.values():
            await server.aclose()


@pytest.fixture
def later(public: Public) -> Iterator[SettableClock]:
    """The clock of everybody, put right again at the end."""
    yield public.blog.clock
    public.blog.clock.offset = timedelta()


async def _acquainted(sender: Sender) -> Sender:
    assert (await sender.send(sender.follow())).status_code == 202
    await sender.blog.settled()
    return sender
