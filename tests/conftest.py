"""What every test can ask for: a blog on SQLite or PostgreSQL, and a second server with people."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest

from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.keyring import make_keys
from fediblog.protocol.keys import PrivateKey
from fediblog.store.embedded import sqlite_path
from fediblog.store.migrating import migrate
from tests.admin.desk import Desk, desk_of
from tests.bench import Bench, RunningBlog
from tests.provision.postgres import drop_database, fresh_database, running_postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    """--database: which database the blogs of the tests have."""
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what uses a database is worth a second run; on SQLite there are neither
    several processes nor two who write at once."""
    on_postgres = config.getoption("--database") == "postgres"

    def belongs(item: pytest.Item) -> bool:
        asked = getattr(item, "fixturenames", ())
        return "postgres" in asked if on_postgres else "only_postgres" not in asked

    chosen = [item for item in items if belongs(item)]
    config.hook.pytest_deselected(items=[item for item in items if not belongs(item)])
    items[:] = chosen


@dataclass(frozen=True, slots=True)
class Prepared:
    """What each test's blog starts from."""

    database_url: str
    keys: Path


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the one who runs the tests must not leak into them."""
    for name in [name for name in os.environ if name.startswith("FEDIBLOG_")]:
        if not name.startswith("FEDIBLOG_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """A real PostgreSQL server, when the tests run on one."""
    if request.config.getoption("--database") == "postgres":
        with running_postgres() as url:
            yield url
    else:
        yield None


@pytest.fixture
def only_postgres(postgres: str | None) -> None:
    """What is tested does not exist on SQLite, so that run leaves it to the other one."""
    assert postgres is not None


@pytest.fixture
def database_url(postgres: str | None, tmp_path: Path) -> Iterator[str]:
    """An empty database of the chosen kind, without any tables."""
    if postgres is None:
        yield f"sqlite://{tmp_path}/data/fediblog.sqlite"
        return
    url = fresh_database(postgres)
    yield url
    drop_database(url)


@pytest.fixture(scope="session")
def prepared(postgres: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """A database that has its tables, and a pair of keys, to copy for each test: making them
    takes longer than most tests."""
    folder = tmp_path_factory.mktemp("prepared")
    make_keys(folder / "keys")
    url = fresh_database(postgres) if postgres else f"sqlite://{folder}/fediblog.sqlite"
    asyncio.run(migrate(url))
    yield Prepared(url, folder / "keys")
    if postgres:
        drop_database(url)


@contextmanager
def new_bench(prepared: Prepared, postgres: str | None, folder: Path) -> Iterator[Bench]:
    """Starts blogs in this folder, with a database of their own."""
    shutil.copytree(prepared.keys, folder / "keys")
    if postgres is None:
        file = folder / "data" / "fediblog.sqlite"
        file.parent.mkdir()
        shutil.copy(sqlite_path(prepared.database_url), file)
        yield Bench(folder, f"sqlite://{file}")
        return
    url = fresh_database(postgres, prepared.database_url.rpartition("/")[2])
    yield Bench(folder, url)
    drop_database(url)


@pytest.fixture
def bench(prepared: Prepared, postgres: str | None, tmp_path: Path) -> Iterator[Bench]:
    """Starts blogs in this test's folder, with this test's database."""
    with new_bench(prepared, postgres, tmp_path) as made:
        yield made


@pytest.fixture
async def blog(bench: Bench) -> AsyncIterator[RunningBlog]:
    """A running blog in development mode: http, on a loopback port."""
    async with bench.start() as running_blog:
        yield running_blog


@pytest.fixture
async def desk(blog: RunningBlog) -> AsyncIterator[Desk]:
    """A browser at which the admin is signed in."""
    async with desk_of(blog) as signed_in:
        yield signed_in


@pytest.fixture(scope="session")
def people_keys() -> tuple[PrivateKey, ...]:
    """Keys for the people of the second server; making them takes longer than most tests."""
    return tuple(PrivateKey.generate() for _ in range(6))


@pytest.fixture
async def town(people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """A second fediverse server on loopback, with Alice, Bob, Chiyo and Dana."""
    keys = cycle(people_keys)
    async with running(new_key=lambda: next(keys)) as server:
        yield server
