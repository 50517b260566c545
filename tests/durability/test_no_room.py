"""A disk that is full, a database that takes nothing: nothing is promised that is not kept."""

import resource
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fediblog.demo.server import DemoServer
from fediblog.store.migrating import migrate
from fediblog.store.pooled import postgres_connection
from tests.durability.asking import deliver, post, publish, shown
from tests.durability.letters import write
from tests.durability.looking import thread_ids
from tests.processes import Installation, Server
from tests.soak.author import let_in
from tests.soak.invariants import broken


async def test_while_nothing_can_be_written_all_is_read_and_nothing_promised(
    place: Installation, towns: Sequence[DemoServer]
) -> None:
    await migrate(place.database_url)
    await let_in(place)
    async with place.serving() as server:
        article = await publish(server)
        letters = await write(towns, article, 60)
        first, later = letters[:30], letters[30:]
        assert {answer.status_code for answer in await deliver(server, first)} == {202}
        await shown(server, article, first)

        async with nothing_written(place, server):
            for answer in [*await deliver(server, later), await post(server, "Another")]:
                assert answer.status_code == 503, answer.text
                assert int(answer.headers["retry-after"]) > 0
            assert "First" in await server.page("/")
            assert "Another" not in await server.page("/")
            ready = await server.http.get("/health/ready")
            assert (ready.status_code, ready.json()["missing"]) == (503, ["database"])
            assert len(await thread_ids(server, article)) == len(first)

        assert {answer.status_code for answer in await deliver(server, later)} == {202}
        assert (await post(server, "Another")).status_code == 201
        await shown(server, article, letters)
        assert await server.stop() == 0
    async with place.database() as db:
        assert await broken(db) == []


@asynccontextmanager
async def nothing_written(place: Installation, server: Server) -> AsyncIterator[None]:
    """Let no file of the server grow, as on a full disk; let PostgreSQL only be read."""
    if place.database_url.startswith("sqlite"):
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        yield
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, unlimited)
        return
    await set_read_only(place, "on")
    yield
    await set_read_only(place, "off")


async def set_read_only(place: Installation, value: str) -> None:
    """For every connection from now on; those that there are end."""
    name = place.database_url.rpartition("/")[2]
    async with postgres_connection(place.database_url) as db:
        await db.execute("SET default_transaction_read_only = off")
        await db.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}')
        await db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
            "current_database() AND pid <> pg_backend_pid()"
        )
