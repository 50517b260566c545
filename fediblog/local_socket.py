"""How a command hands its deed to the server that holds the embedded database.

A socket in the data folder, for its owner alone; one line of JSON each way.
"""

import asyncio
import contextlib
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from fediblog.blog import Blog
from fediblog.deeds import DEEDS
from fediblog.errors import FediblogError, Invalid, Malformed

_NAME = "fediblog.socket"
_POINTER = f"{_NAME}.path"
#: The system takes about a hundred bytes; a deeper data folder keeps a pointer to a short path.
_LONGEST_PATH = 100
#: A picture of ten, as text, and a long post.
_MOST_BYTES = 20_000_000
_SECONDS = 120.0


class NobodyThere(Exception):
    """No server listens on the data folder's socket."""


@asynccontextmanager
async def listening(blog: Blog) -> AsyncIterator[None]:
    """Take deeds while the block runs."""
    with _address(blog.settings.data) as path, socket.socket(socket.AF_UNIX) as listener:
        path.unlink(missing_ok=True)
        _bind(listener, path)
        server = await asyncio.start_unix_server(
            lambda reader, writer: _serve(blog, reader, writer), sock=listener, limit=_MOST_BYTES
        )
        try:
            yield
        finally:
            server.close()
            path.unlink(missing_ok=True)


async def ask(data: Path, deed: str, values: dict[str, Any]) -> dict[str, Any]:
    """Hand a deed to the server. Raises NobodyThere, or Invalid with what the server says."""
    line = orjson.dumps({"deed": deed, "values": values}) + b"\n"
    if len(line) > _MOST_BYTES:
        raise Invalid("This is more than the server takes at once.")
    try:
        reader, writer = await asyncio.open_unix_connection(
            str(_find_path(data)), limit=_MOST_BYTES
        )
    except OSError as error:
        raise NobodyThere from error
    with contextlib.closing(writer):
        writer.write(line)
        async with asyncio.timeout(_SECONDS):
            answer: dict[str, Any] = orjson.loads(await reader.readline() or b"{}")
    if "error" in answer or "result" not in answer:
        raise Invalid(answer.get("error", "The server did not answer."))
    result: dict[str, Any] = answer["result"]
    return result


def _bind(listener: socket.socket, path: Path) -> None:
    """Nobody else may connect, not even between bind and chmod."""
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)


async def _serve(blog: Blog, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        answer: dict[str, Any] = {"result": await _carry_out(blog, await reader.readline())}
    except FediblogError as error:
        answer = {"error": error.public}
    except (ValueError, KeyError, TypeError) as error:
        answer = {"error": f"This deed cannot be read: {error}"}
    with contextlib.suppress(OSError), contextlib.closing(writer):
        writer.write(orjson.dumps(answer) + b"\n")
        await writer.drain()


async def _carry_out(blog: Blog, line: bytes) -> dict[str, Any]:
    request = orjson.loads(line)
    deed = DEEDS.get(request["deed"])
    if deed is None:
        raise Malformed("There is no such deed.")
    return await deed(blog, request["values"])


@contextlib.contextmanager
def _address(data: Path) -> Iterator[Path]:
    """Where to listen, while the block runs."""
    if _is_short(data):
        yield data / _NAME
        return
    with tempfile.TemporaryDirectory(prefix="fediblog-", dir=_short_folder()) as folder:
        (data / _POINTER).write_text(f"{folder}/s")
        yield Path(folder, "s")


def _find_path(data: Path) -> Path:
    """Where a server listens, if one does. Raises OSError when none ever has."""
    return data / _NAME if _is_short(data) else Path((data / _POINTER).read_text())


def _short_folder() -> str:
    """Where a folder of our own can be made whose path is short: the system's folder for temporary
    files may be as deep as the data folder."""
    usual = tempfile.gettempdir()
    return usual if _is_short(Path(usual, "fediblog-12345678")) else "/tmp"  # noqa: S108 - see above


def _is_short(data: Path) -> bool:
    return len(os.fsencode(data / _NAME)) <= _LONGEST_PATH
