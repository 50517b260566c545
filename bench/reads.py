"""What readers and other servers fetch: as it is kept, as it is made anew, and by whom has it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.frame.load import get, load
from bench.frame.row import Row
from bench.frame.senders import make_senders, profiles, signed_ahead
from bench.frame.servers import SHOWN, Answer, Bench, Process, ServedBlog
from tests.processes import free_port

NAME = "reads"
TITLE = "Pages and documents, kept and made anew, beside bare routes that return the same bytes"

_SENDERS = 50
_SHORT, _LONG = 50, 500
_COUNT = 2_000
_ANEW = 40
#: Fewer than the frame's own: nothing here waits, and each answer is whole.
_CONNECTIONS = 16
_MOST_ANEW_US = 3_000
_HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
_ACTIVITY = "application/activity+json"
#: Such a request is answered by nothing that is kept.
_UNKEPT = {"Authorization": "Bearer none"}


@dataclass(frozen=True, slots=True)
class _Read:
    """Something that is fetched. most: of the cost of a bare route."""

    operation: str
    path: str
    accept: str
    most: float


async def run(bench: Bench) -> list[Row]:
    """A blog with two conversations, asked for one thing after another, and a bare server."""
    port = free_port()
    senders = make_senders(f"http://127.0.0.1:{port}", _SENDERS)
    async with bench.plain(profiles(senders), port=port), bench.blog() as blog:
        short, long = await blog.publish("Short"), await blog.publish("Long")
        for key, first, replies in ((short, 0, _SHORT), (long, _SHORT, _LONG)):
            letters = [
                senders[number % _SENDERS].reply(number, blog.addresses.article(key))
                for number in range(first, first + replies)
            ]
            requests = await signed_ahead(letters, blog.addresses.shared_inbox)
            (await load(blog, requests, connections=_CONNECTIONS)).check(202)
            await blog.counts(SHOWN, least=first + replies)
        rows = []
        for read in await _reads(blog, short, long):
            rows += await _measure(bench, blog, read)
        pages = (f"post page, {_SHORT} replies", short), (f"post page, {_LONG} replies", long)
        for operation, key in pages:
            rows.append(await _measure_anew(blog, operation, await _page(blog, key)))
        return rows


async def _reads(blog: ServedBlog, short: str, long: str) -> list[_Read]:
    short_page, long_page = await _page(blog, short), await _page(blog, long)
    webfinger = f"/.well-known/webfinger?resource=acct:blog@{blog.authority}"
    return [
        _Read(f"post page, {_SHORT} replies, kept", short_page, _HTML, 1.3),
        _Read(f"post page, {_LONG} replies, kept", long_page, _HTML, 1.5),
        _Read("home page, kept", "/", _HTML, 1.5),
        _Read("feed, kept", "/feed.atom", "*/*", 1.5),
        _Read("Article, kept", f"/articles/{short}", _ACTIVITY, 1.5),
        _Read("actor, kept", "/users/blog", _ACTIVITY, 1.5),
        _Read("WebFinger, kept", webfinger, "application/jrd+json", 1.5),
        _Read("page of a collection, kept", "/users/blog/outbox?page=true", _ACTIVITY, 1.5),
    ]


async def _page(blog: ServedBlog, key: str) -> str:
    answer = await blog.http.get(f"/articles/{key}", headers={"Accept": _HTML})
    return answer.headers["location"].removeprefix(blog.origin)


async def _measure(bench: Bench, blog: ServedBlog, read: _Read) -> list[Row]:
    """As a whole, and for who has it already, which is compared with the bare whole."""
    asked = {"Accept": read.accept, "Accept-Encoding": "gzip", "User-Agent": "bench"}
    async with blog.http.stream("GET", read.path, headers=asked) as response:
        body = b"".join([piece async for piece in response.aiter_raw()])
    unsaid = {"date", "content-length"}
    headers = {name: value for name, value in response.headers.items() if name not in unsaid}
    plain_path = read.path.partition("?")[0]
    async with bench.plain({plain_path: Answer(body, headers)}) as plain:
        bare = await _cost(plain, plain_path, asked, _COUNT)
        kept = await _cost(blog, read.path, asked, _COUNT)
        known = asked | {"If-None-Match": headers["etag"]}
        same = await _cost(blog, read.path, known, _COUNT, 304)
    note = f"a bare route with its {len(body):,} bytes took {bare.us:.0f} µs"
    return [
        Row.by_ratio(read.operation, kept.us, bare.us, read.most, wall=kept.wall, note=note),
        Row.by_ratio(f"{read.operation}, 304", same.us, bare.us, read.most, wall=same.wall),
    ]


async def _measure_anew(blog: ServedBlog, operation: str, path: str) -> Row:
    asked = {"Accept": _HTML, "Accept-Encoding": "gzip"} | _UNKEPT
    cost = await _cost(blog, path, asked, _ANEW)
    most = _MOST_ANEW_US
    return Row.by_cpu(f"{operation}, as after a new reply", cost.us, most, wall=cost.wall)


@dataclass(frozen=True, slots=True)
class _Cost:
    """us: CPU time per request; wall: for the table."""

    us: float
    wall: str


async def _cost(
    server: Process, path: str, headers: Mapping[str, str], count: int, status: int = 200
) -> _Cost:
    request = get(path, server.authority, **{k.replace("-", "_"): v for k, v in headers.items()})
    await load(server, [request], count=20, connections=1)
    done = await load(server, [request], count=count, connections=_CONNECTIONS)
    done.check(status)
    return _Cost(done.cpu_us, done.in_words())
