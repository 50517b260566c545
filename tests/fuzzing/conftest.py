"""One blog for all tests of a module, and a client for a server that misbehaves."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from fediblog.store.embedded import sqlite_path
from tests.bench import Bench, RunningBlog
from tests.conftest import Prepared
from tests.provision.postgres import drop_database, fresh_database


@pytest.fixture(scope="module")
def bench(
    prepared: Prepared, postgres: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    """Starts blogs in this module's folder, with its database."""
    folder = tmp_path_factory.mktemp("fuzzed")
    shutil.copytree(prepared.keys, folder / "keys")
    if postgres is None:
        file = Path(folder, "data", "fediblog.sqlite")
        file.parent.mkdir()
        shutil.copy(sqlite_path(prepared.database_url), file)
        yield Bench(folder, f"sqlite://{file}")
        return
    url = fresh_database(postgres, prepared.database_url.rpartition("/")[2])
    yield Bench(folder, url)
    drop_database(url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def blog(bench: Bench) -> AsyncIterator[RunningBlog]:
    """A running blog in development mode."""
    async with bench.start() as running_blog:
        yield running_blog
