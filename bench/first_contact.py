"""Somebody writes of whom nothing is known: key and profile have to be fetched first."""

import asyncio

from bench.frame.load import load
from bench.frame.row import Row
from bench.frame.senders import make_senders, profiles, signed_ahead
from bench.frame.servers import Bench
from bench.inbox import known_senders, processed
from tests.processes import free_port

NAME = "first-contact"
TITLE = "A signed reply comes in from somebody unknown, and meanwhile from others who are known"

_STRANGERS = 200
_KNOWN_REPLIES = 200
_MOST_US = 5_000


async def run(bench: Bench) -> list[Row]:
    """Strangers alone; then known people alone, and known people while strangers come."""
    port = free_port()
    strangers = make_senders(f"http://127.0.0.1:{port}", 2 * _STRANGERS)
    async with (
        bench.plain(profiles(strangers), port=port),
        known_senders(bench) as (blog, post, senders),
    ):
        inbox = blog.addresses.shared_inbox
        requests = await signed_ahead([each.reply(1, post) for each in strangers], inbox)
        known = await signed_ahead(
            [
                senders[number % len(senders)].reply(number + 1, post)
                for number in range(2 * _KNOWN_REPLIES)
            ],
            inbox,
        )

        async def shown() -> None:
            await processed(blog, len(senders) + _STRANGERS)

        first = await load(blog, requests[:_STRANGERS], until=shown)
        first.check(202)
        alone = await load(blog, known[:_KNOWN_REPLIES], connections=8)
        beside, _ = await asyncio.gather(
            load(blog, known[_KNOWN_REPLIES:], connections=8),
            load(blog, requests[_STRANGERS:]),
        )
        alone.check(202)
        beside.check(202)
    return [
        Row.by_cpu(
            "first contact, until the reply is on the page",
            first.cpu_us,
            _MOST_US,
            wall=first.in_words(),
            note=first.share(),
        ),
        Row(
            "known senders while strangers come",
            measured="",
            wall=f"p99 {beside.p99 * 1000:.0f} ms, alone {alone.p99 * 1000:.0f} ms",
        ),
    ]
