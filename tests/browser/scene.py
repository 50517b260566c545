"""A blog in use, for pictures: a post, and people with names of their own who talk about it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx

from fediblog.actions.answer import answer_reply
from fediblog.actions.change_site import change_site
from fediblog.demo.cast import Character
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from fediblog.store.replies import get_reply
from tests.bench import Bench, RunningBlog, SettableClock, until
from tests.federation.internet import internet

BLOG = "https://fieldnotes.example"
_GARDEN = "garden.example"

SITE = {
    "title": "Field Notes",
    "author_name": "Marta Lindgren",
    "description": "Gardener, programmer, keeper of too many notebooks. I write about *slow* tools "
    "and the weather on the west coast.",
    "language": "en",
    "excerpt_as_summary": "on",
}

TITLE = "A year of writing down the weather"
TAGS = "weather, notebooks, habits"
EXCERPT = (
    "For twelve months I wrote one line about the sky each morning. "
    "The lines turned out to be about everything else."
)
TEXT = """\
On the first of November last year I began to write down one line about the sky, every morning, \
before the kettle boiled. I had no plan for it.[^1] A year later there are three hundred and \
forty lines, and I keep going back to them.

What surprised me is how little of it is about weather:

- Fog is mostly about who was late.
- *Clear, cold* is about my father, who said it that way.
- The gaps are about people: there are twenty-five of them, and I know each by heart.

> The journal of the weather is the journal of the one who looks out of the window.

The lines live in a plain text file, a date and a sentence each, so a few words are enough to ask \
it something:

```python
lines = open("sky.txt", encoding="utf-8").read().splitlines()
print(sum("fog" in line for line in lines), "mornings in fog")
```

It was `61`, if you want to know. I would have said ten.

[^1]: That is not quite true. The plan was to have a reason to be up before the children.
"""

CAST = (
    Character("alice", "Alice Okafor", "<p>Grows tomatoes, reads long posts.</p>"),
    Character("bob", "Bob Sørensen", "<p>Mostly bicycles. Some opinions.</p>"),
    Character("chiyo", "Chiyo Tanaka", "<p>Photographs and tea.</p>"),
    Character("dana", "Dana Haddad", "<p>أكتب عن الكتب والقهوة.</p>", "ar"),
)


class ToTheBlog(httpx.AsyncHTTPTransport):
    """Does what the proxy in front of a blog does: ends TLS, and hands on to its port."""

    def __init__(self, blog: RunningBlog) -> None:
        super().__init__()
        self._address = httpx.URL(blog.address)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it; its Host header says already whom it is for."""
        there = self._address
        request.url = request.url.copy_with(scheme="http", host=there.host, port=there.port)
        return await super().handle_async_request(request)


@asynccontextmanager
async def scene(bench: Bench) -> AsyncIterator[tuple[RunningBlog, Post]]:
    """The blog and its post, with the conversation beneath."""
    clock = SettableClock()
    clock.offset = _opening_time() - datetime.now(UTC)
    async with (
        internet(bench.folder, [_GARDEN]) as (net, connector),
        bench.start(
            clock=clock, connector=connector, FEDIBLOG_URL=BLOG, FEDIBLOG_USERNAME="marta"
        ) as blog,
        httpx.AsyncClient(transport=ToTheBlog(blog)) as client,
    ):
        town = DemoServer(f"https://{_GARDEN}", client=client, clock=clock, cast=CAST)
        net.apps[_GARDEN] = town.app
        await change_site(blog.blog, SITE)
        for name in ("alice", "bob", "chiyo"):
            await town.follow(name, blog.actor)
        await blog.settled()
        post = await blog.publish(TITLE, TEXT, tags=TAGS, excerpt=EXCERPT)
        await blog.delivered()
        await _Talk(blog, town, blog.article(post)).happen()
        await until(lambda: _have_faces(blog))
        yield blog, post


def _opening_time() -> datetime:
    """Four days ago, at breakfast."""
    return (datetime.now(UTC) - timedelta(days=4)).replace(hour=7, minute=12)


async def _have_faces(blog: RunningBlog) -> bool:
    """Whether everybody's picture has been fetched; the blog's own actor has none."""
    query = "SELECT count(*) AS n FROM actor WHERE avatar = ''"
    return bool((await blog.blog.db.rows(query))[0]["n"] == 1)


class _Talk:
    """What people say, one after the other."""

    def __init__(self, blog: RunningBlog, town: DemoServer, article: str) -> None:
        self._blog, self._town, self._article = blog, town, article

    async def happen(self) -> None:
        """Eight replies of other people and one of the author."""
        fog = await self._say(
            "alice",
            None,
            "<p>“Fog is mostly about who was late.” I read that line to everybody at the table.</p>"
            "<p>Do you ever read the old ones <em>before</em> you write the new one?</p>",
            minutes=38,
        )
        answer = await self._answer(
            fog,
            "Never before. I did for a week in March, and began to write for the line above "
            "instead of for the window.",
            minutes=55,
        )
        habit = await self._say(
            "bob",
            answer,
            "<p>That is the best argument for paper I have heard: you would have to turn the page "
            "to cheat.</p>",
            minutes=20,
        )
        await self._say("alice", habit, "<p>I would turn the page.</p>", minutes=4)
        rain = await self._say(
            "chiyo",
            None,
            "<p>I do this with a photograph of the same roof. After six years the roof has become "
            "a kind of clock.</p>",
            minutes=190,
        )
        await self._say(
            "dana",
            rain,
            "<p>فكرة جميلة. عندي شجرة ليمون أمام النافذة، وسأبدأ بها غدًا.</p>",
            minutes=65,
        )
        roof = await self._say(
            "bob",
            rain,
            "<p>Is it always from the same spot? Mine would be a record of where I stood.</p>",
            minutes=600,
        )
        await self._say(
            "chiyo",
            roof,
            "<p>Same window, same hour, same cup on the sill. The cup has changed twice.</p>",
            minutes=12,
        )
        await self._say(
            "dana",
            None,
            "<p>Sixty-one mornings in fog! What does the script say about <code>wind</code>?</p>",
            minutes=700,
        )

    async def _say(self, name: str, answered: str | None, html: str, *, minutes: int) -> str:
        await self._blog.later(timedelta(minutes=minutes))
        note = await self._town.reply(name, answered or self._article, html)
        await self._blog.settled()
        return note.id

    async def _answer(self, uri: str, text: str, *, minutes: int) -> str:
        await self._blog.later(timedelta(minutes=minutes))
        reply = await get_reply(self._blog.blog.db, uri)
        assert reply is not None
        answer = await answer_reply(self._blog.blog, reply.id, text)
        await self._blog.delivered()
        return answer.uri
