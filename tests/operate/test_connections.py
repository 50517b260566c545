"""Who takes their time over a request costs a connection for a minute, and holds nobody up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from fediblog.metrics import COUNTED
from tests.bench import RunningBlog, until

_HEAD = "POST /inbox HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/activity+json\r\n"
#: Nothing at all, half a head, half a body, half a body in pieces.
_BEGINNINGS = (
    "",
    "GET / HTTP/1.1\r\nHost: {host}\r\nX-Slow: ",
    _HEAD + "Content-Length: 1000\r\n\r\n{{",
    _HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\n{{",
)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes a minute otherwise takes a moment."""
    monkeypatch.setattr("fediblog.web.connections.PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr("fediblog.serving._TICKS_BETWEEN_LOOKS", 1)


@asynccontextmanager
async def _line(
    blog: RunningBlog,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    address = urlsplit(blog.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def _begin(blog: RunningBlog, beginning: str) -> bytes:
    """Begin a request; all that comes until the other side hangs up."""
    async with _line(blog) as (reader, writer), asyncio.timeout(20):
        writer.write(beginning.format(host=urlsplit(blog.origin).netloc).encode())
        return await reader.read()


async def test_hundreds_who_never_end_are_hung_up_on_and_hold_nobody_up(
    blog: RunningBlog, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough for a reader's own request, where a machine is busy with so many.
    monkeypatch.setattr("fediblog.web.connections.PATIENCE_SECONDS", 4.0)
    slow = [asyncio.create_task(_begin(blog, each)) for each in _BEGINNINGS * 60]
    assert (await blog.page("/")).status_code == 200
    assert not any(task.done() for task in slow)
    assert set(await asyncio.gather(*slow)) <= {b""}
    assert (await blog.page("/archive")).status_code == 200
    assert await blog.blog.db.rows("SELECT 1 FROM arrival") == []


async def test_who_sends_slowly_but_goes_on_is_heard(blog: RunningBlog, impatient: None) -> None:
    async with _line(blog) as (reader, writer), asyncio.timeout(20):
        head = _HEAD.format(host=urlsplit(blog.origin).netloc)
        writer.write(f"{head}Content-Length: 8000\r\n\r\n".encode())
        for _ in range(8):
            writer.write(b" " * 1000)
            await asyncio.sleep(0.15)
        assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")


async def test_who_is_waiting_for_us_is_not_late(blog: RunningBlog, impatient: None) -> None:
    path = (await blog.page(f"/articles/{(await blog.publish()).key}")).url.path
    request = f"GET {path}/live HTTP/1.1\r\nHost: {urlsplit(blog.origin).netloc}\r\n\r\n"
    async with _line(blog) as (reader, writer):
        writer.write(request.encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):
                await reader.read()


@pytest.mark.parametrize("piece", [b"a", b"X-More: b\r\n"])
async def test_a_head_without_end_is_refused(blog: RunningBlog, piece: bytes) -> None:
    async with _line(blog) as (reader, writer), asyncio.timeout(10):
        writer.write(b"GET / HTTP/1.1\r\nX: a\r\n" + piece * (150_000 // len(piece)))
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")


async def test_as_many_headers_as_anybody_sends_are_taken(blog: RunningBlog) -> None:
    host = urlsplit(blog.origin).netloc.encode()
    async with _line(blog) as (reader, writer), asyncio.timeout(10):
        head = b"GET / HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n"
        writer.write(head + b"X: " + b"a" * 60_000 + b"\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("end", [b"0\r\n", b"0\r\nX: ", b"0;"])
async def test_what_comes_after_a_body_without_end_is_hung_up_on(
    blog: RunningBlog, end: bytes
) -> None:
    piece = b"X-More: b\r\n" * 4_000 if end == b"0\r\n" else b"a" * 40_000
    async with _line(blog) as (_, writer), asyncio.timeout(20):
        writer.write(_HEAD.format(host=urlsplit(blog.origin).netloc).encode())
        writer.write(b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n" + end)
        with pytest.raises(ConnectionError):
            for _ in range(500):
                writer.write(piece)
                await writer.drain()


async def test_a_trailer_is_no_header(blog: RunningBlog) -> None:
    """A proxy takes headers away in which a visitor says who they are; trailers it hands on."""
    head = f"GET / HTTP/1.1\r\nHost: {urlsplit(blog.origin).netloc}\r\n".encode()
    body = b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"
    trailers = b"0\r\nAccept: application/activity+json\r\nAccept-Language: de\r\n\r\n"
    async with _line(blog) as (reader, writer), asyncio.timeout(10):
        writer.write(head + body + trailers)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        assert b'<html lang="en"' in await reader.readuntil(b"<head>")


async def test_who_hangs_up_makes_no_failure_of_ours(blog: RunningBlog) -> None:
    """Strangers could have those who watch the blog woken up whenever they like."""
    begun, failed = _answers("4xx"), _answers("5xx")
    async with _line(blog) as (_, writer):
        head = _HEAD.format(host=urlsplit(blog.origin).netloc)
        writer.write(f"{head}Content-Length: 1000\r\n\r\n{{".encode())
        writer.write_eof()

    async def is_answered() -> bool:
        return _answers("4xx") + _answers("5xx") > begun + failed

    await until(is_answered, seconds=10)
    assert _answers("5xx") == failed


def _answers(status: str) -> float:
    """How many requests to the inbox were answered so."""
    labels = {"route": "/inbox", "status": status}
    return COUNTED.get_sample_value("fediblog_requests_total", labels) or 0
