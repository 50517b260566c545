"""Two thousand servers in one: takes deliveries at every loopback address, and counts them.

Run as a process: `python -m bench.frame.sink PORT`; it says so in one line when it listens. What is
said to 127.3.x.y is never answered, and to 127.4.x.y so slowly that it never ends; every other POST
is accepted, and what is asked for is not there. `GET /got` tells what has come, and forgets it.
"""

import asyncio
import json
import socket
import sys
import time
from base64 import b64encode
from collections import Counter
from typing import Any, cast

import httptools
import uvloop

_SAMPLE = 20
_ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class Got:
    """What has come: how often to each inbox, from when to when, and some of it as it came; and
    what has been asked for."""

    def __init__(self) -> None:
        self.inboxes: Counter[str] = Counter()
        self.asked: list[str] = []
        self.first = self.last = 0.0
        self.sample: list[dict[str, Any]] = []

    def take(self, path: str, headers: list[tuple[str, str]], body: bytes) -> None:
        """One more delivery."""
        self.last = time.monotonic()
        self.first = self.first or self.last
        self.inboxes[dict(headers)["host"] + path] += 1
        if len(self.sample) < _SAMPLE:
            self.sample.append(
                {"target": path, "headers": headers, "body": b64encode(body).decode()}
            )

    def told(self) -> bytes:
        """All of it as JSON."""
        figures = {"inboxes": self.inboxes, "seconds": self.last - self.first}
        return json.dumps(figures | {"asked": self.asked, "sample": self.sample}).encode()


class Connection(asyncio.Protocol):
    """One connection, on which one delivery follows the other."""

    got = Got()

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._dripping: asyncio.Task[None] | None = None
        self._begin()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        if self._dripping:
            self._dripping.cancel()

    def on_url(self, url: bytes) -> None:
        """The parser has seen a target."""
        self._path += url.decode()

    def on_header(self, name: bytes, value: bytes) -> None:
        """The parser has seen a header."""
        self._headers.append((name.decode().lower(), value.decode()))

    def on_body(self, body: bytes) -> None:
        """The parser has seen a part of a body."""
        self._body += body

    def on_message_complete(self) -> None:
        """The parser has seen the end of a request."""
        host = dict(self._headers).get("host", "")
        if self._path == "/got":
            told, Connection.got = Connection.got.told(), Got()
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(told))
            self._transport.write(told)
        elif host.startswith("127.4."):
            self._dripping = asyncio.create_task(self._drip())
        elif host.startswith("127.3."):
            pass
        elif self._parser.get_method() != b"POST":
            Connection.got.asked.append(host + self._path)
            self._transport.write(_NOT_FOUND)
        else:
            Connection.got.take(self._path, self._headers, self._body)
            self._transport.write(_ACCEPTED)
        self._begin()

    def _begin(self) -> None:
        self._path, self._body = "", b""
        self._headers: list[tuple[str, str]] = []

    async def _drip(self) -> None:
        self._transport.write(b"HTTP/1.1 202 Accepted\r\nX-Slow: ")
        while True:
            self._transport.write(b"x")
            await asyncio.sleep(1.0)


async def _serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    with socket.create_server(("0.0.0.0", port), backlog=4096) as listener:  # noqa: S104
        server = await loop.create_server(Connection, sock=listener)
        print("listening", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
