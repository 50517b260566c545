"""Gives every request an id, and counts how it was answered.

The id is in the answer (X-Request-ID) and in each line of the log that the request leads to. A
trusted proxy may have given it one.
"""

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fediblog.logs import request_id
from fediblog.metrics import REQUEST_SECONDS, REQUESTS
from fediblog.settings import Network
from fediblog.web.peers import is_trusted

HEADER = "X-Request-ID"
_FORM = re.compile(r"[A-Za-z0-9._:-]{8,64}")
_NO_ROUTE = "none"
_OUTER_HEADER = HEADER.lower().encode()


@dataclass(frozen=True, slots=True)
class _Kept:
    """In the place of a route where an answer came from memory."""

    path: str = "kept"


KEPT_ROUTE = _Kept()


class Observing:
    """The outermost layer. trusted: the proxies whose id is taken over."""

    def __init__(self, app: ASGIApp, trusted: tuple[Network, ...]) -> None:
        self._app = app
        self._trusted = trusted
        self._counters: dict[tuple[str, int], Callable[[], None]] = {}
        self._timers: dict[str, Callable[[float], None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pure ASGI. The id stays set when an error leaves from here: it is logged further out, in
        the same task, which ends with its request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        own = self._id(scope)
        request_id.set(own)
        header = (_OUTER_HEADER, own.encode())
        status, begun = 500, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), header]}
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._count(scope, status, time.perf_counter() - begun)

    def _id(self, scope: Scope) -> str:
        client = scope.get("client")
        if self._trusted and client and is_trusted(client[0], self._trusted):
            given = Headers(scope=scope).get(HEADER, "")
            if _FORM.fullmatch(given):
                return given
        return secrets.token_hex(8)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", _NO_ROUTE)
        kind = (route, status // 100)
        if (count := self._counters.get(kind)) is None:
            count = self._counters[kind] = REQUESTS.labels(route, f"{kind[1]}xx").inc
        count()
        if (observe := self._timers.get(route)) is None:
            observe = self._timers[route] = REQUEST_SECONDS.labels(route).observe
        observe(seconds)
