"""A real blog for a test: the real app on a real port, a real database, a clock one can set."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette

from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post
from fediblog.app import create_app
from fediblog.blog import Blog
from fediblog.remote.connector import Connector, public_trust
from fediblog.serving import BlogServer
from fediblog.settings import Settings, load_settings
from fediblog.store.database import Database
from fediblog.store.posts import Post
from fediblog.worker.loop import ClaimLoop

ACTIVITY_JSON = "application/activity+json"

#: How long a test waits for what takes a moment. A machine may be busy with something else, and
#: who waits for an outcome loses no time by being patient.
PATIENCE = 60.0

#: Deliveries that are under way, or may be attempted now ($1). A server in a pause gets nothing,
#: and neither does what stands behind something older in its lane.
_DUE_DELIVERIES = (
    "SELECT count(*) AS n FROM delivery d LEFT JOIN host h ON h.authority = d.authority "
    "WHERE d.state = 'queued' AND d.next_at <= $1 AND (d.lease_until > 0 "
    "OR COALESCE(h.not_before, 0) <= $1 AND NOT EXISTS (SELECT 1 FROM delivery e "
    "WHERE e.lane = d.lane AND e.state = 'queued' AND e.id < d.id))"
)
#: What the other loops would take now.
_DUE_ARRIVALS = (
    "SELECT count(*) AS n FROM arrival a WHERE a.state = 'new' AND a.next_at <= $1 "
    "AND (a.lease_until > 0 OR NOT EXISTS (SELECT 1 FROM arrival o "
    "WHERE o.lane = a.lane AND o.state = 'new' AND o.id < a.id))"
)
_DUE_FETCHES = (
    "SELECT count(*) AS n FROM reply "
    "WHERE state = 'waiting' AND fetch_at <= $1 AND lease_until <= $1"
)
_DUE_POSTS = (
    "SELECT count(*) AS n FROM post WHERE (state = 'scheduled' AND publish_at <= $1) "
    "OR (state = 'deleting' AND delete_at <= $1)"
)
_DUE_WALKS = "SELECT count(*) AS n FROM crawl WHERE next_at <= $1 AND lease_until <= $1"


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

    async def settled(self, *, seconds: float = PATIENCE) -> None:
        """Wait until every arrival has been processed and nothing is under way."""
        async with asyncio.timeout(seconds):
            while await self._is_busy():
                await asyncio.sleep(0.02)

    async def delivered(self, *, seconds: float = PATIENCE) -> None:
        """Wait until no delivery is under way, and none may be attempted now."""
        async with asyncio.timeout(seconds):
            while await self._counts(_DUE_DELIVERIES):
                await asyncio.sleep(0.02)

    async def at_rest(self, *, seconds: float = PATIENCE) -> None:
        """Wait until everything that is due has been attempted, and what came of it is written.

        Then no loop of any blog in this process claims or works, and none begins before the
        caller awaits something.
        """
        async with asyncio.timeout(seconds):
            while await self._is_anything_due() or _is_any_loop_at_work():
                await asyncio.sleep(0.02)

    async def later(self, wait: timedelta) -> None:
        """Let so much time go by at once, and have the loops look for what is due then.

        The clock moves while the blog is at rest. Under a claim or an attempt it would be as if
        the machine had slept through the lease: what was about to be done would be done twice.
        """
        await self.at_rest()
        self.clock.offset += wait
        signals = self.blog.signals
        for each in (signals.arrivals, signals.deliveries, signals.fetches, signals.walks):
            each.set()
        signals.timed.set()

    async def _is_busy(self) -> bool:
        arrivals = "SELECT count(*) AS n FROM arrival WHERE state = 'new' AND next_at <= $1"
        fetches = "SELECT count(*) AS n FROM reply WHERE state = 'waiting' AND fetch_at <= $1"
        return await self._counts(arrivals) or await self._counts(fetches)

    async def _is_anything_due(self) -> bool:
        for query in (_DUE_ARRIVALS, _DUE_FETCHES, _DUE_WALKS, _DUE_POSTS, _DUE_DELIVERIES):
            if await self._counts(query):
                return True
        return False

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

    def settings(self, port: int, *, host: str = "127.0.0.1", **environment: str) -> Settings:
        """Settings for this test's folders and database."""
        values = {
            "FEDIBLOG_DATA": str(self.folder / "data"),
            "FEDIBLOG_KEYS": str(self.folder / "keys"),
            "FEDIBLOG_DATABASE_URL": self.database_url,
            "FEDIBLOG_UNDO_SECONDS": "0",
        }
        return load_settings(values | environment, host=host, port=port)

    @asynccontextmanager
    async def start(
        self,
        *,
        clock: SettableClock | None = None,
        connector: Connector | None = None,
        host: str = "127.0.0.1",
        **environment: str,
    ) -> AsyncIterator[RunningBlog]:
        """A blog that answers until the block ends. host: what it calls itself, if no setting says
        otherwise. environment: FEDIBLOG_... settings."""
        clock = clock or SettableClock()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            settings = self.settings(port, host=host, **environment)
            app = create_app(settings, clock=clock, connector=connector)
            async with app.router.lifespan_context(app):
                config = uvicorn.Config(
                    app, lifespan="off", log_level="warning", proxy_headers=False
                )
                server = BlogServer(app, config)
                serving = asyncio.create_task(server.serve(sockets=[listener]))
                address = f"http://127.0.0.1:{port}"
                headers = {"Host": settings.authority}
                try:
                    async with httpx.AsyncClient(
                        base_url=address,
                        headers=headers,
                        timeout=30,
                        trust_env=False,
                        verify=public_trust(),
                    ) as http:
                        yield RunningBlog(
                            app.state.blog, settings.origin, address, http, clock, app
                        )
                finally:
                    server.should_exit = True
                    await serving


def _is_any_loop_at_work() -> bool:
    """Whether any loop of a blog in this process is anywhere but in its wait for something to do,
    or has a row in hand. Their tasks tell: of a claim on its way the database knows nothing yet."""
    for task in asyncio.all_tasks():
        coroutine: Any = task.get_coro()
        code = getattr(coroutine, "cr_code", None)
        if code is ClaimLoop._attempt.__code__:
            return True
        if code is ClaimLoop.run.__code__:
            inner = getattr(coroutine.cr_await, "cr_code", None)
            if inner is not ClaimLoop._wait.__code__:
                return True
    return False


async def secretly(db: Database, sql: str) -> None:
    """Change the database without anybody in the process being told."""
    async with db.engine.transaction() as statements:
        await statements.execute(sql, ())


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = PATIENCE) -> None:
    """Wait until something holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


def reply_ids(page: str) -> list[str]:
    """The row numbers of the replies on a page, in their order, tombstones too."""
    return re.findall(r'id="reply-(\d+)"', page)
