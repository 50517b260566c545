"""A post is published, and everybody comes at once: the herd, replies, and somebody who reads."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urljoin

from bench.frame.load import get, load
from bench.frame.row import Row
from bench.frame.senders import Sender, make_senders, profiles, signed_ahead
from bench.frame.servers import SHOWN, Bench, ServedBlog, path_of
from bench.processes import post_path
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import ACTIVITY_JSON
from fediblog.protocol.signatures import sign_request
from tests.durability.inboxes import add_followers
from tests.processes import free_port

NAME = "herd"
TITLE = "2,000 servers come for a new post, replies arrive, and a reader scrolls"

_SERVERS = 2_000
_SENDERS = 50
_REPLIES = 1_000
_BEFORE = 150
_DELIVERED = "SELECT count(*) AS n FROM delivery WHERE state = 'done'"
_QUEUED = "delivery WHERE state = 'queued'"
_PICTURE = re.compile(r'<meta property="og:image" content="([^"]+)"')
_NEXT = re.compile(r'data-more rel="next" href="([^"]+)"')


@dataclass(slots=True)
class _Reader:
    """Somebody who reads while all of that goes on. waits: for each answer, seconds."""

    blog: ServedBlog
    waits: list[float] = field(default_factory=list)
    errors: int = 0

    async def scroll(self, paths: Sequence[str]) -> None:
        """Page after page, until cancelled."""
        while True:
            for path in paths:
                begun = time.perf_counter()
                answer = await self.blog.http.get(path, headers={"Accept": "text/html"})
                self.waits.append(time.perf_counter() - begun)
                self.errors += answer.status_code != 200

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        return sorted(self.waits)[int(len(self.waits) * share)] * 1000


async def run(bench: Bench) -> list[Row]:
    """Followers have inboxes on addresses of loopback, 127.x.y.z, which all end in this process."""
    port = free_port()
    senders = make_senders(f"http://127.0.0.1:{port}", _SENDERS)
    async with (
        _inboxes() as inbox_port,
        bench.plain(profiles(senders), port=port),
        bench.installation() as installation,
    ):
        if (made := await installation.run("migrate")).code:
            raise RuntimeError(made.errors)
        await add_followers(installation, [_inbox(each, inbox_port) for each in range(_SERVERS)])
        async with bench.serve(installation) as blog:
            return await _measure(blog, senders)


async def _measure(blog: ServedBlog, senders: list[Sender]) -> list[Row]:
    old = await blog.publish("An old post")
    before_it = await _replies(blog, senders, old, _BEFORE, first=0)
    (await load(blog, before_it, connections=16)).check(202)
    await blog.counts(SHOWN, least=_BEFORE)
    new = await blog.publish("The news")
    requests = await _herd(blog, new)
    replies = await _replies(blog, senders, new, _REPLIES, first=_BEFORE)
    reader, before = _Reader(blog), blog.cpu()
    reading = asyncio.create_task(reader.scroll(await _pages(blog, old, new)))
    begun = time.perf_counter()
    came, replied = await asyncio.gather(load(blog, requests), load(blog, replies, connections=16))
    seconds = time.perf_counter() - begun
    reading.cancel()
    with suppress(asyncio.CancelledError):
        await reading
    came.check(200)
    replied.check(202)
    await blog.counts(_QUEUED, most=0)
    await blog.counts(SHOWN, least=_BEFORE + _REPLIES)
    used = blog.cpu() - before
    async with blog.database() as db:
        delivered = (await db.rows(_DELIVERED))[0]["n"]
    return [
        Row(
            f"a reader's page while {_SERVERS:,} servers come",
            measured=f"p50 {reader.percentile(0.5):.0f} ms, p99 {reader.percentile(0.99):.0f} ms",
            wall=f"{len(reader.waits)} pages in {seconds:.1f} s, {reader.errors} errors",
            limit="p99 ≤ 100 ms on an idle machine",
            ok=False if reader.errors else None,
        ),
        Row("a request of the herd", wall=came.in_words(), note=came.share()),
        Row(
            "a reply meanwhile",
            wall=replied.in_words(),
            note="every one of them is on its page: none was lost",
        ),
        Row(
            "all of it",
            used / (len(requests) + len(reader.waits) + _REPLIES + _SERVERS) * 1e6,
            wall=f"{len(requests):,} requests, {_REPLIES:,} replies, {delivered:,} deliveries",
        ),
    ]


async def _replies(
    blog: ServedBlog, senders: list[Sender], key: str, count: int, *, first: int
) -> list[bytes]:
    """So many replies to a post, signed."""
    post = blog.addresses.article(key)
    letters = [
        senders[number % len(senders)].reply(number, post) for number in range(first, first + count)
    ]
    return await signed_ahead(letters, blog.addresses.shared_inbox)


async def _herd(blog: ServedBlog, key: str) -> list[bytes]:
    """What each server asks for: most of it signed, as if in secure mode."""
    article, page = blog.addresses.article(key), await post_path(blog, key)
    html = (await blog.http.get(page, headers={"Accept": "text/html"})).text
    picture = _PICTURE.search(html)
    if picture is None:
        raise RuntimeError("the page names no picture")
    resource = f"/.well-known/webfinger?resource=acct:{blog.addresses.handle}"
    keys = [PrivateKey.generate() for _ in range(4)]
    requests = []
    for number in range(_SERVERS):
        signing = keys[number % len(keys)]
        requests += [
            get(resource, blog.authority, accept="application/jrd+json"),
            _signed(blog.addresses.actor, signing, number),
            _signed(article, signing, number),
            get(page, blog.authority, accept="text/html"),
            get(path_of(unescape(picture[1])), blog.authority, accept="image/*"),
        ]
    return requests


def _signed(url: str, key: PrivateKey, number: int) -> bytes:
    """A whole signed GET of an ActivityPub document."""
    headers = sign_request(
        method="GET",
        url=url,
        key_id=f"http://{_host(number)}/actor#main-key",
        private_key=key,
        date=datetime.now(UTC),
        body=None,
        content_type=None,
    )
    host, path = url.split("/", 3)[2:]
    sent = {"Host": host, "Accept": ACTIVITY_JSON} | headers
    lines = [f"GET /{path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    return "\r\n".join([*lines, "", ""]).encode()


async def _pages(blog: ServedBlog, old: str, new: str) -> list[str]:
    """Where the reader goes: the new post, what has changed in it, a long thread page by page."""
    page, thread = await post_path(blog, new), await post_path(blog, old)
    html = (await blog.http.get(thread, headers={"Accept": "text/html"})).text
    following = _NEXT.search(html)
    if following is None:
        raise RuntimeError("the thread has no second page")
    return [page, f"{page}/changes?since=1", thread, urljoin(thread, unescape(following[1]))]


def _host(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


def _inbox(number: int, port: int) -> str:
    return f"http://{_host(number)}:{port}/inbox"


@asynccontextmanager
async def _inboxes() -> AsyncIterator[int]:
    """Takes every delivery, at any address of loopback; the port."""
    server = await asyncio.start_server(_take, "0.0.0.0", 0, backlog=2048)  # noqa: S104 - loopback
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = re.search(rb"content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)
            writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
    writer.close()
