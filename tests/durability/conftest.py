"""A blog whose server a test may kill, and two servers on which people write."""

from collections.abc import AsyncIterator
from itertools import cycle
from pathlib import Path

import pytest

from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from tests.processes import Installation


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Installation:
    """An installation that has not been started yet, with this test's database."""
    return Installation(tmp_path, database_url)


@pytest.fixture
async def towns(people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[tuple[DemoServer, ...]]:
    """Two servers with four people each."""
    keys = cycle(people_keys)
    async with (
        running(new_key=lambda: next(keys)) as first,
        running(new_key=lambda: next(keys)) as second,
    ):
        yield first, second
