"""The followers' inboxes, on servers that are not always well."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

import orjson

from tests.remote.server import Request, listening, plain, read_request

ACCEPTED = plain(202)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A delivery that came. at: on the monotonic clock. answered: its server said 202 to the end,
    as far as it can know."""

    at: float
    answered: bool


@dataclass(slots=True)
class Mailboxes:
    """received: what came, by inbox and id of the activity.

    failing: the share of the requests that are answered with 503 or not at all. hanging: numbers of
    the servers that take everything and answer nothing.
    """

    chance: random.Random
    authorities: list[str] = field(default_factory=list)
    received: dict[tuple[str, str], list[Receipt]] = field(
        default_factory=lambda: defaultdict(list)
    )
    failing: float = 0.1
    hanging: set[int] = field(default_factory=set)

    def addresses(self, number: int) -> Sequence[str]:
        """So many inboxes, on all servers."""
        count = len(self.authorities)
        return [f"http://{self.authorities[each % count]}/inboxes/{each}" for each in range(number)]

    def heard(self, inbox: str) -> set[str]:
        """Ids of all activities that came to an inbox and were accepted there."""
        return {
            activity
            for (where, activity), receipts in self.received.items()
            if where == inbox and any(receipt.answered for receipt in receipts)
        }

    async def serve(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Take one connection's deliveries to a server until it ends."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._answer(number, await read_request(reader), writer):
                pass
        writer.close()

    async def _answer(self, number: int, request: Request, writer: asyncio.StreamWriter) -> bool:
        if number in self.hanging:
            await asyncio.sleep(3600)
        if not request.line.startswith("POST"):
            writer.write(plain(404))
            return True
        fails = self.chance.random() < self.failing
        if fails and self.chance.random() < 0.5:
            writer.write(plain(503, {"Retry-After": "1"}))
            await writer.drain()
            return True
        inbox = f"http://{request.headers['host']}{request.target}"
        activity = orjson.loads(request.body)["id"]
        self.received[inbox, activity].append(Receipt(time.monotonic(), answered=not fails))
        if fails:
            return False
        writer.write(ACCEPTED)
        await writer.drain()
        return True


@asynccontextmanager
async def open_mailboxes(servers: int, chance: random.Random) -> AsyncIterator[Mailboxes]:
    """Inboxes on so many servers of loopback."""
    mailboxes = Mailboxes(chance)
    async with AsyncExitStack() as stack:
        for number in range(servers):

            async def serve(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int = number
            ) -> None:
                await mailboxes.serve(number, reader, writer)

            port = await stack.enter_async_context(listening(serve))
            mailboxes.authorities.append(f"127.0.0.1:{port}")
        yield mailboxes
