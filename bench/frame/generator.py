"""Sends prepared requests over many kept connections, and says how that went.

Run as a process of its own: `python -m bench.frame.generator FILE PORT CONNECTIONS COUNT`. It says
`ready` when it is connected, waits for a line, sends so many requests, beginning again with the
first when they are all sent, and prints one line of JSON. Each connection has one request under
way.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from itertools import cycle, islice
from pathlib import Path
from typing import cast

import httptools
import uvloop

_LENGTH_BYTES = 4


def pack(requests: list[bytes]) -> bytes:
    """Whole requests, head and body, as the generator reads them."""
    return b"".join(len(each).to_bytes(_LENGTH_BYTES, "big") + each for each in requests)


def unpack(data: bytes) -> list[bytes]:
    """The opposite of `pack`."""
    requests, start = [], 0
    while start < len(data):
        begin = start + _LENGTH_BYTES
        start = begin + int.from_bytes(data[start:begin], "big")
        requests.append(data[begin:start])
    return requests


class Connection(asyncio.Protocol):
    """Sends one request after the other until there are none."""

    def __init__(self, run: "Run") -> None:
        self._run = run
        self._sent_at = 0.0
        self._waits = True
        self._transport: asyncio.WriteTransport | None = None
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        # A server may close what has nothing more to say.
        if self._waits:
            self._run.lost()

    def send(self) -> None:
        """The next request, or nothing if there is none."""
        request = next(self._run.requests, None)
        if request is None or self._transport is None:
            self._waits = False
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def on_message_complete(self) -> None:
        """The parser has seen the end of an answer."""
        self._run.answered(self._parser.get_status_code(), time.perf_counter() - self._sent_at)
        self._parser = httptools.HttpResponseParser(self)
        self.send()


class Run:
    """What is to be sent, and what came of it."""

    def __init__(self, requests: list[bytes], count: int) -> None:
        self.requests = islice(cycle(requests), count)
        self.waits: list[float] = []
        self.statuses: Counter[int] = Counter()
        self._count = count
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def answered(self, status: int, wait: float) -> None:
        """One more answer."""
        self.statuses[status] += 1
        self.waits.append(wait)
        if len(self.waits) == self._count:
            self.done.set_result(None)

    def lost(self) -> None:
        """A connection has ended before everything was answered."""
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server has closed a connection"))


async def _generate(requests: list[bytes], port: int, connections: int, count: int) -> None:
    loop = asyncio.get_running_loop()
    run = Run(requests, count)
    open_ones = []
    for _ in range(connections):
        _, connection = await loop.create_connection(lambda: Connection(run), "127.0.0.1", port)
        open_ones.append(connection)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    begun, used = time.perf_counter(), time.process_time()
    for connection in open_ones:
        connection.send()
    await run.done
    waits = sorted(run.waits)
    result = {
        "wall": time.perf_counter() - begun,
        "cpu": time.process_time() - used,
        "statuses": run.statuses,
        "p50": waits[len(waits) // 2],
        "p99": waits[len(waits) * 99 // 100],
        "slowest": waits[-1],
    }
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    _, file, port, connections, count = sys.argv
    uvloop.run(_generate(unpack(Path(file).read_bytes()), int(port), int(connections), int(count)))
