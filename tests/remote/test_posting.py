"""Deliveries: every status is an answer, and nothing but the lack of one is an error (H1, H2)."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from fediblog.errors import RemoteUnreachable
from fediblog.protocol.signatures import Scheme
from fediblog.remote.answers import Answer, retry_after
from fediblog.remote.client import RemoteClient
from tests.processes import free_port
from tests.remote.server import RawServer, listening, plain, redirect

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def unsigned(
    method: str, url: str, body: bytes | None, content_type: str | None, scheme: Scheme
) -> dict[str, str]:
    return {}


async def test_every_status_is_an_answer(client: RemoteClient, site: RawServer) -> None:
    for status in range(200, 600):
        site.answers["/inbox"] = plain(status)
        answer = await client.post(f"http://127.0.0.1:{site.port}/inbox", b"{}", sign=unsigned)
        assert answer == Answer(status, None, "")


async def test_a_server_that_cannot_be_reached_costs_no_signature(
    client: RemoteClient, site: RawServer
) -> None:
    asked: list[str] = []

    def sign(
        method: str, url: str, body: bytes | None, content_type: str | None, scheme: Scheme
    ) -> dict[str, str]:
        asked.append(url)
        return {"Signature": "made late", "Content-Type": "text/odd"}

    with pytest.raises(RemoteUnreachable):
        await client.post(f"http://127.0.0.1:{free_port()}/inbox", b"{}", sign=sign)
    assert asked == []
    site.answers["/inbox"] = plain(202)
    url = f"http://127.0.0.1:{site.port}/inbox"
    for times in (1, 2):
        assert (await client.post(url, b"{}", sign=sign)).status == 202
        assert asked == [url] * times
    headers = site.requests[-1].headers
    assert (headers["signature"], headers["content-type"]) == ("made late", "text/odd")


@pytest.mark.parametrize("status", [100, 102, 103, 199])
async def test_what_only_informs_is_no_answer_but_the_one_that_follows_is(
    client: RemoteClient, site: RawServer, status: int
) -> None:
    informed = f"HTTP/1.1 {status} Wait\r\n\r\n".encode()
    site.answers["/inbox"] = informed + plain(202)
    url = f"http://127.0.0.1:{site.port}/inbox"
    assert (await client.post(url, b"{}", sign=unsigned)).status == 202
    site.answers["/inbox"] = informed
    with pytest.raises(RemoteUnreachable):
        await client.post(url, b"{}", sign=unsigned, deadline=0.3)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_post_never_follows_a_redirect(
    client: RemoteClient, site: RawServer, status: int
) -> None:
    site.answers["/inbox"] = redirect("/other", status)
    answer = await client.post(f"http://127.0.0.1:{site.port}/inbox", b"{}", sign=unsigned)
    assert (answer.status, site.targets) == (status, ["/inbox"])


async def test_excerpt_is_one_short_printable_line(client: RemoteClient, site: RawServer) -> None:
    body = "  no\r\n\x00entry \x1b[31m\u202e".encode() + b"\xff" + b"z" * 500
    site.answers["/inbox"] = plain(403, {"Retry-After": "3"}, body)
    answer = await client.post(f"http://127.0.0.1:{site.port}/inbox", b"{}", sign=unsigned)
    assert answer.excerpt.startswith("no entry [31m \ufffdzzz")
    assert (len(answer.excerpt), answer.retry_after) == (200, 3)
    assert answer.excerpt.isprintable()


async def test_answer_counts_even_if_its_body_breaks_off(
    client: RemoteClient, site: RawServer
) -> None:
    async def break_off(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 202 OK\r\nContent-Length: 100\r\n\r\npartly")
        await writer.drain()

    site.answers["/inbox"] = break_off
    answer = await client.post(f"http://127.0.0.1:{site.port}/inbox", b"{}", sign=unsigned)
    assert answer == Answer(202, None, "partly")


async def test_answer_counts_even_if_its_body_dawdles(
    client: RemoteClient, site: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dawdle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 202 OK\r\nContent-Length: 100\r\n\r\npartly")
        await writer.drain()
        await asyncio.sleep(30)

    monkeypatch.setattr("fediblog.remote.answers._EXCERPT_SECONDS", 0.2)
    site.answers["/inbox"] = dawdle
    answer = await client.post(f"http://127.0.0.1:{site.port}/inbox", b"{}", sign=unsigned)
    assert answer == Answer(202, None, "partly")


async def test_answer_counts_even_if_its_body_is_a_bomb(
    client: RemoteClient, site: RawServer
) -> None:
    site.answers["/inbox"] = plain(500, {"Content-Encoding": "br"}, b"packed")
    answer = await client.post(f"http://127.0.0.1:{site.port}/inbox", b"{}", sign=unsigned)
    assert answer == Answer(500, None, "")


async def test_early_refusal_of_a_big_body_is_an_answer_in_time(client: RemoteClient) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(plain(413))
        await writer.drain()
        await asyncio.sleep(30)

    async with listening(refuse) as port:
        url = f"http://127.0.0.1:{port}/inbox"
        answer = await client.post(url, b"x" * 1_000_000, sign=unsigned, deadline=20)
    assert answer.status == 413


async def test_silence_is_unreachable(client: RemoteClient, site: RawServer) -> None:
    async def be_silent(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    site.answers["/inbox"] = be_silent
    with pytest.raises(RemoteUnreachable):
        await client.post(f"http://127.0.0.1:{site.port}/inbox", b"{}", sign=unsigned, deadline=0.2)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90),
        ("Sunday, 22-Nov-26 12:01:30 GMT", 90),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Sun, 99 Nov 2026 12:01:30 GMT", None),
        ("Sun, 22 Nov 99999999 12:01:30 GMT", None),
        ("Sun, 22 Nov 2026 12:01:30 +999999999999", None),
        ("9" * 5000, 9_999_999_999),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: int | None) -> None:
    assert retry_after(httpx.Headers([(b"Retry-After", value.encode())]), now=NOW) == seconds
