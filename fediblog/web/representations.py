"""What every answer to a reader has, whatever made it: a validator, and few bytes (RFC 9110).

In this order: an ETag follows from the body, unless the handler gave one; the body is packed in a
coding that the reader takes, which makes its ETag another one; who has the answer already gets 304
and no body, and so does HEAD, with the headers of GET. Pages of the admin are left as they are:
they have secrets in them, and how well a page can be packed tells of what is in it (BREACH).
"""

import asyncio
import hashlib
import re
from email.utils import parsedate_to_datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fediblog.web.codings import choose_coding, pack

#: A smaller body fits into a packet or two as it is.
_LEAST_BYTES = 1_000
#: Packing more than this would hold up everybody else.
_MOST_AT_ONCE = 100_000
_TEXTS = re.compile(
    r"text/(?!event-stream)|application/(.+\+)?(json|xml)\b|application/javascript|image/svg\+xml"
)
_EVENTS = "text/event-stream"
_TAG = re.compile(r'(?:W/)?("[^"]*")')
#: What tells of a body, which a 304 does not have.
OF_THE_BODY = frozenset(
    {"content-encoding", "content-length", "content-range", "content-type", "accept-ranges"}
)
_SECRET = re.compile(r"/admin(/|$)")


class Representations:
    """Gives answers to GET and HEAD their validators and codings."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pure ASGI, and no body is held back that comes in pieces."""
        reading = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        if reading and not _SECRET.match(scope["path"]):
            send = _Answer(scope, send).send
        await self.app(scope, receive, send)


class _Answer:
    """One answer on its way out."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._asked = Headers(scope=scope)
        self._only_head = scope["method"] == "HEAD"
        self._send = send
        self._start: Message | None = None
        self._done = False

    async def send(self, message: Message) -> None:
        """Hold the head back until the first piece of the body tells whether it is all of it."""
        if message["type"] == "http.response.start":
            self._start = message
            if Headers(raw=message["headers"]).get("content-type", "").startswith(_EVENTS):
                # The first event may be a long time coming, and nobody knows all of them.
                await self._begin(b"", more=True)
        elif self._done:
            return
        elif self._start is not None:
            more = message.get("more_body", False)
            await self._begin(message.get("body", b""), more=more)
        else:
            await self._send(message)

    async def _begin(self, body: bytes, *, more: bool) -> None:
        start, self._start = self._start, None
        if start is None:
            return
        headers = MutableHeaders(scope=start)
        # Files tell their length to HEAD and send nothing: there is nothing to look at.
        if not more and (body or headers.get("content-length") == "0"):
            body = await self._represent(start["status"], headers, body)
        if start["status"] in {200, 206} and is_known(self._asked, headers):
            start["status"] = 304
            for name in [name for name in headers if name in OF_THE_BODY]:
                del headers[name]
        if self._only_head or start["status"] == 304:
            body, more, self._done = b"", False, True
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def _represent(self, status: int, headers: MutableHeaders, body: bytes) -> bytes:
        """The whole body as it is sent; headers are changed with it."""
        if status == 200 and "etag" not in headers:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if len(body) < _LEAST_BYTES or not _can_be_packed(headers):
            return body
        if "accept-encoding" not in headers.get("vary", "").lower():
            headers.add_vary_header("Accept-Encoding")
        coding = choose_coding(", ".join(self._asked.getlist("accept-encoding")))
        if coding is None:
            return body
        if len(body) > _MOST_AT_ONCE:
            body = await asyncio.to_thread(pack, body, coding)
        else:
            body = pack(body, coding)
        headers["Content-Encoding"] = coding
        headers["Content-Length"] = str(len(body))
        if tag := headers.get("etag"):
            headers["ETag"] = f'{tag[:-1]}-{coding}"'
        return body


def is_known(asked: Headers, headers: Headers) -> bool:
    """Whether the asker has this very answer (RFC 9110, 13.1.2 and 13.1.3). asked: the headers of
    the request; headers: those of the answer."""
    if "if-none-match" in asked:
        known = ", ".join(asked.getlist("if-none-match")).strip()
        tag = _TAG.fullmatch(headers.get("etag", ""))
        return tag is not None and (known == "*" or tag[1] in _TAG.findall(known))
    if "if-modified-since" not in asked or "last-modified" not in headers:
        return False
    try:
        since = parsedate_to_datetime(asked["if-modified-since"])
        return parsedate_to_datetime(headers["last-modified"]) <= since
    except (ValueError, TypeError, OverflowError):
        return False


def _can_be_packed(headers: Headers) -> bool:
    """Whether it is text, and not packed yet."""
    return (
        _TEXTS.match(headers.get("content-type", "")) is not None
        and "content-encoding" not in headers
    )
