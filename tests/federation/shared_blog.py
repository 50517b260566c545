"""Fixtures for modules whose tests share one blog, because none leaves behind what harms another.

A conftest.py imports them by name.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.bench import Bench, RunningBlog
from tests.provision.postgres import drop_database, fresh_database


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the blog of this module keeps its things."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def database_url(postgres: str | None, folder: Path) -> Iterator[str]:
    """An empty database of the chosen kind."""
    if postgres is None:
        yield f"sqlite://{folder}/data/fediblog.sqlite"
        return
    url = fresh_database(postgres)
    yield url
    drop_database(url)


@pytest.fixture(scope="module")
def bench(folder: Path, database_url: str) -> Bench:
    """Starts blogs in this module's folder, with its database."""
    return Bench(folder, database_url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def blog(bench: Bench) -> AsyncIterator[RunningBlog]:
    """A running blog in development mode."""
    async with bench.start() as running_blog:
        yield running_blog
