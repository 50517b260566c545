"""People elsewhere, who reply, edit, delete and react until each of these is acknowledged."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx

from fediblog.demo import activities
from fediblog.demo.notes import Note
from fediblog.demo.people import Person
from fediblog.demo.server import DemoServer
from fediblog.protocol.incoming import Document
from fediblog.protocol.outgoing import encode, timestamp
from tests.soak.ledger import Ledger, Published, Said

#: Requests under way at any time.
AT_ONCE = 8
#: So much of what was acknowledged is sent once more, as by a server that did not hear the answer.
_REPEATED = 0.1
_REMEMBERED = 200
_PATIENCE = (0.05, 0.3)


@dataclass(frozen=True, slots=True)
class Letter:
    """An activity, and what has to be written down once it is acknowledged."""

    town: DemoServer
    sender: Person
    activity: Document
    promise: Callable[[], None]


@dataclass(slots=True)
class Senders:
    """posts: those that can be answered. pace: seconds between two of a sender's deeds."""

    inbox: str
    towns: Sequence[DemoServer]
    posts: Callable[[], Sequence[Published]]
    ledger: Ledger
    chance: random.Random
    pace: float = 0.0
    _parents: list[tuple[Note, str]] = field(default_factory=list)
    _count: int = 0

    async def run(self, ending: asyncio.Event) -> None:
        """Send until it is time, and then until all of that is acknowledged."""
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:

            async def carry() -> None:
                while not ending.is_set():
                    for letter in await self._write():
                        await self._deliver(http, letter)
                    await asyncio.sleep(self.pace)

            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(carry())

    async def _write(self) -> Sequence[Letter]:
        """What somebody does now: one activity, or several of which the order matters."""
        open_ones = [post for post in self.posts() if post.article]
        if not open_ones:
            return []
        town = self.chance.choice(self.towns)
        name = self.chance.choice(list(town.people))
        article = self.chance.choice(open_ones).article
        match self.chance.random():
            case what if what < 0.2:
                return [self._reaction(town, town.person(name), article)]
            case what if what < 0.3:
                return await self._upside_down(town, name, article)
            case what if what < 0.45:
                return await self._edited(town, name, article, deleted=what < 0.37)
        answered, article = self._answered(article)
        note = await self._note(town, name, answered)
        self._parents = [*self._parents[-_REMEMBERED:], (note, article)]
        return [self._create(town, note, article)]

    def _answered(self, article: str) -> tuple[str, str]:
        """The id of what is answered, and of the post above it."""
        if self._parents and self.chance.random() < 0.5:
            note, above = self.chance.choice(self._parents)
            return note.id, above
        return article, article

    async def _note(self, town: DemoServer, name: str, answered: str) -> Note:
        self._count += 1
        html = f"<p>Number {self._count} {self.chance.getrandbits(64):x}.</p>"
        return await town.reply(name, answered, html, mention=[], recipients=[], deliver=False)

    def _create(self, town: DemoServer, note: Note, article: str) -> Letter:
        def promise() -> None:
            self.ledger.notes.setdefault(note.id, Said(article, note.html))

        return Letter(town, note.author, activities.create(note), promise)

    async def _upside_down(self, town: DemoServer, name: str, article: str) -> Sequence[Letter]:
        """An answer to a reply comes before that reply."""
        parent = await self._note(town, name, article)
        child = await self._note(town, self.chance.choice(list(town.people)), parent.id)
        return [self._create(town, child, article), self._create(town, parent, article)]

    async def _edited(
        self, town: DemoServer, name: str, article: str, *, deleted: bool
    ) -> Sequence[Letter]:
        """A reply, an edit of it, and perhaps its end."""
        note = await self._note(town, name, article)
        letters = [self._create(town, note, article)]
        html = note.html.replace("Number", "Changed")
        edited = replace(note, html=html, updated=note.published + timedelta(seconds=1))
        town.notes[note.id] = edited

        def changed() -> None:
            self.ledger.notes[note.id].html = html

        letters.append(Letter(town, note.author, activities.update(edited), changed))
        if deleted:
            gone = replace(edited, deleted=town.clock())

            def removed() -> None:
                town.notes[note.id] = gone
                self.ledger.notes[note.id].deleted = True

            letters.append(Letter(town, note.author, activities.delete(gone), removed))
        return letters

    def _reaction(self, town: DemoServer, person: Person, article: str) -> Letter:
        number = town.next_number()
        kind = self.chance.choice(["like", "announce"])
        if kind == "like":
            activity = activities.like(person, f"{person.id}#likes/{number}", article)
        else:
            activity = activities.announce(
                person, f"{person.id}/boosts/{number}", article, "", timestamp(town.clock())
            )

        def promise() -> None:
            self.ledger.reactions.add((person.id, kind, article))

        return Letter(town, person, activity, promise)

    async def _deliver(self, http: httpx.AsyncClient, letter: Letter) -> None:
        """Send it until it is acknowledged, and sometimes once more after that."""
        body = encode(letter.activity)
        while not await self._post(http, letter, body):
            await asyncio.sleep(self.chance.uniform(*_PATIENCE))
        self.ledger.acknowledged += 1
        letter.promise()
        if self.chance.random() < _REPEATED:
            self.ledger.repeated += 1
            await self._post(http, letter, body)

    async def _post(self, http: httpx.AsyncClient, letter: Letter, body: bytes) -> bool:
        """Whether it was acknowledged. A refusal is written down, and no more is hoped for."""
        headers = letter.town.mail.seal(letter.sender).headers("POST", self.inbox, body)
        self.ledger.sent += 1
        try:
            answer = await http.post(self.inbox, content=body, headers=headers)
        except httpx.TransportError:
            return False
        after = answer.headers.get("retry-after")
        self.ledger.note_answer("POST /inbox", answer.status_code, after, answer.text)
        if 400 <= answer.status_code < 500:
            self.ledger.odd.append(f"refused with {answer.status_code}: {answer.text[:200]}")
            return True
        return answer.status_code == 202
