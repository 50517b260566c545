"""A real blog for a test: the real app on a real port, a real database, a clock one can set."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette

from fediblog.actions.write_post import PostForm, create_post
from fediblog.app import create_app
from fediblog.blog import Blog
from fediblog.remote.connector import Connector
from fediblog.settings import Settings, load_settings
from fediblog.store.posts import Post

ACTIVITY_JSON = "application/activity+json"


class SettableClock:
    """Tells the real time, moved by whatever a test has added, or a time that stands still."""

    def __init__(self) -> None:
        self.offset = timedelta()
        self.fixed: datetime | None = None

    def __call__(self) -> datetime:
        """The time, aware, in UTC."""
        return (self.fixed or datetime.now(UTC)) + self.offset


@dataclass(frozen=True, slots=True)
class RunningBlog:
    """A blog that answers on loopback.

    origin: what the blog calls itself; address: where it listens. http: a client whose base is
    the address and whose Host header is the origin's; it follows no redirects. app: what answers
    there.
    """

    blog: Blog
    origin: str
    address: str
    http: httpx.AsyncClient
    clock: SettableClock
    app: Starlette

    @property
    def actor(self) -> str:
        """Id of the blog's actor."""
        return self.blog.addresses.actor

    async def publish(self, title: str = "A post", body: str = "Some *text*.", **more: str) -> Post:
        """Publish a post as the form does."""
        form = PostForm(title=title, body=body, **more)
        return await create_post(self.blog, form, publish=True)

    def article(self, post: Post) -> str:
        """Id of a post."""
        return self.blog.addresses.article(post.key)

    async def document(self, path: str) -> httpx.Response:
        """GET as a server does."""
        return await self.http.get(path, headers={"Accept": ACTIVITY_JSON})

    async def page(self, path: str) -> httpx.Response:
        """GET as a browser does, redirects followed."""
        return await self.http.get(path, headers={"Accept": "text/html"}, follow_redirects=True)

    async def settled(self, *, seconds: float = 20.0) -> None:
        """Wait until every arrival has been processed and nothing is under way."""
        async with asyncio.timeout(seconds):
            while await self._is_busy():
                await asyncio.sleep(0.02)

    async def delivered(self, *, seconds: float = 20.0) -> None:
        """Wait until no delivery is due any more."""
        query = "SELECT count(*) AS n FROM delivery WHERE state = 'queued' AND next_at <= $1"
        async with asyncio.timeout(seconds):
            while (await self.blog.db.rows(query, self.blog.now_ms()))[0]["n"]:
                await asyncio.sleep(0.02)

    async def _is_busy(self) -> bool:
        arrivals = "SELECT count(*) AS n FROM arrival WHERE state = 'new' AND next_at <= $1"
        fetches = "SELECT count(*) AS n FROM reply WHERE state = 'waiting' AND fetch_at <= $1"
        return await self._counts(arrivals) or await self._counts(fetches)

    async def _counts(self, query: str) -> bool:
        """Whether a query counts anything that is due now: each is asked with the time of its own,
        for what the first one saw end may have begun what the second one looks for."""
        return bool((await self.blog.db.rows(query, self.blog.now_ms()))[0]["n"])


@dataclass(frozen=True, slots=True)
class Bench:
    """What a test starts blogs with. start may be called again after a block has ended: the
    database and the keys are the same."""

    folder: Path
    database_url: str

    def settings(self, port: int, **environment: str) -> Settings:
        """Settings for this test's folders and database."""
        values = {
            "FEDIBLOG_DATA": str(self.folder / "data"),
            "FEDIBLOG_KEYS": str(self.folder / "keys"),
            "FEDIBLOG_DATABASE_URL": self.database_url,
        }
        return load_settings(values | environment, host="127.0.0.1", port=port)

    @asynccontextmanager
    async def start(
        self,
        *,
        clock: SettableClock | None = None,
        connector: Connector | None = None,
        **environment: str,
    ) -> AsyncIterator[RunningBlog]:
        """A blog that answers until the block ends. environment: FEDIBLOG_... settings."""
        clock = clock or SettableClock()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            settings = self.settings(port, **environment)
            app = create_app(settings, clock=clock, connector=connector)
            async with app.router.lifespan_context(app):
                config = uvicorn.Config(
                    app, lifespan="off", log_level="warning", proxy_headers=False
                )
                server = _Quiet(config)
                serving = asyncio.create_task(server.serve(sockets=[listener]))
                address = f"http://127.0.0.1:{port}"
                headers = {"Host": settings.authority}
                try:
                    async with httpx.AsyncClient(
                        base_url=address, headers=headers, timeout=30, trust_env=False
                    ) as http:
                        yield RunningBlog(
                            app.state.blog, settings.origin, address, http, clock, app
                        )
                finally:
                    server.should_exit = True
                    await serving


class _Quiet(uvicorn.Server):
    """Leaves signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 15.0) -> None:
    """Wait until something holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


def reply_ids(page: str) -> list[str]:
    """The row numbers of the replies on a page, in their order, tombstones too."""
    return re.findall(r'id="reply-(\d+)"', page)
