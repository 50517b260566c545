"""`fediblog serve --processes`: one address, several processes, one beginning and one end."""

import asyncio
import os
import signal
from collections.abc import Set
from contextlib import suppress
from pathlib import Path

import pytest

from tests.bench import until
from tests.commands.answers import refused_start
from tests.processes import Installation, Server


@pytest.fixture
def several(place: Installation, only_postgres: None) -> Installation:
    """An installation whose database several processes can write."""
    return place


def children(pid: int) -> set[int]:
    """The processes that one has started."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.add(int(stat.parent.name))
    return found


async def gone(pids: Set[int]) -> None:
    """Wait until none of these is there."""

    async def none_left() -> bool:
        return not any(Path(f"/proc/{pid}").exists() for pid in pids)

    await until(none_left)


async def started(server: Server, number: int, without: Set[int] = frozenset()) -> set[int]:
    """The processes of a server, when there are so many, none of which is one of those."""
    found: set[int] = set()

    async def there() -> bool:
        found.clear()
        found.update(children(server.process.pid))
        return len(found) == number and not found & without

    await until(there)
    return found


async def test_an_embedded_database_has_one_process(embedded: Installation) -> None:
    sentence = await refused_start(embedded, "--processes=2", "--port=0")
    assert sentence.startswith("Several processes need PostgreSQL (FEDIBLOG_DATABASE_URL)")
    assert not embedded.keys.exists(), "nothing was begun"


async def test_several_processes_begin_once_and_end_together(several: Installation) -> None:
    async with several.serving("--processes=2") as server:
        first = await started(server, 2)
        assert server.said().count("fediblog is running") == 1
        assert server.said().count("which works once") == 1
        dead = min(first)
        os.kill(dead, signal.SIGKILL)
        second = await started(server, 2, without={dead})
        assert (await server.http.get("/")).status_code == 200
        assert f"process {dead} has ended (signal 9)" in server.said()
        assert await server.stop() == 0
        await gone(first | second)


async def test_nobody_is_left_behind_by_a_parent_that_was_killed(several: Installation) -> None:
    async with several.serving("--processes=2") as server:
        left = await started(server, 2)
        answers = await asyncio.gather(*(server.http.get("/") for _ in range(4)))
        assert {each.status_code for each in answers} == {200}
        await server.kill()
        await gone(left)
