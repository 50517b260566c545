"""A real HTTP server on loopback whose answers are raw bytes, so that it can misbehave at will."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import orjson

from fediblog.remote.connector import Connector

PUBLIC = "93.184.216.34"
"""A public address, which the tests' DNS claims; the connection is led to loopback instead."""

ACTIVITY = "application/activity+json"

NO_TRUST = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that need none: reading the public authorities takes longer than most tests."""


@dataclass(frozen=True, slots=True)
class Request:
    """What came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def target(self) -> str:
        """The request target, byte by byte as it was sent."""
        return self.line.split(" ")[1]


Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]
Serving = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


@dataclass(slots=True)
class RawServer:
    """Answers each target with fixed bytes or a coroutine, and remembers who came."""

    port: int = 0
    connections: int = 0
    answers: dict[str, bytes | Answering] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    @property
    def targets(self) -> list[str]:
        """The targets of all requests, in order."""
        return [request.target for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests until it ends."""
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._answer(await read_request(reader), writer):
                    pass
        finally:
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        self.requests.append(request)
        answer = self.answers.get(request.target, plain(404))
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
            return True
        await answer(writer)
        return False


@asynccontextmanager
async def running(tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    """Run a server on a free port of loopback."""
    site = RawServer()
    async with listening(site.serve, tls) as site.port:
        yield site


@asynccontextmanager
async def listening(serve: Serving, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Let `serve` have every connection to a free port of loopback, which is returned.

    At the end nothing is left open, however much a connection wanted to hang.
    """
    open_ones: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones[asyncio.create_task(serve(reader, writer))] = writer

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task, writer in open_ones.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*open_ones, return_exceptions=True)


def plain(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    """Return a whole answer."""
    lines = [f"HTTP/1.1 {status} Word", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def typed(content_type: str, body: bytes, **headers: str) -> bytes:
    """Return a 200 with a body of `content_type`; `content_encoding=` becomes that header."""
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}
    return plain(200, {"Content-Type": content_type, **spelled}, body)


def activity(document: object) -> bytes:
    """Return a 200 with an ActivityPub document."""
    return typed(ACTIVITY, orjson.dumps(document))


def redirect(location: str, status: int = 302) -> bytes:
    """Return a redirect."""
    return plain(status, {"Location": location})


def known(addresses: Mapping[str, Sequence[str]]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """Return a DNS that knows just these names."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        if host not in addresses:
            raise OSError(f"nobody is called {host}")
        return addresses[host]

    return resolve


def leading_to(
    port: int, addresses: Mapping[str, Sequence[str]], ssl_context: ssl.SSLContext | None = None
) -> Connector:
    """Return a connector with that DNS, whose public address is the local server at `port`."""

    def dial(address: str, asked: int) -> tuple[str, int]:
        return ("127.0.0.1", port) if address == PUBLIC else (address, asked)

    return Connector(known(addresses), dial, ssl_context or NO_TRUST)


async def read_request(reader: asyncio.StreamReader) -> Request:
    """One request, to its end. Raises IncompleteReadError when the other side ends before."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in head[1:] if line]
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    assert len(headers) == len(pairs), "a header came twice"
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(head[0], headers, body)
