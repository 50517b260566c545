"""Answers that are kept in memory as the bytes that go out, for as long as they are right.

Around everything else, so that an answer that is kept costs no more than sending it. What an answer
was read from is noted while it is made (`store.changes`); once any of that has changed it is made
anew. Kept are whole answers of public addresses to GET that say the same to everybody: the key has
all of a request that one of them depends on, and a request with anything else is let through.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fediblog.actions.count_reads import ReadCounts
from fediblog.blog import Blog
from fediblog.domain.languages import find_wanted
from fediblog.domain.readers import TELLING, is_reader
from fediblog.metrics import KEPT, MADE
from fediblog.protocol.negotiation import wants_activitypub
from fediblog.store.changes import Reads
from fediblog.web.codings import choose_coding
from fediblog.web.keeping import Keeping
from fediblog.web.observing import KEPT_ROUTE
from fediblog.web.own_templates import State
from fediblog.web.reads import collecting_reads
from fediblog.web.representations import OF_THE_BODY, is_known

#: Of all answers together, and of one.
_MOST_BYTES = 16_000_000
_LARGEST = 1_000_000
#: About what an answer takes besides its body.
_AROUND = 2_000
#: What is made for one request, or is kept elsewhere, or costs nothing.
_NEVER = re.compile(
    r"/(admin|micropub|indieauth|interact|search|notifications|media|static|theme|health|metrics)(/|$)"
    r"|.*/(live|changes)$|/oembed$|/\.well-known/oauth-"
)
#: Parameters that change what an answer is. Others may be anything, and make no answer worth it.
_QUERY = re.compile(
    rb"((lang|sort|branch|after|before|page|resource)=[\w.:@%/+-]{0,300}(&|$))*", re.ASCII
)
#: It stands in addresses that Starlette makes of a request.
_HOST = re.compile(rb"[\w.:\[\]-]{1,300}", re.ASCII)
#: Headers of requests that nobody sends for a page that everybody gets.
_PRIVATE = frozenset({b"authorization", b"range"})
_CONDITIONS = frozenset({b"if-none-match", b"if-modified-since"})
_LONGEST_HEADER = 500
#: With its query. It is in the key, and what that takes is not counted.
_LONGEST_ADDRESS = 1_000

RawHeaders = Sequence[tuple[bytes, bytes]]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer that is right while what it was read from is as it was. names: of the pages that
    somebody reads who gets it, as `ReadCounts` has them; templates: the operator's, at the time."""

    headers: RawHeaders
    body: bytes
    reads: Reads
    names: Sequence[str]
    templates: State

    @property
    def size(self) -> int:
        return len(self.body) + _AROUND


class KeptAnswers(Keeping[_Answer]):
    """The answers by their keys."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        super().__init__(most_bytes)


class Kept:
    """Answers with what is kept, or keeps what is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pure ASGI. An answer in pieces, or without an end, goes out as it comes."""
        asked = _Asked.of(scope)
        if asked is None:
            await self.app(scope, receive, send)
            return
        state = scope["app"].state
        blog: Blog = state.blog
        kept: KeptAnswers = state.kept
        templates = state.templates.own.state()
        if not blog.db.others.hearing:
            await self.app(scope, receive, send)
            return
        answer = kept.get(asked.key)
        if answer is not None and _is_right(blog, answer, templates):
            _count(state.reads, asked, answer)
            scope["route"] = KEPT_ROUTE
            KEPT.inc()
            await _send(asked, answer, send)
        elif asked.only_head:
            await self.app(scope, receive, send)
        else:
            kept.drop(asked.key)
            await self._make(asked, scope, receive, send, templates)

    async def _make(
        self, asked: "_Asked", scope: Scope, receive: Receive, send: Send, templates: State
    ) -> None:
        """Have the whole answer made, whatever the asker has of it, keep it and send it."""
        state = scope["app"].state
        blog: Blog = state.blog
        taken = _Taken(send)
        headers = [pair for pair in scope["headers"] if pair[0] not in _CONDITIONS]
        with blog.db.changes.reading() as reads, collecting_reads() as names:
            inner = {**scope, "headers": headers}
            await self.app(inner, receive, taken.send)
        # Whoever counts requests stands further out.
        scope["route"] = inner.get("route")
        MADE.inc()
        if taken.start is None:
            return
        start, body = taken.start, taken.body
        answer = _Answer(tuple(start["headers"]), body, reads, tuple(names), templates)
        if start["status"] != 200:
            await send(start)
            await send({"type": "http.response.body", "body": body})
            return
        if reads.whole and _may_be_kept(answer):
            state.kept.put(asked.key, answer)
        await _send(asked, answer, send)


@dataclass(slots=True)
class _Asked:
    """A request that may be answered with what is kept. telling: the headers that tell whether
    somebody reads it."""

    key: Key
    only_head: bool
    conditional: bool
    tag: bytes
    headers: RawHeaders
    telling: dict[bytes, bytes]

    @classmethod
    def of(cls, scope: Scope) -> "_Asked | None":
        """None for every request that nothing is kept for."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            return None
        query: bytes = scope["query_string"]
        if len(scope["raw_path"]) + len(query) > _LONGEST_ADDRESS:
            return None
        if _is_never_kept(scope["path"]) or (query and not _QUERY.fullmatch(query)):
            return None
        accept = encoding = tag = b""
        host: bytes | None = None
        language: bytes | None = None
        conditional = False
        telling: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = accept + b", " + value if accept else value
            elif name == b"accept-encoding":
                encoding = encoding + b", " + value if encoding else value
            elif name == b"accept-language":
                # The first one counts, as it does where the answer is made, also if it is empty.
                language = value if language is None else language
            elif name == b"host":
                host = value if host is None else host
            elif name in _CONDITIONS:
                conditional = True
                tag = value
            elif name in _PRIVATE:
                return None
            if name in TELLING:
                telling.setdefault(name, value)
        language = language or b""
        if max(len(accept), len(encoding), len(language)) > _LONGEST_HEADER:
            return None
        if not _HOST.fullmatch(host or b""):
            return None
        key = (
            scope["raw_path"],
            query,
            host,
            _wants_activitypub(accept),
            _wanted_language(language),
            _coding(encoding),
        )
        return cls(key, scope["method"] == "HEAD", conditional, tag, scope["headers"], telling)


class _Taken:
    """Holds back an answer that comes in one piece. start: its head, None once it has gone out."""

    def __init__(self, send: Send) -> None:
        self.start: Message | None = None
        self.body = b""
        self._send = send
        self._going = False

    async def send(self, message: Message) -> None:
        """Take a message, or let it through when there are more than two."""
        if self._going:
            await self._send(message)
        elif message["type"] == "http.response.start":
            self.start = message
        elif self.start is not None and not message.get("more_body", False):
            self.body = message.get("body", b"")
        else:
            self._going = True
            if self.start is not None:
                await self._send(self.start)
                self.start = None
            await self._send(message)


async def _send(asked: _Asked, answer: _Answer, send: Send) -> None:
    """The whole answer, or only its head, or that the asker has it already."""
    status, headers, body = 200, answer.headers, answer.body
    if asked.conditional and _is_had(asked, answer):
        headers = [pair for pair in headers if pair[0].decode() not in OF_THE_BODY]
        status, body = 304, b""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if asked.only_head else body})


def _is_had(asked: _Asked, answer: _Answer) -> bool:
    return is_known(Headers(raw=list(asked.headers)), Headers(raw=list(answer.headers)))


def _is_right(blog: Blog, answer: _Answer, templates: State) -> bool:
    return answer.templates == templates and blog.db.changes.are_right(answer.reads, blog.now_ms())


def _may_be_kept(answer: _Answer) -> bool:
    """Whether it is for everybody, and not too large."""
    headers = Headers(raw=list(answer.headers))
    return (
        len(answer.body) <= _LARGEST
        and "set-cookie" not in headers
        and not re.search("no-store|private", headers.get("cache-control", ""))
    )


def _count(counts: ReadCounts, asked: _Asked, answer: _Answer) -> None:
    """As `note_read` does while a page is made."""
    if answer.names and not asked.only_head:
        told = {name.decode(): value.decode("latin-1") for name, value in asked.telling.items()}
        if is_reader(told):
            for name in answer.names:
                counts.add(name)


@lru_cache(maxsize=1024)
def _is_never_kept(path: str) -> bool:
    return _NEVER.match(path) is not None


@lru_cache(maxsize=1024)
def _wants_activitypub(accept: bytes) -> bool:
    return wants_activitypub(accept.decode("latin-1"))


@lru_cache(maxsize=1024)
def _wanted_language(header: bytes) -> str | None:
    return find_wanted(header.decode("latin-1"))


@lru_cache(maxsize=1024)
def _coding(accepted: bytes) -> str | None:
    return choose_coding(accepted.decode("latin-1"))
