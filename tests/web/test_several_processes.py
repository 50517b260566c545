"""What one process does, another one shows: two of them on one PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpx
import pytest

from fediblog.actions.blocking import set_blocked
from fediblog.actions.change_appearance import change_appearance
from fediblog.actions.change_site import change_site
from fediblog.actions.moderate import hide_reply, show_reply
from fediblog.actions.post_form import form_of
from fediblog.actions.write_post import edit_post
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from tests.bench import PATIENCE, Bench, RunningBlog
from tests.federation.records import stored
from tests.processes import Installation

FORM = {
    "title": "The first title",
    "author_name": "Somebody",
    "language": "en",
    "may_quote": "everyone",
    "excerpt_as_summary": "on",
}


@dataclass(frozen=True, slots=True)
class Two:
    """A blog in this process, and what another process of it says."""

    one: RunningBlog
    other: httpx.AsyncClient

    async def page(self, path: str) -> str:
        """What a reader at the other process gets."""
        answer = await self.other.get(path)
        return answer.text

    async def shows(self, path: str, is_right: Callable[[str], bool]) -> None:
        """Wait until the other process shows what is right. It is well within a second, on a
        machine that has nothing else to do."""
        async with asyncio.timeout(PATIENCE):
            while not is_right(await self.page(path)):
                await asyncio.sleep(0.02)

    async def path(self, post: Post) -> str:
        """Where a post is."""
        return (await self.one.page(f"/articles/{post.key}")).url.path


@pytest.fixture
async def two(bench: Bench, only_postgres: None) -> AsyncIterator[Two]:
    """Two processes, each of which hears the other."""
    async with bench.start() as one:
        place = Installation(
            bench.folder, bench.database_url, environment={"FEDIBLOG_URL": one.origin}
        )
        async with place.serving() as server:
            server.http.headers["Host"] = urlsplit(one.origin).netloc
            server.http.headers["Accept"] = "text/html"
            await _hearing(one)
            yield Two(one, server.http)


async def _hearing(one: RunningBlog) -> None:
    """Wait until two processes listen."""
    async with asyncio.timeout(PATIENCE):
        while True:
            rows = await one.blog.db.rows(
                "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() "
                "AND application_name = 'fediblog listens'"
            )
            if rows[0]["n"] >= 2:
                return
            await asyncio.sleep(0.05)


async def test_what_one_process_does_the_other_shows(two: Two, town: DemoServer) -> None:
    blog = two.one.blog
    await change_site(blog, FORM)
    post = await two.one.publish("A post", "The first text.")
    path = await two.path(post)
    note = await town.reply("alice", two.one.article(post), "<p>The first reply.</p>")
    await two.shows(path, lambda page: "The first reply." in page)
    assert "The first text." in await two.page(path)

    note = await town.edit(note, "<p>The second reply.</p>")
    await two.shows(path, lambda page: "The second reply." in page and "The first" in page)
    number = (await stored(two.one, note.id)).id
    await hide_reply(blog, number)
    await two.shows(path, lambda page: "The second reply." not in page)
    await show_reply(blog, number)
    await two.shows(path, lambda page: "The second reply." in page)

    form = await form_of(blog.db, post)
    await edit_post(blog, post.key, replace(form, body="The second text."))
    await two.shows(path, lambda page: "The second text." in page)
    await change_site(blog, FORM | {"title": "The second title", "interface_language": "de"})
    await two.shows(path, lambda page: "The second title" in page and '<html lang="de"' in page)
    assert "The second title" in await two.page("/")
    before = await two.page(path)
    await change_appearance(blog, {"accent": "#a02020", "footer": "The second footer."})
    await two.shows(path, lambda page: "The second footer." in page and page != before)

    await set_blocked(blog, urlsplit(note.id).netloc, True)
    await two.shows(path, lambda page: "The second reply." not in page)
    await set_blocked(blog, urlsplit(note.id).netloc, False)
    await two.shows(path, lambda page: "The second reply." in page)
    await town.delete(note)
    await two.shows(path, lambda page: "The second reply." not in page)


@asynccontextmanager
async def _told(two: Two, path: str) -> AsyncIterator[AsyncIterator[str]]:
    """What a page that is open at the other process hears."""
    async with two.other.stream("GET", f"{path}/live") as answer:
        assert answer.status_code == 200

        async def versions() -> AsyncIterator[str]:
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    yield line.removeprefix("data: ")

        yield versions()


async def test_a_page_open_at_one_process_hears_of_a_reply_that_another_one_took(
    two: Two, town: DemoServer
) -> None:
    post = await two.one.publish()
    path = await two.path(post)
    async with _told(two, path) as told, asyncio.timeout(PATIENCE):
        await town.reply("alice", two.one.article(post), "<p>A reply.</p>")
        version = int(await anext(told))
    assert version > post.version
    assert "A reply." in await two.page(f"{path}/changes?since={post.version}")
