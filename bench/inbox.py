"""Replies that come in, until they are on the page."""

from bench.frame.load import Load, load
from bench.frame.row import Row
from bench.frame.senders import make_senders, profiles, signed_ahead
from bench.frame.servers import SHOWN, Bench
from tests.processes import free_port

NAME = "inbox"
TITLE = "A signed reply comes in, from somebody known"

_SENDERS = 50
_REPLIES = 1_000
_MOST_SHOWN_US = 800


async def run(bench: Bench) -> list[Row]:
    """What the server uses from the first reply until the last one is on the page."""
    port = free_port()
    senders = make_senders(f"http://127.0.0.1:{port}", _SENDERS)
    rows = []
    async with bench.plain(profiles(senders), port=port), bench.blog() as blog:
        post = blog.addresses.article(await blog.publish("A post"))
        inbox = blog.addresses.shared_inbox
        first = [sender.reply(0, post) for sender in senders]
        (await load(blog, await signed_ahead(first, inbox))).check(202)
        await blog.counts(SHOWN, least=len(first))
        letters = [senders[number % _SENDERS].reply(number + 1, post) for number in range(_REPLIES)]
        requests = await signed_ahead(letters, inbox)

        async def shown() -> None:
            await blog.counts(SHOWN, least=len(first) + len(letters))

        done = await load(blog, requests, until=shown)
        done.check(202)
        rows.append(_row("signed reply in, until it is on the page", done, _MOST_SHOWN_US))
    return rows


def _row(operation: str, done: Load, most: float) -> Row:
    return Row.by_cpu(operation, done.cpu_us, most, wall=done.in_words(), note=done.share())
