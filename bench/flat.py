"""The same pages of a small blog, of bigger ones and of a big one, with the same on them; and what
the big one takes in memory and at its start."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bench.frame.big import BIG, COMMON_TAG, COMMON_WORD, SESSION_TOKEN, SMALL, Filled, Size, fill
from bench.frame.load import get, load
from bench.frame.row import Row
from bench.frame.senders import Sender, make_senders, profiles, signed_ahead
from bench.frame.servers import Bench, ServedBlog
from fediblog.clock import utc_now
from fediblog.store.moments import to_ms
from tests.processes import free_port

NAME = "flat"
TITLE = "Pages and replies of a blog with 1,000 replies, and of one with 1,000,000"

_SENDERS = 20
_REPLIES = 300
_ROUNDS = 3
#: Answers to searches that one reader gets in a minute.
_REQUESTS, _SEARCHES = 40, 15
_MOST_RATIO, _MOST_SEARCH_RATIO = 1.2, 2.0
_MOST_IDLE, _MOST_BUSY = 90_000_000, 130_000_000
_MOST_START_SECONDS = 2.0
_PATIENCE_SECONDS = 120
#: Blogs of these parts of the big one show how cost grows on the way.
_BETWEEN = (100, 10)
#: PostgreSQL takes longer to write it all down.
_SMALLER_ON_POSTGRES = 5


@dataclass(frozen=True, slots=True)
class _Started:
    """A blog that has been filled and is served. start: CPU and wall seconds until it answered;
    idle: bytes of memory before it was asked for anything else."""

    blog: ServedBlog
    filled: Filled
    start: tuple[float, float]
    idle: int


async def run(bench: Bench) -> list[Row]:
    """All blogs are served at once, and measured by turns: each page's cheapest turn counts."""
    size = BIG.divided(_SMALLER_ON_POSTGRES) if bench.postgres else BIG
    between = [BIG.divided(by) for by in _BETWEEN]
    port = free_port()
    senders = make_senders(f"http://127.0.0.1:{port}", _SENDERS)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(bench.plain(profiles(senders), port=port))
        blogs = [
            await stack.enter_async_context(_started(bench, each))
            for each in (SMALL, *between, size)
        ]
        costs: dict[str, list[list[float]]] = {}
        for turn in range(_ROUNDS):
            for name in _pages(blogs[0].filled):
                costs.setdefault(name, []).append([await _cost(each, name, turn) for each in blogs])
        came = [await _replies_in(each, senders) for each in blogs]
        rows = [
            _row("inbox, until it is on the page", blogs, [came]),
            *(_row(name, blogs, turns) for name, turns in costs.items()),
        ]
        return [*rows, *_kept(blogs[0], blogs[-1])]


async def _replies_in(started: _Started, senders: Sequence[Sender]) -> float:
    """CPU µs of a reply in the long thread, of people who are known."""
    blog = started.blog
    post = blog.addresses.article("key-1")
    letters = [senders[n % _SENDERS].reply(n, post) for n in range(_SENDERS + _REPLIES)]
    requests = await signed_ahead(letters, blog.addresses.shared_inbox)
    await _take(blog, requests[:_SENDERS])
    return await _take(blog, requests[_SENDERS:])


def _kept(small: _Started, big: _Started) -> list[Row]:
    """Memory and starts."""
    rows = []
    for name, used, most in (
        ("memory, idle", small.idle, _MOST_IDLE),
        (f"memory, {_in_words(big.filled.size)}, after all of this", big.blog.resident(), 0),
    ):
        most = most or _MOST_BUSY
        rows.append(
            Row(
                name,
                measured=f"{used / 1e6:.0f} MB",
                limit=f"≤ {most / 1e6:.0f} MB",
                ok=used <= most,
            )
        )
    for name, start in (("small blog", small.start), (_in_words(big.filled.size), big.start)):
        rows.append(
            Row(
                f"start to the first answer, {name}",
                start[0] * 1e6,
                wall=f"{start[1]:.1f} s",
                limit=f"≤ {_MOST_START_SECONDS:g} s",
                ok=start[0] <= _MOST_START_SECONDS,
            )
        )
    return rows


def _in_words(size: Size) -> str:
    return f"{size.replies:,} replies"


@asynccontextmanager
async def _started(bench: Bench, size: Size) -> AsyncIterator[_Started]:
    async with bench.installation() as installation:
        async with bench.serve(installation):
            pass
        filled = await fill(installation.database_url, size, now=to_ms(utc_now()))
        begun = time.monotonic()
        async with bench.serve(installation) as blog:
            start = (blog.cpu(), time.monotonic() - begun)
            await _at_rest(blog)
            yield _Started(blog, filled, start, blog.resident())


async def _at_rest(blog: ServedBlog) -> None:
    """Wait until it has done what it does at its start. Raises TimeoutError."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        before = -1.0
        while blog.cpu() - before > 0.02:
            before = blog.cpu()
            await asyncio.sleep(1)


def _pages(filled: Filled) -> Mapping[str, str]:
    """The pages by what they are called; the one deep in the thread is the last but the deepest,
    if there are not so many."""
    return {
        "home": "/",
        "thread, page 1": filled.thread,
        "thread, page 500": filled.page_of_thread(min(500, filled.last_wide_page)),
        "tag page": f"/tags/{COMMON_TAG}",
        "search, first page": f"/search?q={COMMON_WORD}",
        **{
            f"admin: {name}": f"/admin/{name}"
            for name in (
                "incoming",
                "deliveries",
                "posts",
                "queue",
                "notifications",
                "servers",
                "media",
            )
        },
    }


async def _cost(started: _Started, name: str, turn: int) -> float:
    """CPU µs of one answer that was not given before: each request has a query of its own."""
    blog, path = started.blog, _pages(started.filled)[name]
    count = _SEARCHES if name.startswith("search") else _REQUESTS
    mark = "&" if "?" in path else "?"
    requests = [
        get(
            f"{path}{mark}nth={turn}.{number}",
            blog.authority,
            accept="text/html",
            cookie=f"fediblog={SESSION_TOKEN}",
        )
        for number in range(count)
    ]
    done = await load(blog, requests, connections=1)
    done.check(200)
    return done.cpu_us


async def _take(blog: ServedBlog, requests: Sequence[bytes]) -> float:
    async def processed() -> None:
        await blog.counts("arrival WHERE state = 'new'", most=0)

    done = await load(blog, requests, until=processed)
    done.check(202)
    return done.cpu_us


def _row(name: str, blogs: Sequence[_Started], turns: Sequence[Sequence[float]]) -> Row:
    """turns: what it cost in each blog, each time."""
    least = [min(costs) for costs in zip(*turns, strict=True)]
    small, big = least[0], least[-1]
    most = _MOST_SEARCH_RATIO if name.startswith("search") else _MOST_RATIO
    return Row(
        name,
        big,
        big / small,
        limit=f"≤ {most:g} × at 1,000",
        ok=big / small <= most,
        data={str(each.filled.size.replies): us for each, us in zip(blogs, least, strict=True)},
    )
