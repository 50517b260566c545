"""Builds the blog in use, and opens copies of it: a browser finds it, and the servers of the
people who answer, behind their own https addresses."""

import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Browser, async_playwright

from fediblog.actions.change_site import change_site
from fediblog.actions.delete_post import delete_post
from fediblog.actions.keep_medium import store_picture
from fediblog.actions.own_pictures import set_picture
from fediblog.actions.post_form import PostForm, form_of
from fediblog.actions.write_page import PageForm, create_page
from fediblog.actions.write_post import create_post, edit_post
from fediblog.demo.avatars import avatar, view
from fediblog.demo.server import DemoServer
from fediblog.keyring import make_keys
from fediblog.protocol.keys import PrivateKey
from fediblog.store.migrating import migrate
from fediblog.store.posts import Post
from tests.bench import Bench, RunningBlog, SettableClock, until
from tests.browser.scene import BLOG, SITE, ToTheBlog
from tests.federation.internet import internet
from tests.provision.browser import LAUNCH_ARGUMENTS, chromium_path
from tests.realistic.people import SERVERS
from tests.realistic.talking import Talk
from tests.realistic.writing import (
    DELETED,
    FIRST_THOUGHTS,
    PAGES,
    POSTS,
    Draft,
    earlier_posts,
    newest_post,
)

_HOST = BLOG.removeprefix("https://")
_ENVIRONMENT = {"FEDIBLOG_URL": BLOG, "FEDIBLOG_USERNAME": "marta"}
#: The newest post is of this moment; the others go back from it, some eighteen days apart.
NEWEST = datetime(2026, 11, 1, 7, 12, tzinfo=UTC)
_BETWEEN_POSTS = timedelta(days=18, hours=5, minutes=41)
#: When it is looked at.
TODAY = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
_PROFILE = {
    "field_name_1": "Pronouns",
    "field_value_1": "she/her",
    "field_name_2": "Allotment",
    "field_value_2": "https://allotments.example/53",
}


@dataclass(frozen=True, slots=True)
class World:
    """blog: as it runs. servers: of the people who answer, by their names, as they are when they
    have just been set up. port: where the https addresses of all of them lead."""

    blog: RunningBlog
    servers: dict[str, DemoServer]
    port: int

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Browser]:
        """A Chromium for which this world is all that there is."""
        rules = f"--host-resolver-rules=MAP *.example 127.0.0.1:{self.port}, MAP * ~NOTFOUND"
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium_path(), args=[*LAUNCH_ARGUMENTS, rules]
            )
            yield browser
            await browser.close()

    async def paths(self) -> dict[str, str]:
        """Paths of posts by their titles."""
        rows = await self.blog.blog.db.rows("SELECT key, title FROM post WHERE state = 'published'")
        return {row["title"]: await self._path(row["key"]) for row in rows}

    async def _path(self, key: str) -> str:
        response = await self.blog.http.get(f"/articles/{key}", headers={"Accept": "text/html"})
        return urlsplit(response.headers["location"]).path


async def build(folder: Path, keys: Iterable[PrivateKey]) -> None:
    """Let a blog live in a folder, which does not exist yet, through three years."""
    make_keys(folder / "keys")
    (folder / "data").mkdir()
    await migrate(_database(folder))
    clock = SettableClock()
    clock.fixed = NEWEST - (POSTS - 1) * _BETWEEN_POSTS
    async with _running(folder, clock, keys) as world:
        await change_site(world.blog.blog, SITE | _PROFILE)
        await set_picture(world.blog.blog, "picture", avatar("marta"))
        await set_picture(world.blog.blog, "header", view("birch"))
        for draft in earlier_posts():
            await _write(world, draft)
            clock.offset += _BETWEEN_POSTS
        await _write_the_pages(world)
        post = await _publish_the_newest(world)
        article = world.blog.article(post)
        await Talk(world.blog, world.servers, clock, article, moment=clock()).happen()
        await until(lambda: _have_pictures(world.blog), seconds=60)


@asynccontextmanager
async def opened(built: Path, folder: Path, keys: Iterable[PrivateKey]) -> AsyncIterator[World]:
    """A copy of what was built, to be looked at and to be changed. folder: does not exist yet."""
    shutil.copytree(built, folder)
    clock = SettableClock()
    clock.fixed = TODAY
    async with _running(folder, clock, keys) as world:
        yield world


@asynccontextmanager
async def _running(
    folder: Path, clock: SettableClock, keys: Iterable[PrivateKey]
) -> AsyncIterator[World]:
    """The blog and the servers."""
    bench = Bench(folder, _database(folder))
    turns = cycle(keys)
    async with AsyncExitStack() as stack:
        net, connector = await stack.enter_async_context(internet(folder, [_HOST, *SERVERS]))
        blog = await stack.enter_async_context(
            bench.start(clock=clock, connector=connector, **_ENVIRONMENT)
        )
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=ToTheBlog(blog), timeout=30)
        )
        servers = {}
        for host, cast in SERVERS.items():
            server = DemoServer(
                f"https://{host}",
                client=client,
                clock=clock,
                cast=cast,
                new_key=lambda: next(turns),
            )
            server.listing = "none"
            net.apps[host], servers[host] = server.app, server
        net.apps[_HOST] = blog.app
        yield World(blog, servers, net.port)


def _database(folder: Path) -> str:
    return f"sqlite://{folder}/data/fediblog.sqlite"


async def _write(world: World, draft: Draft) -> Post:
    form = draft.form
    if draft.picture:
        medium = await store_picture(world.blog.blog, view(draft.picture))
        form = replace(form, lead=medium.name)
    return await create_post(world.blog.blog, form, publish=True)


async def _write_the_pages(world: World) -> None:
    """Two that stay, in the menu, and a post that is deleted again."""
    for place, (title, body) in enumerate(PAGES.items(), start=1):
        form = PageForm(title=title, body=body, place=str(place))
        await create_page(world.blog.blog, form, publish=True)
    regretted = await create_post(
        world.blog.blog, PostForm(title=DELETED, body="Never mind."), publish=True
    )
    await delete_post(world.blog.blog, regretted.key)


async def _publish_the_newest(world: World) -> Post:
    """Two people from each server follow first, so that it is delivered; then it is edited."""
    for server in world.servers.values():
        for name in list(server.people)[:2]:
            await server.follow(name, world.blog.actor)
    await world.blog.settled()
    draft = newest_post()
    post = await _write(world, replace(draft, form=replace(draft.form, body=FIRST_THOUGHTS)))
    await world.blog.delivered()
    world.blog.clock.offset += timedelta(minutes=20)
    form = await form_of(world.blog.blog.db, post)
    return await edit_post(world.blog.blog, post.key, replace(form, body=draft.form.body))


async def _have_pictures(blog: RunningBlog) -> bool:
    """Whether every picture that is due has been tried."""
    pictures = await blog.blog.db.rows("SELECT count(*) AS n FROM picture WHERE width IS NULL")
    faces = await blog.blog.db.rows("SELECT count(*) AS n FROM actor WHERE avatar = ''")
    return not pictures[0]["n"] and not faces[0]["n"]
