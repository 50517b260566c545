"""PostgreSQL moves to another address, and the one that the blog knows leads there from then on."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fediblog.demo.server import DemoServer
from fediblog.store.migrating import migrate
from tests.bench import until
from tests.durability.asking import deliver, post, publish, shown
from tests.durability.letters import write
from tests.durability.looking import let_leases_lapse
from tests.durability.relay import Relay, relaying
from tests.processes import Installation
from tests.provision.postgres import PostgresServer, fresh_database, own_postgres
from tests.soak.author import let_in
from tests.soak.invariants import broken

pytestmark = pytest.mark.usefixtures("only_postgres")


@pytest.fixture
def server_of_its_own() -> Iterator[PostgresServer]:
    """One that may be taken away."""
    with own_postgres() as server:
        yield server


@pytest.fixture
async def relay(server_of_its_own: PostgresServer) -> AsyncIterator[Relay]:
    """The address that the blog knows."""
    async with relaying(server_of_its_own.port) as relay:
        yield relay


async def test_a_database_that_moves_is_found_again_and_nothing_promised_is_lost(
    tmp_path: Path,
    towns: Sequence[DemoServer],
    server_of_its_own: PostgresServer,
    relay: Relay,
) -> None:
    postgres = server_of_its_own
    place = Installation(tmp_path, behind(relay, fresh_database(postgres.url)))
    await migrate(place.database_url)
    await let_in(place)
    async with place.serving() as server:
        article = await publish(server)
        letters = await write(towns, article, 40)
        first, later = letters[:20], letters[20:]
        assert {answer.status_code for answer in await deliver(server, first)} == {202}

        relay.target, former = None, postgres.port
        await asyncio.to_thread(postgres.stop)
        for answer in [*await deliver(server, later), await post(server, "Another")]:
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["retry-after"]) > 0

        postgres.port = 0
        await asyncio.to_thread(postgres.start)
        assert postgres.port != former
        relay.target = postgres.port

        async def ready() -> bool:
            return (await server.http.get("/health/ready")).status_code == 200

        await until(ready, seconds=60)
        assert {answer.status_code for answer in await deliver(server, later)} == {202}
        assert (await post(server, "Another")).status_code == 201
        # What was in hand when the database went comes back with its lease.
        await let_leases_lapse(place)
        await shown(server, article, letters)
        assert await server.stop() == 0
    async with place.database() as db:
        assert await broken(db) == []


def behind(relay: Relay, url: str) -> str:
    """The same database by way of the relay."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{relay.port}").geturl()
