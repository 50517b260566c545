"""Run a blog as a server process: the socket, the banner, the stop."""

import asyncio
import contextlib
import ctypes
import gc
import logging
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

import click
import uvicorn
import uvloop
from starlette.applications import Starlette

from fediblog.actions.sign_in import has_password, make_link
from fediblog.app import create_app, create_worker_app
from fediblog.blog import Blog
from fediblog.clock import utc_now
from fediblog.errors import FediblogError, SettingsError, StoreError
from fediblog.logs import write_log
from fediblog.opening import open_for_service
from fediblog.remote.connector import Connector
from fediblog.settings import Settings, load_settings
from fediblog.supervising import Supervisor, parent_end
from fediblog.web.connections import BoundedRequests, close_late_ones
from fediblog.worker.run import prepare_work, run_workers

log = logging.getLogger("fediblog")

_DRAIN_SECONDS = 10
#: For what comes after the last request: loops that let go of what they have in hand.
_CLOSE_SECONDS = 20
#: How long an end takes at most; whoever starts the blog gives it longer than this.
STOP_SECONDS = _DRAIN_SECONDS + _CLOSE_SECONDS
#: Of a server, of which there are ten a second.
_TICKS_BETWEEN_LOOKS = 50


class QuietServer(uvicorn.Server):
    """Leaves signals to us: uvicorn would raise them again before the blog is closed."""

    def __init__(self, config: uvicorn.Config) -> None:
        config.http = BoundedRequests
        super().__init__(config)

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second; now and then it is seen to those who take their time."""
        if counter % _TICKS_BETWEEN_LOOKS == 0:
            close_late_ones(self.server_state.connections)
        return await super().on_tick(counter)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class BlogServer(QuietServer):
    """Pages that wait for new replies would hold up its end, so their streams are ended first."""

    def __init__(self, app: Starlette, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End every stream, then let the other requests come to their end."""
        self._app.state.live.close()
        self._app.state.watchers.close()
        await super().shutdown(sockets)


async def serve_blog(environ: Mapping[str, str], *, host: str, port: int, demo: bool) -> None:
    """Serve until SIGTERM or SIGINT. Raises SettingsError, StoreError or KeysError."""
    write_log("text")
    with _listen(host, port) as listener, _folders(environ, demo=demo) as environ:
        settings = load_settings(environ, host=host, port=listener.getsockname()[1])
        write_log(settings.log_format)
        if demo:
            # Only a demo needs a second server.
            from fediblog.demonstrating import check_demo

            check_demo(settings)
        async with _serving(settings, listener) as (blog, serving):
            await _announce(blog, demo=demo)
            async with _beside(blog, demo=demo):
                await serving


def serve_in_processes(environ: Mapping[str, str], *, host: str, port: int, count: int) -> bool:
    """Serve with so many processes, which share one socket, until SIGTERM or SIGINT; whether all of
    them ended well. Raises SettingsError, KeysError, or StoreError on an embedded database."""
    write_log("text")
    with _listen(host, port) as listener:
        settings = load_settings(environ, host=host, port=listener.getsockname()[1])
        write_log(settings.log_format)
        if settings.embedded:
            raise StoreError(
                "Several processes need PostgreSQL (FEDIBLOG_DATABASE_URL): the embedded database "
                "has one writing process. Leave --processes away, or move the blog to PostgreSQL "
                "with `fediblog backup` and `fediblog restore`."
            )
        # Once, and before there are several: the tables, the keys, and the link that works once.
        # Not in uvloop, whose library keeps threads, which no process can be forked beside.
        asyncio.run(_prepare(settings))
        gc.freeze()
        supervisor = Supervisor(lambda: _serve_one(settings, listener), count)
        return supervisor.run(patience=STOP_SECONDS, stopping=listener.close)


async def _prepare(settings: Settings) -> None:
    async with open_for_service(settings, utc_now, Connector()) as blog:
        await _announce(blog, demo=False)


def _serve_one(settings: Settings, listener: socket.socket) -> None:
    """One process of several. What it cannot start with ends it with a sentence."""

    async def serve() -> None:
        async with _serving(settings, listener) as (_, serving):
            await serving

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())
    except FediblogError as error:
        log.error("this process cannot serve: %s", error.public)
        sys.exit(1)


@contextlib.asynccontextmanager
async def _serving(
    settings: Settings, listener: socket.socket
) -> AsyncIterator[tuple[Blog, asyncio.Task[None]]]:
    """A blog, and the task that serves it until SIGTERM or SIGINT, or until the process is gone
    that has started this one as one of several."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        server = BlogServer(app, _config(app))

        def stop() -> None:
            server.should_exit = True

        # What the start has made stays, so the collector need not look at all of it time and again.
        gc.collect()
        gc.freeze()
        _give_back_memory()
        _stop_on_signals(stop)
        with _stop_without_parent(stop):
            yield app.state.blog, asyncio.create_task(server.serve(sockets=[listener]))


async def work(settings: Settings, *, host: str, port: int | None) -> None:
    """Run the loops alone, until SIGTERM or SIGINT; with a port, whether they are well is answered
    there. Raises SettingsError, or StoreError on an embedded database."""
    if settings.embedded:
        raise StoreError(
            "A separate worker needs PostgreSQL (FEDIBLOG_DATABASE_URL): the embedded database "
            "has one writing process, and `fediblog serve` already does all the work there."
        )
    write_log(settings.log_format)
    async with contextlib.AsyncExitStack() as stack:
        listener = None if port is None else stack.enter_context(_listen(host, port))
        blog = await stack.enter_async_context(open_for_service(settings, utc_now, Connector()))
        loops = await prepare_work(blog)
        running = asyncio.create_task(run_workers(blog, loops))
        _stop_on_signals(running.cancel)
        if listener is not None:
            await stack.enter_async_context(_watched(blog, running, listener))
        click.echo(f"Working for {blog.addresses.origin}", err=True)
        with contextlib.suppress(asyncio.CancelledError):
            await running


@contextlib.asynccontextmanager
async def _watched(
    blog: Blog, running: asyncio.Task[None], listener: socket.socket
) -> AsyncIterator[None]:
    """Answer whoever asks whether these loops are well, while the block runs."""
    server = QuietServer(_config(create_worker_app(blog, [running])))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@contextlib.asynccontextmanager
async def _beside(blog: Blog, *, demo: bool) -> AsyncIterator[None]:
    """The demo, if it is asked for, while the block runs."""
    if not demo:
        yield
        return
    from fediblog.demonstrating import show_demo

    showing = asyncio.create_task(show_demo(blog))
    try:
        yield
    finally:
        showing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await showing


@contextlib.contextmanager
def _folders(environ: Mapping[str, str], *, demo: bool) -> Iterator[Mapping[str, str]]:
    """The environment; for a demo with a data folder, a database and keys that are gone when it
    ends, whatever it says: a demo must never speak in the name of somebody's blog."""
    if not demo:
        yield environ
        return
    with tempfile.TemporaryDirectory(prefix="fediblog-demo-") as folder:
        own = {
            "FEDIBLOG_DATA": f"{folder}/data",
            "FEDIBLOG_KEYS": f"{folder}/keys",
            "FEDIBLOG_DATABASE_URL": f"sqlite://{folder}/data/fediblog.sqlite",
        }
        yield {**environ, **own}


def _listen(host: str, port: int) -> socket.socket:
    """Taken before anything else, so that a port in use is told in a sentence."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048
        )
    except OSError as error:
        # Python's own text repeats the address in brackets.
        reason = str(error.strerror).partition(" (")[0]
        raise SettingsError(f"Cannot listen on {host}:{port}: {reason}.") from error


def _give_back_memory() -> None:
    """To the system, what the start has needed and nobody does any more. The C library keeps it for
    later otherwise; only that of GNU can be asked."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _config(app: Starlette) -> uvicorn.Config:
    """The peer's address is worked out by us, from trusted proxies only."""
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        log_level="warning",
        # Nothing here speaks WebSocket.
        ws="none",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )


def _stop_on_signals(stop: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


@contextlib.contextmanager
def _stop_without_parent(stop: Callable[[], object]) -> Iterator[None]:
    """One of several processes ends with the one that watches them: nobody else would end it."""
    end, loop = parent_end(), asyncio.get_running_loop()
    if end is None:
        yield
        return

    def orphaned() -> None:
        loop.remove_reader(end)
        stop()

    loop.add_reader(end, orphaned)
    try:
        yield
    finally:
        loop.remove_reader(end)


async def _announce(blog: Blog, *, demo: bool) -> None:
    """Where the blog is, and how the admin gets in."""
    click.echo(f"fediblog is running. Open {blog.addresses.origin}/")
    click.echo(f"People in the fediverse find it as @{blog.addresses.handle}")
    if demo:
        click.echo("This is a demo: watch the replies come in. It is all gone when it ends.")
    if blog.settings.development:
        click.echo("Development mode: http, ports and loopback addresses are trusted.")
    if await has_password(blog):
        click.echo(f"Write at {blog.addresses.origin}/admin/")
    else:
        click.echo("Set your password with this link, which works once and for a day:")
        click.echo(await make_link(blog))
