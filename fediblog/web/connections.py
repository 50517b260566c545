"""Connections that take their time: nobody is waited for without end, nor listened to.

uvicorn closes what is idle between two requests. A request that is never ended, or one that has
headers without end, it would keep.
"""

import asyncio
from collections.abc import Collection

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: A request has to be here after so many seconds, and one more for each thousand bytes of it: so
#: long takes who has the slowest line that anybody writes from.
PATIENCE_SECONDS = 60.0
_BYTES_A_SECOND = 1_000
#: What the line and the headers of a request may have: four times what browsers and servers take.
#: As much may come after a piece of its body that is none: sizes of pieces, and trailers.
LARGEST_HEAD = 128_000


class BoundedRequests(HttpToolsProtocol):
    """One connection, which knows since when a request is under way on it."""

    _begun_at: float | None = None
    _in_head = True
    _received = 0
    _since_body = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """From now on a request is awaited."""
        super().connection_made(transport)
        self._begun_at = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Take more of a request; refuse one whose head, or whose end, does not end."""
        self._received += len(data)
        self._since_body += len(data)
        super().data_received(data)
        if self._begun_at and self._since_body > LARGEST_HEAD:
            part = "head" if self._in_head else "end"
            self.send_400_response(f"The {part} of the request is too large.")

    def on_message_begin(self) -> None:
        """A request begins; the first one has begun with the connection."""
        super().on_message_begin()
        if self._begun_at is None:
            self._begun_at, self._in_head = self.loop.time(), True
            self._received = self._since_body = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; what comes after the body (a trailer) is none, and nobody has to know it."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Its body may follow."""
        self._in_head = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of its body: whoever wants it has limits of their own."""
        self._since_body = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """It is all here, and what takes time now is not the visitor's."""
        self._begun_at = None
        super().on_message_complete()

    def is_late(self) -> bool:
        """Whether a request should have been here for long."""
        if self._begun_at is None:
            return False
        patience = PATIENCE_SECONDS + self._received / _BYTES_A_SECOND
        return self.loop.time() - self._begun_at > patience


def close_late_ones(connections: Collection[object]) -> None:
    """Hang up where a request is late."""
    for connection in list(connections):
        if isinstance(connection, BoundedRequests) and connection.is_late():
            connection.transport.close()
