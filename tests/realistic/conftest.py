"""The blog in use is built once for a run of the tests; each test that asks for it gets a copy."""

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fediblog.protocol.keys import PrivateKey
from tests.realistic.world import World, build, opened


@pytest.fixture(scope="session")
def built(people_keys: tuple[PrivateKey, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a blog that has lived for three years; nobody may write there.

    Tests that run side by side share one: whoever comes first builds it, the others wait.
    """
    common = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent
    folder = common / "realistic"
    with (common / "realistic.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = common / "realistic.making"
            shutil.rmtree(making, ignore_errors=True)
            asyncio.run(build(making, people_keys))
            making.rename(folder)
    return folder


@pytest.fixture
async def world(
    built: Path, people_keys: tuple[PrivateKey, ...], tmp_path: Path
) -> AsyncIterator[World]:
    """A copy of it, which runs."""
    async with opened(built, tmp_path / "blog", people_keys) as found:
        yield found
