"""The story that fills a newcomer's first tree: four people find a post and talk about it."""

import asyncio

import httpx

from fediblog.demo.emojis import custom_emoji
from fediblog.demo.notes import NOTHING_ELSE, Attachment, Extras
from fediblog.demo.server import DemoServer
from fediblog.errors import RemoteUnreachable

#: Seconds between the tries of a delivery: longer than a restart of the blog takes.
_PATIENCE = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_POLL_SECONDS = 0.1


async def wait_until_up(blog_origin: str, *, seconds: float = 30.0) -> None:
    """Return once the blog answers. RemoteUnreachable when it does not in time."""
    async with httpx.AsyncClient(trust_env=False, timeout=5.0) as http:
        try:
            async with asyncio.timeout(seconds):
                while True:
                    if await _answers(http, blog_origin):
                        return
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError as error:
            raise RemoteUnreachable(detail=f"{blog_origin} does not answer") from error


async def play(
    server: DemoServer, blog_origin: str, blog_actor: str, article_id: str, *, pace: float = 1.0
) -> None:
    """Play the story once, in about twenty seconds.

    pace: the pauses are multiplied by it. It needs Alice, Bob, Chiyo and Dana on the server, and
    each run makes new ids. Raises a RemoteError when the blog stays away or refuses something.
    """
    await wait_until_up(blog_origin)
    server.mail.patience = _PATIENCE
    await _Play(server, blog_actor, article_id, pace).play()


class _Play:
    """The acts, in order."""

    def __init__(self, server: DemoServer, blog_actor: str, article_id: str, pace: float) -> None:
        self._server = server
        self._blog = blog_actor
        self._article = article_id
        self._pace = pace

    async def play(self) -> None:
        await self._followers()
        await self._questions()
        await self._tea()
        await self._second_thoughts()

    async def _followers(self) -> None:
        for name in ("alice", "bob", "chiyo", "dana"):
            await self._server.follow(name, self._blog)
            await self._pause(0.4)

    async def _questions(self) -> None:
        """A conversation that goes down and down, five levels."""
        say = self._say
        first = await say("alice", None, "<p>So this is where the replies end up. How lovely!</p>")
        await self._server.like("bob", self._article)
        second = await say("bob", first, "<p>Can you answer an answer, too?</p>")
        third = await say("alice", second, "<p>It seems so. This is the third level.</p>")
        fourth = await say("bob", third, "<p>Fourth! Does it ever end?</p>")
        await say("dana", fourth, "<p>لا نهاية للحديث الجيد.</p>")

    async def _tea(self) -> None:
        """Other scripts, a picture, an emoji and a boost."""
        say = self._say
        server = self._server
        tea = await say(
            "chiyo",
            None,
            "<p>とても読みやすい記事です。お茶を飲みながら読みました。</p>",
            Extras(attachments=(Attachment(f"{server.origin}/views/tea.jpg", "image/jpeg", "山"),)),
        )
        await server.react("chiyo", self._article, custom_emoji(server.origin, "leaf"))
        await self._server.announce("chiyo", self._article)
        await self._server.like("dana", self._article)
        book = await say("dana", None, "<p>شكراً على هذا المقال، سأرسله إلى أصدقائي.</p>")
        await self._server.like("alice", book)
        await say("alice", tea, "<p>Which tea was it?</p><p>I am always looking for a new one.</p>")

    async def _second_thoughts(self) -> None:
        """Something is edited, and something that has been answered is deleted."""
        say, server = self._say, self._server
        typo = await say("bob", None, "<p>I red it twice.</p>")
        regret = await say("bob", None, "<p>First!</p>")
        await say("chiyo", regret, "<p>一番ではありませんよ。</p>")
        await server.edit(server.notes[typo], "<p>I read it twice.</p>")
        await self._pause()
        await server.delete(server.notes[regret])
        await server.announce("alice", self._article)

    async def _say(
        self, name: str, answered: str | None, html: str, extras: Extras = NOTHING_ELSE
    ) -> str:
        """Answer a note, or the article, and let people read; the id of what was said."""
        note = await self._server.reply(name, answered or self._article, html, extras=extras)
        await self._pause()
        return note.id

    async def _pause(self, seconds: float = 1.4) -> None:
        await asyncio.sleep(seconds * self._pace)


async def _answers(http: httpx.AsyncClient, origin: str) -> bool:
    try:
        return (await http.get(origin + "/")).status_code < 500
    except httpx.TransportError:
        return False
