"""One process against two on PostgreSQL: replies that come in, and pages."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from bench.frame.load import Load, get, load
from bench.frame.row import Row
from bench.frame.senders import Letter, Sender, make_senders, profiles, signed_ahead
from bench.frame.servers import SHOWN, Bench, ServedBlog, path_of
from tests.processes import free_port
from tests.provision.postgres import running_postgres

NAME = "processes"
TITLE = "Throughput with two processes against one, on PostgreSQL"

_SENDERS = 50
_REPLIES = 400
_PAGES = 1_000
_COUNTS = (1, 2)


@dataclass(frozen=True, slots=True)
class _Run:
    """What so many processes have done."""

    replies: Load
    shown_per_second: float
    pages: Load


async def run(bench: Bench) -> list[Row]:
    """The database, the generator and the processes share the machine's cores, so the figures are
    printed, not judged."""
    with ExitStack() as stack:
        if not bench.postgres:
            bench = replace(bench, postgres=stack.enter_context(running_postgres()))
        port = free_port()
        senders = make_senders(f"http://127.0.0.1:{port}", _SENDERS)
        async with bench.plain(profiles(senders), port=port):
            one, two = [await _measure(bench, senders, count) for count in _COUNTS]
    return [
        _row("signed replies in, answered", one.replies, two.replies),
        Row(
            "the same, until they are on the page",
            measured=f"{two.shown_per_second / one.shown_per_second:.2f} × as many",
            wall=f"{one.shown_per_second:,.0f}/s with 1, {two.shown_per_second:,.0f}/s with 2",
        ),
        _row("post page", one.pages, two.pages),
    ]


async def _measure(bench: Bench, senders: list[Sender], count: int) -> _Run:
    async with bench.blog(f"--processes={count}") as blog:
        key = await blog.publish("A post")
        first = [sender.reply(0, blog.addresses.article(key)) for sender in senders]
        await _deliver(blog, first, len(first))
        letters = [
            senders[number % _SENDERS].reply(number + 1, blog.addresses.article(key))
            for number in range(_REPLIES)
        ]
        replies, seconds = await _deliver(blog, letters, len(first) + len(letters))
        page = get(await post_path(blog, key), blog.authority, accept="text/html")
        (await load(blog, [page], count=200)).check(200)
        pages = await load(blog, [page], count=_PAGES)
        pages.check(200)
        return _Run(replies, len(letters) / seconds, pages)


async def _deliver(blog: ServedBlog, letters: Sequence[Letter], in_all: int) -> tuple[Load, float]:
    """Send them; how that went, and the seconds until so many replies are on the page."""
    waited = 0.0

    async def shown() -> None:
        nonlocal waited
        answered = time.perf_counter()
        await blog.counts(SHOWN, least=in_all)
        waited = time.perf_counter() - answered

    requests = await signed_ahead(letters, blog.addresses.shared_inbox)
    done = await load(blog, requests, until=shown)
    done.check(202)
    return done, done.wall + waited


async def post_path(blog: ServedBlog, key: str) -> str:
    """Where the page of a post is."""
    answer = await blog.http.get(f"/articles/{key}", headers={"Accept": "text/html"})
    return path_of(answer.headers["location"])


def _row(operation: str, one: Load, two: Load) -> Row:
    per_second = one.count / one.wall, two.count / two.wall
    return Row(
        operation,
        two.cpu_us,
        measured=f"{per_second[1] / per_second[0]:.2f} × as many",
        wall=f"{per_second[0]:,.0f}/s with 1, {per_second[1]:,.0f}/s with 2",
        note=two.share(),
    )
