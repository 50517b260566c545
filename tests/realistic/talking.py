"""The long thread: six hundred replies, fifteen levels deep, each a signed delivery."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fediblog.actions.answer import answer_reply
from fediblog.actions.moderate import hide_reply
from fediblog.demo.emojis import custom_emoji
from fediblog.demo.notes import NOTHING_ELSE, Attachment, Extras, Note, Poll, Visibility
from fediblog.demo.server import DemoServer
from fediblog.store.replies import get_reply
from tests.bench import RunningBlog, SettableClock
from tests.realistic.people import CAFE, GARDEN, SOCIAL, TOKYO
from tests.realistic.words import ANSWERS, WORDS

REPLIES = 600
DEEPEST = 15
#: Of those, what nobody but the author ever sees.
PRIVATE = 9
_BLURHASH = "L94r1CktfQktpMflfQflfQfQfQfQ"
_AT_ONCE = 40
_ANSWER_EVERY = 25
_LEAP = timedelta(hours=3)

Answered = Note | str | None


@dataclass(slots=True)
class Talk:
    """Lets people talk. said: every note that anybody may read, in order. depths: the level of
    each by its id, the author's answers too. moment: when the last one was written; the clock is
    ahead of it, for it may only leap when nothing is under way: whatever the blog is doing then
    would seem to have taken hours."""

    blog: RunningBlog
    servers: dict[str, DemoServer]
    clock: SettableClock
    article: str
    moment: datetime
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    said: list[Note] = field(default_factory=list)
    depths: dict[str, int] = field(default_factory=dict)
    count: int = 0

    async def happen(self) -> None:
        """Everything, in about four days."""
        await self._first_words()
        await self._rich_replies()
        await self._deep_chain()
        await self._branch_that_loses_its_root()
        await self._whispers()
        await self._crowd()
        await self._second_thoughts()
        await self._applause()
        await self.blog.settled(seconds=60)
        await self.blog.delivered(seconds=60)

    async def _first_words(self) -> None:
        """The conversation that stands at the top of the page."""
        say = self._say
        fog = await say(
            (GARDEN, "alice"),
            None,
            "<p>“Fog is mostly about who was late.” I read that line to everybody at the table.</p>"
            "<p>Do you ever read the old ones <em>before</em> you write the new one?</p>",
            minutes=38,
        )
        answer = await self._answer(fog, ANSWERS[0])
        habit = await say(
            (GARDEN, "bob"),
            answer,
            "<p>That is the best argument for paper I have heard: you would have to turn the page "
            "to cheat.</p>",
        )
        await say((GARDEN, "alice"), habit, "<p>I would turn the page.</p>")
        roof = await say((TOKYO, "chiyo"), None, f"<p>{WORDS['ja'][1]}</p>", minutes=90)
        await self._answer(roof, "素敵です。 I should like to see that roof.")
        await say((CAFE, "dana"), roof, f"<p>{WORDS['ar'][0]}</p>")

    async def _rich_replies(self) -> None:
        """Pictures, custom emoji, warnings, polls, a sound."""
        garden = self.servers[GARDEN]
        leaf, wave = (custom_emoji(garden.origin, name) for name in ("leaf", "wave"))
        rows = self._view("rows", "Three rows of tomato plants in the evening light")
        shed = self._view("shed", "A shed with its door open, and a barometer beside the door")
        sound = Attachment(f"{garden.origin}/rain.ogg", "audio/ogg", "Rain on a tin roof")
        shown = await self._say(
            (GARDEN, "edda"),
            None,
            "<p>So sah es heute früh bei mir aus :leaf: :wave:</p>",
            extras=Extras(emojis=(leaf, wave), attachments=(rows, shed, sound)),
        )
        await self._say(
            (GARDEN, "bob"),
            shown,
            "<p>Spiders, all of them.</p>",
            extras=Extras(
                warning="Animals with many legs :leaf:",
                emojis=(leaf,),
                attachments=(self._view("web", "A cobweb with dew on it"),),
            ),
        )
        await self._say(
            (TOKYO, "yuki"),
            shown,
            "<p>これは小さな写真です。</p>",
            extras=Extras(sensitive=True, attachments=(self._view("small", "小さな庭"),)),
        )
        closes = self.clock() + timedelta(days=30)
        poll = Poll(("في الصباح", "في المساء", "لا أكتب"), (7, 2, 1), closes=closes)
        await self._say(
            (CAFE, "salma"),
            None,
            "<p>متى تكتبون؟</p>",
            extras=Extras(poll=poll),
        )
        await self._say(
            (SOCIAL, "mo"),
            None,
            f"<p>{'long' * 60}</p><p>https://{'very.' * 30}example/{'path/' * 30}</p>"
            "<blockquote><p>quoting is half of reading</p></blockquote>"
            "<ul><li>one<ul><li>and a half</li></ul></li><li>two</li></ul><pre>  x = 1</pre>",
            extras=Extras(warning="A very long line"),
        )

    async def _deep_chain(self) -> None:
        """Two who cannot stop, down to the last level."""
        answered: Answered = None
        for level in range(1, DEEPEST + 1):
            place = ((SOCIAL, "iris"), (SOCIAL, "jonas"))[level % 2]
            answered = await self._say(place, answered, self._text(place))

    async def _branch_that_loses_its_root(self) -> None:
        """A deleted reply with a conversation beneath it, and one that nobody had answered."""
        root = await self._say((SOCIAL, "nuno"), None, "<p>First!</p>")
        below = [await self._say((SOCIAL, "kofi"), root, "<p>You were not.</p>")]
        for place in self._places(11):
            below.append(await self._say(place, self.dice.choice(below), self._text(place)))
        alone = await self._say((GARDEN, "finn"), None, "<p>Wrong post, sorry.</p>")
        await self.blog.settled(seconds=60)
        for note, server in ((root, SOCIAL), (alone, GARDEN)):
            await self.servers[server].delete(note)
            self.said.remove(note)

    async def _whispers(self) -> None:
        """Replies for the author's eyes only."""
        kinds: list[Visibility] = ["direct", "followers"]
        for number, place in enumerate(self._places(PRIVATE)):
            await self._say(place, None, "<p>Between us: a secret.</p>", to=kinds[number % 2])

    async def _crowd(self) -> None:
        """Everybody else, until there are as many as there shall be."""
        while self.count < REPLIES:
            for place in self._places(min(_AT_ONCE, REPLIES - self.count)):
                topic = self._topic()
                note = await self._say(place, topic, self._text(place), minutes=6)
                if self.count % _ANSWER_EVERY == 0:
                    await self._answer(note, self.dice.choice(ANSWERS))

    async def _second_thoughts(self) -> None:
        """Edits, and two replies that the author does not want to see there."""
        for note in self.dice.sample(self.said, 6):
            await self._server_of(note).edit(note, f"{note.html}<p>(Edited: a comma.)</p>")
        await self.blog.settled(seconds=60)
        for note in self.said[-2:]:
            await hide_reply(self.blog.blog, await self._number(note.id))

    async def _applause(self) -> None:
        """Likes, boosts, reactions with emoji, and quotes."""
        for host, server in self.servers.items():
            for name in server.people:
                await server.like(name, self.article)
            await server.announce(next(iter(server.people)), self.article)
            await server.react(next(iter(server.people)), self.article, "🌧️")
            if host == GARDEN:
                await server.react("gita", self.article, custom_emoji(server.origin, "leaf"))
        await self.servers[SOCIAL].quote("iris", self.article, "<p>Read this with tea.</p>")
        for name in self.servers[TOKYO].people:
            await self.servers[TOKYO].quote(name, self.article, "<p>空の日記について。</p>")

    async def _say(
        self,
        place: tuple[str, str],
        answered: Answered,
        html: str,
        *,
        minutes: int = 4,
        extras: Extras = NOTHING_ELSE,
        to: Visibility = "public",
    ) -> Note:
        await self._pass(minutes)
        host, name = place
        parent = answered.id if isinstance(answered, Note) else answered or self.article
        mentioned = [self.blog.actor] if to != "public" else []
        note = await self.servers[host].reply(
            name,
            parent,
            html,
            to=to,
            mention=mentioned,
            recipients=[self.blog.actor],
            published=self.moment,
            extras=extras,
        )
        self.count += 1
        if to == "public":
            self.said.append(note)
            self.depths[note.id] = self.depths.get(parent, 0) + 1
        return note

    async def _answer(self, note: Note, text: str) -> str:
        """The author answers; the id of the answer."""
        await self.blog.settled(seconds=60)
        self.clock.offset += timedelta(minutes=11)
        self.moment = self.clock()
        answer = await answer_reply(self.blog.blog, await self._number(note.id), text)
        self.depths[answer.uri] = self.depths[note.id] + 1
        return answer.uri

    async def _pass(self, minutes: int) -> None:
        self.moment += timedelta(minutes=minutes)
        if self.moment > self.clock():
            await self.blog.settled(seconds=60)
            self.clock.offset += _LEAP

    async def _number(self, uri: str) -> int:
        reply = await get_reply(self.blog.blog.db, uri)
        assert reply is not None, uri
        return reply.id

    def _topic(self) -> Note | None:
        """What is answered next: the post now and then, else something that was said lately."""
        if self.dice.random() < 0.12:
            return None
        recent = self.said[-60:] if self.dice.random() < 0.6 else self.said
        return self.dice.choice([each for each in recent if self.depths[each.id] < DEEPEST])

    def _text(self, place: tuple[str, str]) -> str:
        language = self.servers[place[0]].person(place[1]).language
        own = self.dice.random() < 0.75 or language == "en"
        return f"<p>{self.dice.choice(WORDS[language if own else 'en'])}</p>"

    def _places(self, count: int) -> Sequence[tuple[str, str]]:
        everybody = [(host, name) for host, each in self.servers.items() for name in each.people]
        return self.dice.choices(everybody, k=count)

    def _server_of(self, note: Note) -> DemoServer:
        return next(each for each in self.servers.values() if note.id.startswith(each.origin))

    def _view(self, name: str, description: str) -> Attachment:
        address = f"{self.servers[GARDEN].origin}/views/{name}.jpg"
        return Attachment(address, "image/jpeg", description, _BLURHASH, 1600, 1200)
