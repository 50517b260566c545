"""Twenty servers and five hundred people, who talk beneath a post and tell only whom they must."""

import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import httpx

from fediblog.clock import Clock
from fediblog.demo.cast import Character
from fediblog.demo.notes import Listing, Note, Visibility
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.errors import RemoteError
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.keys import PrivateKey

SERVERS = 20
PEOPLE_PER_SERVER = 25


@dataclass(frozen=True, slots=True)
class Kind:
    """How a server behaves. secure: it asks for signatures; contexts: it lists whole threads."""

    listing: Listing
    secure: bool = False
    contexts: bool = False

    @property
    def tells(self) -> bool:
        """Whether anybody can learn there what answers a note."""
        return self.listing != "none" or self.contexts


#: Most are like Mastodon. The last one is like Misskey: it lists nothing.
KINDS = (
    *(10 * [Kind("mastodon")]),
    *(3 * [Kind("mastodon", secure=True)]),
    *(3 * [Kind("embedded")]),
    *(2 * [Kind("paged", secure=True)]),
    Kind("none", contexts=True),
    Kind("none"),
)


@dataclass(slots=True)
class Fediverse:
    """The servers, what was said on them, and what could not be delivered yet.

    told: ids of the notes that were delivered to the blog.
    """

    servers: Sequence[DemoServer]
    dice: random.Random
    blog: str
    said: list[Note] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    undelivered: list[tuple[DemoServer, Note]] = field(default_factory=list)

    @property
    def public(self) -> list[Note]:
        """Everything that anybody may read."""
        return [note for note in self.said if note.open_to_all]

    async def talk(self, article: str, count: int) -> None:
        """Let so many replies be written, one after the other."""
        for _ in range(count):
            self.said.append(await self._reply(self._topic(), article))

    async def redeliver(self) -> None:
        """What could not be delivered is tried again, as every server does."""
        again, self.undelivered = self.undelivered, []
        for server, note in again:
            await self._deliver(server, note)

    async def _reply(self, answered: Note | None, article: str) -> Note:
        server = self.dice.choice([each for each in self.servers if not each.down])
        name = self.dice.choice(list(server.people))
        note = await server.reply(
            name,
            answered.id if answered else article,
            f"<p>{len(self.said)}</p>",
            to=self._visibility(),
            mention=self._mentions(answered),
            recipients=(),
            deliver=False,
        )
        followers = self.dice.sample(self._everybody(), self.dice.randrange(3))
        told = {self._author(answered), *(each.id for each in note.mentions)}
        if note.open_to_all:
            told.update(followers)
        for recipient in sorted(told):
            if note.to == "direct" and recipient not in {each.id for each in note.mentions}:
                continue
            await self._deliver(server, replace(note, recipients=(recipient,)))
        return note

    async def _deliver(self, server: DemoServer, note: Note) -> None:
        try:
            await server.deliver(note)
        except RemoteError:
            self.undelivered.append((server, note))
        else:
            if note.recipients == (self.blog,):
                self.told.add(note.id)

    def _topic(self) -> Note | None:
        """What is answered: the post, or something that was said on a server that is up."""
        sayings = [note for note in self.public if not self._is_down(note.id)]
        return self.dice.choice(sayings) if sayings and self.dice.random() < 0.8 else None

    def _visibility(self) -> Visibility:
        kinds: list[Visibility] = ["public", "unlisted", "direct"]
        return self.dice.choices(kinds, [80, 15, 5])[0]

    def _mentions(self, answered: Note | None) -> list[str]:
        """Of all whom a composer fills in, people often leave some out, and whoever cannot be
        looked up is left out too; but under a note whose server lists nothing, the blog stays:
        else nobody could ever know."""
        if answered is None:
            return [self.blog] if self.dice.random() < 0.5 else []
        filled_in = {answered.author.id, *(each.id for each in answered.mentions)}
        kept = [each for each in sorted(filled_in) if self.dice.random() < 0.4]
        left = [each for each in kept if not self._is_down(each)]
        keeps = not self._kind_of(answered).tells and self.blog not in left
        return [*left, self.blog] if keeps else left

    def _is_down(self, uri: str) -> bool:
        at = authority_of(uri)
        return any(each.down and authority_of(each.origin) == at for each in self.servers)

    def _author(self, answered: Note | None) -> str:
        return answered.author.id if answered else self.blog

    def _kind_of(self, note: Note) -> Kind:
        at = authority_of(note.id)
        return next(
            kind
            for server, kind in zip(self.servers, KINDS, strict=True)
            if authority_of(server.origin) == at
        )

    def _everybody(self) -> list[str]:
        return [person.id for server in self.servers for person in server.people.values()]


@asynccontextmanager
async def fediverse(
    keys: Iterator[PrivateKey], clock: Clock, *, blog: str, seed: int
) -> AsyncIterator[Fediverse]:
    """Twenty servers that answer until the block ends. blog: id of the blog's actor."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=20))
        servers = [
            await stack.enter_async_context(
                running(client=client, clock=clock, cast=_cast(), new_key=lambda: next(keys))
            )
            for _ in range(SERVERS)
        ]
        for server, kind in zip(servers, KINDS, strict=True):
            server.listing, server.require_signed_fetch = kind.listing, kind.secure
            server.offers_contexts, server.copies_conversation = kind.contexts, True
        yield Fediverse(servers, random.Random(seed), blog)


def _cast() -> list[Character]:
    return [
        Character(f"user{number}", f"User {number}", "<p>One of many.</p>")
        for number in range(PEOPLE_PER_SERVER)
    ]
