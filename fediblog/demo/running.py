"""Runs a demo server on loopback, inside the event loop that is already there."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn

from fediblog.clock import Clock, utc_now
from fediblog.demo.cast import CAST, Character
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey

_LOOPBACK = "127.0.0.1"
_START_SECONDS = 5
_STOP_SECONDS = 5


@asynccontextmanager
async def running(
    *,
    port: int = 0,
    client: httpx.AsyncClient | None = None,
    clock: Clock = utc_now,
    cast: Iterable[Character] = CAST,
    new_key: Callable[[], PrivateKey] = PrivateKey.generate,
) -> AsyncIterator[DemoServer]:
    """A server that answers until the block ends. port: 0 for a free one; OSError if taken."""
    with socket.create_server((_LOOPBACK, port)) as listener:
        origin = f"http://{_LOOPBACK}:{listener.getsockname()[1]}"
        demo = DemoServer(origin, client=client, clock=clock, cast=cast, new_key=new_key)
        try:
            async with _serving(demo, listener):
                yield demo
        finally:
            await demo.aclose()


class _Guest(uvicorn.Server):
    """A server that leaves signals to the program around it, and tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()
        self.leaves = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    async def main_loop(self) -> None:
        # uvicorn's own looks ten times a second whether it shall end, which tests would wait for.
        await self.leaves.wait()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _serving(demo: DemoServer, listener: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(
        demo.app,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        date_header=False,
        timeout_graceful_shutdown=1,
    )
    server = _Guest(config)
    task = asyncio.create_task(server.serve([listener]), name="demo server")
    try:
        await asyncio.wait_for(server.listens.wait(), _START_SECONDS)
        yield
    finally:
        server.leaves.set()
        await asyncio.wait_for(task, _STOP_SECONDS)
