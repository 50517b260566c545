"""A blog and other servers that share a clock, which the tests move on."""

from collections.abc import AsyncIterator
from itertools import cycle

import pytest

from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from tests.bench import Bench, RunningBlog, SettableClock


@pytest.fixture
def clock() -> SettableClock:
    """The time, for everybody."""
    return SettableClock()


@pytest.fixture
async def blog(bench: Bench, clock: SettableClock) -> AsyncIterator[RunningBlog]:
    """A running blog."""
    async with bench.start(clock=clock) as running_blog:
        yield running_blog


@pytest.fixture
async def town(
    people_keys: tuple[PrivateKey, ...], clock: SettableClock
) -> AsyncIterator[DemoServer]:
    """A second server, with Alice, Bob, Chiyo and Dana."""
    keys = cycle(people_keys)
    async with running(new_key=lambda: next(keys), clock=clock) as server:
        yield server


@pytest.fixture
async def village(
    people_keys: tuple[PrivateKey, ...], clock: SettableClock
) -> AsyncIterator[DemoServer]:
    """A third one, with people of the same names."""
    keys = cycle(people_keys)
    async with running(new_key=lambda: next(keys), clock=clock) as server:
        yield server
