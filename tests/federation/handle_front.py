"""A web server for the domain of the handle: it knows nothing but where the blog is (E4)."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tests.bench import Bench, RunningBlog


class _Quiet(uvicorn.Server):
    """Leaves signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def split_blog(
    bench: Bench, *, scheme: str = "http"
) -> AsyncIterator[tuple[RunningBlog, str]]:
    """A blog whose handle is on another server, which redirects two addresses to it; with that
    server's host. scheme: of the address to which it redirects."""
    where: dict[str, str] = {}

    async def to_the_blog(request: Request) -> Response:
        return RedirectResponse(f"{where['blog']}{request.url.path}?{request.url.query}", 302)

    paths = ("/.well-known/webfinger", "/.well-known/host-meta")
    front = Starlette(routes=[Route(path, to_the_blog) for path in paths])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        domain = f"127.0.0.1:{listener.getsockname()[1]}"
        server = _Quiet(uvicorn.Config(front, lifespan="off", log_level="warning"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with bench.start(FEDIBLOG_HANDLE_DOMAIN=domain) as blog:
                where["blog"] = scheme + blog.origin.removeprefix("http")
                yield blog, domain
        finally:
            server.should_exit = True
            await serving
