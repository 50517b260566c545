"""Every public address: validators, codings, HEAD, and what nobody is ever sent."""

import gzip
import re

import brotli
import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from fediblog.actions.own_pictures import set_picture
from fediblog.demo.server import DemoServer
from fediblog.web.codings import choose_coding
from fediblog.web.representations import Representations
from tests.admin.desk import Desk
from tests.admin.picture_files import picture_file
from tests.bench import RunningBlog
from tests.web.everywhere import Address, busy, public_routes

#: They are made anew for each answer.
_OWN = {"date", "x-request-id"}
#: They are packed by what they are.
_PICTURES = {"image/jpeg", "image/png", "image/webp"}


async def test_every_public_address_keeps_the_rules(blog: RunningBlog, town: DemoServer) -> None:
    async with busy(blog, town) as addresses:
        assert {address.route for address in addresses} == public_routes()
        for address in addresses:
            plain = await _ask(blog, address, "GET", "identity")
            assert plain.status_code in {200, 303}, address
            _assert_nothing_foreign(plain, address)
            if plain.status_code != 200:
                continue
            gzipped = await _ask(blog, address, "GET", "gzip")
            packed = await _ask(blog, address, "GET", "br")
            for other in (gzipped, packed):
                _assert_the_same(plain, other, address)
            if "content-encoding" in packed.headers:
                tags = {each.headers["etag"] for each in (plain, gzipped, packed)}
                assert len(tags) == 3, address
            await _assert_head_and_304(blog, address, packed, "br")


async def _ask(
    blog: RunningBlog, address: Address, method: str, coding: str, **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = {"Accept": address.accept, "Accept-Encoding": coding} | named
    return await blog.http.request(method, address.path, headers=asked)


def _assert_the_same(plain: httpx.Response, packed: httpx.Response, address: Address) -> None:
    assert packed.content == plain.content, address
    vary = [each.strip() for each in packed.headers.get("vary", "").split(",")]
    if "content-encoding" in packed.headers:
        assert "Accept-Encoding" in vary, address
    assert plain.headers.get("vary") == packed.headers.get("vary"), address
    kind = packed.headers["content-type"].partition(";")[0]
    if len(plain.content) > 2000:
        assert ("content-encoding" in packed.headers) == (kind not in _PICTURES), address


async def _assert_head_and_304(
    blog: RunningBlog, address: Address, got: httpx.Response, coding: str
) -> None:
    head = await _ask(blog, address, "HEAD", coding)
    assert head.content == b"", address
    assert _headers(head) == _headers(got), address
    tag = got.headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        same = await _ask(blog, address, "GET", coding, If_None_Match=known)
        assert (same.status_code, same.content) == (304, b""), (address, known)
        for name in ("etag", "cache-control", "vary", "content-security-policy"):
            assert same.headers.get(name) == got.headers.get(name), (address, name)
        assert "content-type" not in same.headers, address


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name not in _OWN}


def _assert_nothing_foreign(response: httpx.Response, address: Address) -> None:
    assert "set-cookie" not in response.headers, address
    assert "unsafe" not in response.headers["content-security-policy"], address
    assert "default-src 'none'" in response.headers["content-security-policy"], address
    if "text/html" in response.headers.get("content-type", ""):
        loaded = re.findall(r'\b(?:src|srcset|poster)="([^"]*)"', response.text)
        loaded += re.findall(r'<link rel="(?:stylesheet|icon)"[^>]*href="([^"]*)"', response.text)
        assert all(re.match(r"/(?!/)", url) for url in loaded), (address, loaded)
    if "text/css" in response.headers.get("content-type", ""):
        assert "@import" not in response.text
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//", response.text)


async def test_files_answer_by_their_date(blog: RunningBlog) -> None:
    await set_picture(blog.blog, "picture", picture_file())
    [own] = (blog.blog.settings.data / "media" / "own").iterdir()
    address = Address("/media/own/{name}", f"/media/own/{own.name}")
    when = (await _ask(blog, address, "GET", "br")).headers["last-modified"]
    later, before = "Fri, 01 Jan 2100 00:00:00 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"
    for given, status in ((when, 304), (later, 304), (before, 200), ("yesterday", 200)):
        response = await _ask(blog, address, "GET", "br", If_Modified_Since=given)
        assert response.status_code == status, given
    # A tag says more than a date.
    both = {"If_None_Match": '"other"', "If_Modified_Since": later}
    assert (await _ask(blog, address, "GET", "br", **both)).status_code == 200
    part = await _ask(blog, address, "GET", "br", Range="bytes=0-9")
    assert (part.status_code, len(part.content)) == (206, 10)


async def test_packed_bytes_are_what_they_are_called(blog: RunningBlog) -> None:
    await blog.publish(body="Words. " * 2000)
    plain = await blog.http.get("/", headers={"Accept-Encoding": "identity"})
    for coding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        async with blog.http.stream("GET", "/", headers={"Accept-Encoding": coding}) as response:
            raw = b"".join([piece async for piece in response.aiter_raw()])
        assert unpack(raw) == plain.content
        assert int(response.headers["content-length"]) == len(raw) < len(plain.content)


async def test_what_changes_has_another_tag(blog: RunningBlog) -> None:
    tag = (await blog.http.get("/")).headers["etag"]
    await blog.publish("Another")
    response = await blog.http.get("/", headers={"If-None-Match": tag})
    assert response.status_code == 200 and "Another" in response.text


async def test_pages_with_secrets_are_never_packed(desk: Desk) -> None:
    for path in ("/admin/", "/admin/settings", "/admin/posts/new", "/admin/sign-in"):
        response = await desk.http.get(path, headers={"Accept-Encoding": "br, gzip"})
        assert len(response.content) > 1000
        assert "content-encoding" not in response.headers, path


async def test_events_go_out_as_they_come() -> None:
    sent: list[Message] = []

    async def events(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        assert sent[0]["status"] == 200
        for number in range(2):
            piece = f"data: {number}\n\n".encode() * 500
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            assert sent[-1]["body"] == piece

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"accept-encoding", b"br")]}
    await Representations(events)(scope, receive, send)
    assert dict(sent[0]["headers"]) == {b"content-type": b"text/event-stream"}
    sent.clear()
    await Representations(_two_pieces)(scope | {"method": "HEAD"}, receive, send)
    assert [message.get("body") for message in sent] == [None, b""]


async def _two_pieces(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"data: 1", "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.1, GZIP;q=0.9", "gzip"),
        ("*", "br"),
        ("br;q=0, *;q=0.5", "gzip"),
        ("br;q=none", None),
        (";;,=,", None),
    ],
)
def test_the_coding_that_is_taken(accepted: str, coding: str | None) -> None:
    assert choose_coding(accepted) == coding
