"""Load on a server from a process of its own, and what the server used meanwhile."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, cast

from bench.frame.generator import pack
from bench.frame.processes import cpu_seconds
from bench.frame.report import ROOT

CONNECTIONS = 64
_BUFFER = 1 << 20


class Loaded(Protocol):
    """A server with its process."""

    @property
    def port(self) -> int:
        """Where it listens on loopback."""

    @property
    def pid(self) -> int:
        """Its process, which may have others."""


@dataclass(frozen=True, slots=True)
class Load:
    """How a load went.

    server_cpu: seconds of all processes of the server while it lasted; own_cpu: the generator's.
    wall: seconds; p50, p99, slowest: of one answer, in seconds.
    """

    count: int
    server_cpu: float
    own_cpu: float
    wall: float
    statuses: Mapping[int, int]
    p50: float
    p99: float
    slowest: float

    @property
    def cpu_us(self) -> float:
        """CPU time of the server per request, in microseconds."""
        return self.server_cpu / self.count * 1e6

    def in_words(self) -> str:
        """For the table's column of what is not judged."""
        return f"{self.count / self.wall:,.0f}/s, p99 {self.p99 * 1000:.0f} ms"

    def share(self) -> str:
        """What the generator took, of which the server was not charged."""
        return f"the load generator took {self.own_cpu / self.count * 1e6:.0f} µs per request"

    def check(self, *expected: int) -> None:
        """Raises RuntimeError unless every answer has one of these statuses: a refusal is cheap."""
        if set(self.statuses) - set(expected):
            raise RuntimeError(f"the server answered {dict(self.statuses)}, not {expected} only")


async def load(
    server: Loaded,
    requests: Sequence[bytes],
    *,
    count: int = 0,
    connections: int = CONNECTIONS,
    until: Callable[[], Awaitable[object]] | None = None,
) -> Load:
    """Send whole requests, all of them once or `count` of them, beginning again.

    until: is awaited after the last answer; what the server uses meanwhile counts too.
    Raises RuntimeError when the server closes a connection.
    """
    count = count or len(requests)
    async with _generator(server.port, requests, count, min(connections, count)) as process:
        before = cpu_seconds(server.pid)
        result = await _go(process)
        if until is not None:
            await until()
        used = cpu_seconds(server.pid) - before
    return Load(
        count,
        used,
        result["cpu"],
        result["wall"],
        {int(status): n for status, n in result["statuses"].items()},
        result["p50"],
        result["p99"],
        result["slowest"],
    )


def get(path: str, host: str, **headers: str) -> bytes:
    """A whole GET; accept_language= becomes that header."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


@asynccontextmanager
async def _generator(
    port: int, requests: Sequence[bytes], count: int, connections: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A generator that is connected and waits for its word."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(pack(list(requests)))
        file.flush()
        arguments = [file.name, str(port), str(connections), str(count)]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.frame.generator",
            *arguments,
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_BUFFER,
        )
        try:
            await _line(process)
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def _go(process: asyncio.subprocess.Process) -> dict[str, Any]:
    stdin = cast(asyncio.StreamWriter, process.stdin)
    stdin.write(b"go\n")
    await stdin.drain()
    result: dict[str, Any] = json.loads(await _line(process))
    return result


async def _line(process: asyncio.subprocess.Process) -> bytes:
    stdout, stderr = (cast(asyncio.StreamReader, each) for each in (process.stdout, process.stderr))
    if line := await stdout.readline():
        return line
    said = (await stderr.read()).decode(errors="replace").strip().splitlines()
    raise RuntimeError(f"the load generator ended: {said[-1] if said else 'without a word'}")
