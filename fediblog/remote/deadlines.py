"""One deadline over everything that a request does: turns, connections, redirects, bodies (K9)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fediblog.errors import RemoteUnreachable


@asynccontextmanager
async def within(seconds: float, url: str) -> AsyncIterator[None]:
    """Raise `RemoteUnreachable` unless the block ends within `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise RemoteUnreachable(detail=f"{url} took longer than {seconds} s") from error
