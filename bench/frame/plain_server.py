"""A server of fixed answers: the bare Starlette routes that ours is compared with, and the other
server of the benchmarks that need one.

Run as a process: `python -m bench.frame.plain_server FOLDER PORT`; it reads its answers from there
and says so in one line when it listens.
"""

import asyncio
import json
import socket
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

LIST = "answers.json"
SILENCE = "/silence"


def bare_app(folder: Path) -> Starlette:
    """One route for each answer, whose bytes are read once; a POST to any of them is accepted. And
    one at which nobody ever gets an answer."""
    routes = [Route(SILENCE, _say_nothing)]
    for number, (path, headers) in enumerate(json.loads((folder / LIST).read_text()).items()):
        routes.append(_route(path, (folder / str(number)).read_bytes(), headers))
    return Starlette(routes=routes)


async def _say_nothing(_request: Request) -> Response:
    await asyncio.Event().wait()
    return Response()


def _route(path: str, body: bytes, headers: dict[str, str]) -> Route:
    async def answer(request: Request) -> Response:
        if request.method == "POST":
            await request.body()
            return Response(status_code=202)
        return Response(body, headers=headers)

    return Route(path, answer, methods=["GET", "POST"])


async def _serve(folder: Path, port: int) -> None:
    """With the configuration that the blog itself has."""
    with socket.create_server(("127.0.0.1", port), backlog=2048) as listener:
        config = uvicorn.Config(
            bare_app(folder),
            lifespan="off",
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        print("listening", flush=True)
        await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
