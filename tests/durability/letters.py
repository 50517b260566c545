"""Replies by the hundreds, signed, and sent as several busy servers would send them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from fediblog.demo.activities import create
from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from fediblog.protocol.outgoing import encode

#: Requests that the senders have under way at any time.
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Letter:
    """A note on the server of its author, as it is to be delivered."""

    town: DemoServer
    note: Note

    def headers(self, inbox: str, body: bytes) -> dict[str, str]:
        """The headers of a delivery that is signed now."""
        return self.town.mail.seal(self.note.author).headers("POST", inbox, body)


@dataclass(slots=True)
class Postbag:
    """Letters on their way to one inbox. acknowledged: ids of the notes that were answered 202."""

    inbox: str
    letters: Sequence[Letter]
    acknowledged: set[str] = field(default_factory=set)

    async def send(self) -> None:
        """Send what has not been acknowledged; it ends early when the other side is gone."""
        waiting = iter(
            [letter for letter in self.letters if letter.note.id not in self.acknowledged]
        )
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:

            async def carry() -> None:
                for letter in waiting:
                    await self._post(http, letter)

            carriers = [carry() for _ in range(_AT_ONCE)]
            for failure in await asyncio.gather(*carriers, return_exceptions=True):
                if failure and not isinstance(failure, httpx.TransportError):
                    raise failure

    async def _post(self, http: httpx.AsyncClient, letter: Letter) -> None:
        body = encode(create(letter.note))
        headers = letter.headers(self.inbox, body)
        answer = await http.post(self.inbox, content=body, headers=headers)
        assert answer.status_code == 202, answer.text
        self.acknowledged.add(letter.note.id)


async def write(towns: Sequence[DemoServer], article: str, number: int) -> list[Letter]:
    """Replies to a post, by everybody in turn; every fourth one answers the one before it."""
    letters: list[Letter] = []
    for turn in range(number):
        town = towns[turn % len(towns)]
        name = list(town.people)[turn // len(towns) % len(town.people)]
        answered = letters[-1].note.id if turn % 4 == 3 else article
        note = await town.reply(
            name, answered, f"<p>Reply {turn}.</p>", mention=[], recipients=[], deliver=False
        )
        letters.append(Letter(town, note))
    return letters
