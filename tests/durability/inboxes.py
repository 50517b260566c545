"""A hundred followers with inboxes of their own, which remember what came to them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes

import orjson

from fediblog.store.actors import NewActor, set_actor
from fediblog.store.followers import set_follower
from tests.processes import Installation
from tests.remote.server import listening

#: Seconds between the reading of a delivery and its answer: where a kill leaves it in doubt.
_THINKING = 0.1


@dataclass(slots=True)
class Inboxes:
    """authorities: where it listens. received: ids of activities by inbox, in their order."""

    authorities: list[str] = field(default_factory=list)
    received: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def addresses(self, number: int) -> Sequence[str]:
        """So many inboxes, on all servers."""
        count = len(self.authorities)
        return [f"http://{self.authorities[each % count]}/inboxes/{each}" for each in range(number)]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one connection's deliveries until it ends."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                await self._take(reader)
                await asyncio.sleep(_THINKING)
                writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()

    async def _take(self, reader: asyncio.StreamReader) -> None:
        line, _, fields = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")
        headers = message_from_bytes(fields)
        body = await reader.readexactly(int(headers["Content-Length"]))
        inbox = f"http://{headers['Host']}{line.split()[1].decode()}"
        self.received[inbox].append(orjson.loads(body)["id"])


@asynccontextmanager
async def listening_inboxes(servers: int) -> AsyncIterator[Inboxes]:
    """Inboxes on so many servers of loopback."""
    inboxes = Inboxes()
    async with AsyncExitStack() as stack:
        for _ in range(servers):
            port = await stack.enter_async_context(listening(inboxes.serve))
            inboxes.authorities.append(f"127.0.0.1:{port}")
        yield inboxes


async def add_followers(place: Installation, inboxes: Sequence[str]) -> None:
    """A follower for each inbox, written past the server, which does not run yet."""
    async with place.database() as db, db.transaction() as tx:
        for inbox in inboxes:
            number = await set_actor(tx, _follower(inbox), now=0)
            await set_follower(tx, number, f"{inbox}#follow", 0)


def _follower(inbox: str) -> NewActor:
    return NewActor(
        uri=inbox.replace("inboxes", "users"),
        authority=inbox.split("/")[2],
        type="Person",
        username="somebody",
        name="Somebody",
        page_url="",
        icon_url="",
        inbox=inbox,
        shared_inbox="",
    )
