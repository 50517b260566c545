"""Pages of the author that stay open and hear when there is something new.

Each looks for itself, once a second: there are few of them, and what they ask is cheap. They are
told that there is news, and fetch the page again to see it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from fediblog.errors import FediblogError, Unavailable

_LOOK_SECONDS = 1.0
#: A proxy between may end what says nothing for longer.
_HEARTBEAT = 20
#: Then the browser comes back, and whether it is signed in is looked at again.
_LONGEST = 600
_RETRY_MS = 3000
_MOST = 20
_HEADERS = {
    "Cache-Control": "no-store",
    # Asks nginx not to hold back what comes.
    "X-Accel-Buffering": "no",
}

#: What a page shows, in short: another text means that there is news.
Look = Callable[[], Awaitable[str]]


class Watchers:
    """The open streams of this process."""

    def __init__(self) -> None:
        self._open = 0
        self._closed = asyncio.Event()

    def stream(self, look: Look) -> Response:
        """Server-sent events: what `look` says, at once and whenever it says something else.
        Raises Unavailable when too many pages are open."""
        if self._closed.is_set() or self._open >= _MOST:
            raise Unavailable("Too many pages wait for news. Please reload the page.")
        self._open += 1
        return _Stream(self, look)

    def close(self) -> None:
        """The server stops: end every stream, and begin no other."""
        self._closed.set()

    async def events(self, look: Look) -> AsyncIterator[str]:
        """The events of one stream."""
        yield f"retry: {_RETRY_MS}\n\n"
        told = None
        for second in range(_LONGEST):
            try:
                seen = await look()
            except FediblogError:
                return
            if seen != told:
                yield f"data: {seen}\n\n"
            elif second % _HEARTBEAT == 0:
                yield ": still here\n\n"
            told = seen
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._closed.wait()
                    return

    def leave(self) -> None:
        """Make room for another stream."""
        self._open -= 1


class _Stream(StreamingResponse):
    """One stream, whose place is free again however it ends."""

    def __init__(self, watchers: Watchers, look: Look) -> None:
        super().__init__(watchers.events(look), headers=_HEADERS, media_type="text/event-stream")
        self._watchers = watchers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._watchers.leave()
