"""Replies that come in from people who are known: until they are on disk, and on the page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.frame.load import load
from bench.frame.row import Row
from bench.frame.senders import Sender, make_senders, profiles, signed_ahead
from bench.frame.servers import Bench, ServedBlog
from fediblog.worker.arrivals import AT_ONCE_PER_SERVER
from tests.processes import free_port

NAME = "inbox"
TITLE = "A signed reply comes in from somebody who is known"

_SENDERS = 50
_REPLIES = 1_000
_PATIENCE_SECONDS = 120
_UNTIL_ASKED_SECONDS = 0.5
_MOST_ACCEPTED_US = 300
_MOST_SHOWN_US = 800


async def run(bench: Bench) -> list[Row]:
    """Once until everything is on the page; and once while nothing is processed, because as much of
    this server as the blog has in hand at once are questions that it does not answer."""
    async with known_senders(bench) as (blog, post, senders):
        inbox = blog.addresses.shared_inbox
        letters = [
            senders[number % _SENDERS].reply(number + 1, post) for number in range(2 * _REPLIES)
        ]
        requests = await signed_ahead(letters[:_REPLIES], inbox)

        async def shown() -> None:
            await processed(blog, _SENDERS + _REPLIES)

        async with blog.database() as db:
            database = await bench.database_cpu(db)
            whole = await load(blog, requests, until=shown)
            database = await bench.database_cpu(db) - database
        whole.check(202)
        requests = await signed_ahead(letters[_REPLIES:], inbox)
        riddles = [senders[number].riddle(number) for number in range(AT_ONCE_PER_SERVER)]
        (await load(blog, await signed_ahead(riddles, inbox))).check(202)
        await asyncio.sleep(_UNTIL_ASKED_SECONDS)
        accepted = await load(blog, requests)
        accepted.check(202)
    beside = f"; PostgreSQL {database / _REPLIES * 1e6:.0f} µs beside" if bench.postgres else ""
    return [
        Row.by_cpu(
            "signed reply in, until it is on disk and answered",
            accepted.cpu_us,
            _MOST_ACCEPTED_US,
            wall=accepted.in_words(),
            note=accepted.share(),
        ),
        Row.by_cpu(
            "signed reply in, until it is on the page",
            whole.cpu_us,
            _MOST_SHOWN_US,
            wall=whole.in_words(),
            note=whole.share() + beside,
        ),
    ]


@asynccontextmanager
async def known_senders(bench: Bench) -> AsyncIterator[tuple[ServedBlog, str, list[Sender]]]:
    """A blog, the id of a post of its, and people whose keys and profiles it has."""
    port = free_port()
    senders = make_senders(f"http://127.0.0.1:{port}", _SENDERS)
    async with bench.plain(profiles(senders), port=port), bench.blog() as blog:
        post = blog.addresses.article(await blog.publish("A post"))
        first = [sender.reply(0, post) for sender in senders]
        (await load(blog, await signed_ahead(first, blog.addresses.shared_inbox))).check(202)
        await processed(blog, len(first))
        yield blog, post, senders


async def processed(blog: ServedBlog, replies: int) -> None:
    """Wait until so many replies are on the page. Raises TimeoutError."""
    async with blog.database() as db, asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            rows = await db.rows("SELECT count(*) AS n FROM reply WHERE state = 'shown'")
            if rows[0]["n"] >= replies:
                return
            await asyncio.sleep(0.1)
