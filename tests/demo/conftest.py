"""Two servers on loopback: one with people, and one on which somebody keeps a blog."""

from collections.abc import AsyncIterator
from itertools import cycle

import pytest

from fediblog.demo.cast import Character
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey

BLOG = Character("blog", "A blog", "<p>Posts.</p>")


@pytest.fixture(scope="session")
def key_pool() -> tuple[PrivateKey, ...]:
    """Keys enough for the people of two servers; making them takes longer than most tests."""
    return tuple(PrivateKey.generate() for _ in range(7))


@pytest.fixture
async def town(key_pool: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """Alice, Bob, Chiyo and Dana."""
    keys = cycle(key_pool[:5])
    async with running(new_key=lambda: next(keys)) as server:
        yield server


@pytest.fixture
async def other(key_pool: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """A server on which only the blog lives."""
    keys = cycle(key_pool[5:])
    async with running(cast=[BLOG], new_key=lambda: next(keys)) as server:
        yield server
