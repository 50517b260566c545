"""A made-up internet: names, public addresses, and behind them one TLS server on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from fediblog.remote.connector import Connector
from tests.tls import make_tls

PUBLIC = "93.184.216.34"
PRIVATE = "10.0.0.1"


@dataclass(slots=True)
class Internet:
    """What names lead to. apps: by name; addresses: by name, PUBLIC when there are none.

    dialled: the address of every connection that was made, in order.
    """

    apps: dict[str, ASGIApp] = field(default_factory=dict)
    addresses: dict[str, Sequence[str]] = field(default_factory=dict)
    dialled: list[str] = field(default_factory=list)
    port: int = 0

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a name. Raises OSError for one that nobody has."""
        if host not in self.apps:
            raise OSError(f"nobody is called {host}")
        return self.addresses.get(host, [PUBLIC])

    def dial(self, address: str, port: int) -> tuple[str, int]:
        """Where a connection goes: every address is this machine's."""
        self.dialled.append(address)
        return "127.0.0.1", self.port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the app of the name that it was made for."""
        host = dict(scope["headers"])[b"host"].decode("ascii")
        await self.apps[host](scope, receive, send)


@asynccontextmanager
async def internet(folder: Path, names: Sequence[str]) -> AsyncIterator[tuple[Internet, Connector]]:
    """An internet of servers with these names, and the connector that leads into it."""
    _, trust = make_tls(folder, names)
    net = Internet()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        net.port = listener.getsockname()[1]
        config = uvicorn.Config(
            net,
            lifespan="off",
            log_config=None,
            access_log=False,
            ssl_certfile=folder / "server.pem",
            timeout_graceful_shutdown=1,
        )
        server = _Quiet(config)
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield net, Connector(net.resolve, net.dial, trust)
        finally:
            server.should_exit = True
            await serving


class _Quiet(uvicorn.Server):
    """Leaves signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
