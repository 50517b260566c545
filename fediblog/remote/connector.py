"""How connections leave this machine: a name's addresses, where they lead, whom TLS trusts."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache

import certifi

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""(host, port) -> the addresses of the host, as text. Raises OSError if there are none."""

Dial = Callable[[str, int], tuple[str, int]]
"""(address, port) that the guard has allowed -> where the connection really goes."""

_LOOKUPS_AT_ONCE = 32


class SystemResolver:
    """Asks the operating system, in threads of its own.

    The event loop's shared threads are few; names whose servers never answer would fill them,
    and everything else that needs a thread would wait for a stranger.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="resolve")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _addresses, host, port)


def straight(address: str, port: int) -> tuple[str, int]:
    """Connect to the very address that was asked for."""
    return address, port


@cache
def public_trust() -> ssl.SSLContext:
    """Trust the authorities that browsers trust, and those of this machine. Reading all of them
    takes a while, so it is done once."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


@dataclass(frozen=True, slots=True)
class Connector:
    """The three things a test must be able to decide about every outgoing connection."""

    resolve: Resolve = field(default_factory=SystemResolver)
    dial: Dial = straight
    ssl_context: ssl.SSLContext = field(default_factory=public_trust)


def _addresses(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))
