"""A network between the blog and PostgreSQL that carries nothing any more, without a word."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from fediblog.demo.server import DemoServer
from fediblog.store import pooled
from tests.bench import Bench, RunningBlog, until
from tests.durability.asking import deliver
from tests.durability.letters import write
from tests.durability.relay import Relay, relaying
from tests.durability.test_failover import behind

pytestmark = pytest.mark.usefixtures("only_postgres")

#: What a statement may take here, and an answer at most: for the statement, for its cancellation,
#: and for a connection.
_STATEMENT, _ANSWER = 0.5, 4.0


@pytest.fixture
async def cable(database_url: str) -> AsyncIterator[Relay]:
    """Between the blog and its database."""
    port = httpx.URL(database_url).port
    assert port is not None
    async with relaying(port) as relay:
        yield relay


@pytest.fixture
async def far(
    cable: Relay, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunningBlog]:
    """A blog at the end of it, which waits less long than others do."""
    monkeypatch.setattr(pooled, "_ANSWER_SECONDS", _STATEMENT)
    monkeypatch.setattr(pooled, "_ACQUIRE_SECONDS", _STATEMENT)
    monkeypatch.setattr(pooled, "_CLOSE_SECONDS", _STATEMENT)
    async with Bench(tmp_path, behind(cable, database_url)).start() as blog:
        yield blog


async def test_who_asks_a_silent_database_is_told_when_to_come_back(
    far: RunningBlog, cable: Relay, town: DemoServer
) -> None:
    letters = await write([town], far.article(await far.publish("Heard")), 30)
    assert {answer.status_code for answer in await deliver(far, letters[:10])} == {202}

    cable.cut()
    begun = time.monotonic()
    asked = asyncio.gather(*(far.http.get(f"/articles/none{number}") for number in range(30)))
    told = [*await deliver(far, letters[10:]), *await asked]
    assert time.monotonic() - begun < _ANSWER
    for answer in told:
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["retry-after"]) > 0

    cable.mend()

    async def well() -> bool:
        return (await far.http.get("/health/ready")).status_code == 200

    await until(well, seconds=20)
    assert {answer.status_code for answer in await deliver(far, letters)} == {202}
    asked = asyncio.gather(*(far.http.get(f"/articles/none{number}") for number in range(20)))
    assert {answer.status_code for answer in await asked} == {404}
