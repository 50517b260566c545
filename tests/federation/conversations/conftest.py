"""One blog and three servers for all conversations of a module: each has a post of its own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import cycle

import pytest_asyncio

from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from tests.federation.conversations.said import SERVERS
from tests.federation.shared_blog import bench, blog, database_url, folder

__all__ = ["bench", "blog", "database_url", "folder", "servers"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers(people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[list[DemoServer]]:
    """Servers on which people of the same names live."""
    keys = cycle(people_keys)
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(running(new_key=lambda: next(keys)))
            for _ in range(SERVERS)
        ]
