"""Redirects, sizes and deadlines end, whatever the other server does (K9)."""

import asyncio
import gzip
import time
import zlib

import orjson
import pytest

from fediblog.errors import AddressRefused, RemoteInvalid, RemoteUnreachable
from fediblog.remote.bodies import Packed
from fediblog.remote.client import RemoteClient
from fediblog.remote.documents import JSON_CAP
from fediblog.remote.redirects import next_hop
from fediblog.remote.slots import Slots
from tests.remote.server import ACTIVITY, RawServer, activity, redirect, running, typed

HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: {ACTIVITY}\r\n".encode()
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


async def drip(writer: asyncio.StreamWriter) -> None:
    """Send a body without end, a byte every 20 ms."""
    writer.write(CHUNKED)
    while True:
        writer.write(b"1\r\n \r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def pour(writer: asyncio.StreamWriter) -> None:
    """Send a body without end, as fast as it is taken."""
    writer.write(CHUNKED)
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    while True:
        writer.write(piece)
        await writer.drain()


async def be_silent(writer: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""
    await asyncio.sleep(60)


async def test_k9_of_what_does_not_end_the_beginning_may_be_enough(
    client: RemoteClient, site: RawServer
) -> None:
    site.answers["/pour"] = pour
    url = f"http://127.0.0.1:{site.port}/pour"
    found = await client.get_bytes(url, cap=100_000, types=(ACTIVITY,), beginning=True)
    assert found.body == b" " * 100_000
    bomb = gzip.compress(b"<title>" + b" " * 50_000_000)
    site.answers["/bomb"] = typed("text/html", bomb, **{"Content-Encoding": "gzip"})
    url = f"http://127.0.0.1:{site.port}/bomb"
    found = await client.get_bytes(url, cap=9, types=("text/",), beginning=True)
    assert found.body == b"<title>  "
    site.answers["/short"] = typed("text/html", b"short")
    url = f"http://127.0.0.1:{site.port}/short"
    found = await client.get_bytes(url, cap=9, types=("text/",), beginning=True)
    assert found.body == b"short"
    site.answers["/drip"] = drip
    with pytest.raises(RemoteUnreachable):
        url = f"http://127.0.0.1:{site.port}/drip"
        await client.get_bytes(url, cap=9000, types=(ACTIVITY,), beginning=True, deadline=0.2)


async def test_k9_three_redirects_are_followed(client: RemoteClient, site: RawServer) -> None:
    origin = f"http://127.0.0.1:{site.port}"
    site.answers |= {f"/{n}": redirect(f"/{n + 1}", 301 + n % 2) for n in range(3)}
    site.answers["/3"] = activity({"id": f"{origin}/3"})
    assert (await client.get_document(f"{origin}/0", sign=None)).url == f"{origin}/3"


async def test_k9_the_fourth_redirect_is_not_followed(
    client: RemoteClient, site: RawServer
) -> None:
    site.answers |= {f"/{n}": redirect(f"/{n + 1}") for n in range(9)}
    with pytest.raises(RemoteInvalid):
        await client.get_document(f"http://127.0.0.1:{site.port}/0", sign=None)
    assert site.targets == ["/0", "/1", "/2", "/3"]


@pytest.mark.parametrize("back", ["/a", "/a#other"])
async def test_k9_redirect_loop_ends(client: RemoteClient, site: RawServer, back: str) -> None:
    site.answers |= {"/a": redirect("/b"), "/b": redirect(back)}
    with pytest.raises(RemoteInvalid):
        await client.get_document(f"http://127.0.0.1:{site.port}/a", sign=None)
    assert site.targets == ["/a", "/b"]


def test_k9_redirect_never_leaves_https() -> None:
    with pytest.raises(AddressRefused):
        next_hop("https://a.test/", "http://a.test/b", seen=["https://a.test/"])
    assert next_hop("http://a.test/", "https://a.test/#x", seen=[]) == "https://a.test/"


@pytest.mark.parametrize("location", ["https://a.test:port/", "http://a\x00b/", "/a\x00b"])
def test_k9_redirect_to_no_url_is_invalid(location: str) -> None:
    with pytest.raises(RemoteInvalid):
        next_hop("http://a.test/", location, seen=[])


async def test_k9_announced_length_over_the_cap_is_not_read(
    client: RemoteClient, site: RawServer
) -> None:
    async def boast(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + f"Content-Length: {JSON_CAP + 1}\r\n\r\n".encode())
        await be_silent(writer)

    site.answers["/a"] = boast
    with pytest.raises(RemoteInvalid, match="longer"):
        await client.get_document(f"http://127.0.0.1:{site.port}/a", sign=None, deadline=2)


async def test_k9_body_without_end_is_cut_at_the_cap(client: RemoteClient, site: RawServer) -> None:
    site.answers["/a"] = pour
    with pytest.raises(RemoteInvalid, match="longer"):
        await client.get_document(f"http://127.0.0.1:{site.port}/a", sign=None)


def packed_spaces(window: int, mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=window)
    pieces = [packer.compress(b" " * 2**20) for _ in range(mebibytes)]
    return b"".join([*pieces, packer.flush()])


@pytest.mark.parametrize(("encoding", "window"), [("gzip", 31), ("deflate", 15)])
async def test_k9_gzip_bomb_does_not_go_off(
    client: RemoteClient, site: RawServer, encoding: str, window: int
) -> None:
    bomb = packed_spaces(window, 200)
    assert len(bomb) < JSON_CAP
    site.answers["/a"] = typed(ACTIVITY, bomb, content_encoding=encoding)
    started = time.process_time()
    with pytest.raises(RemoteInvalid, match="longer"):
        await client.get_document(f"http://127.0.0.1:{site.port}/a", sign=None)
    assert time.process_time() - started < 0.5


def test_k9_unpacking_goes_in_small_steps() -> None:
    sizes = [len(piece) for piece in Packed(31).pieces(packed_spaces(31, 8))]
    assert (sum(sizes), max(sizes)) == (8 * 2**20, 65_536)


async def test_k9_packed_body_that_unpacks_to_nothing_is_cut_too(
    client: RemoteClient, site: RawServer
) -> None:
    async def pack_nothing(writer: asyncio.StreamWriter) -> None:
        empty_blocks = b"\x00\x00\x00\xff\xff" * 10_000
        writer.write(HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n")
        writer.write(gzip.compress(b"")[:10])
        while True:
            writer.write(empty_blocks)
            await writer.drain()

    site.answers["/a"] = pack_nothing
    with pytest.raises(RemoteInvalid, match="longer"):
        await client.get_document(f"http://127.0.0.1:{site.port}/a", sign=None, deadline=3)


@pytest.mark.parametrize("size", [1, 65_536, 65_537, 500_000])
async def test_compressed_documents_are_read(
    client: RemoteClient, site: RawServer, size: int
) -> None:
    url = f"http://127.0.0.1:{site.port}/a"
    document = {"id": url, "content": "x" * size}
    body = orjson.dumps(document)
    site.answers["/a"] = typed(ACTIVITY, gzip.compress(body), content_encoding="gzip")
    site.answers["/b"] = typed(ACTIVITY, zlib.compress(body), content_encoding="deflate")
    assert (await client.get_document(url, sign=None)).document == document
    other = url.replace("/a", "/b")
    assert (await client.get_document(other, sign=None, id_may_differ=True)).document == document


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b"{}")[:-1], "gzip"),
        (gzip.compress(b"{}") + b"more", "gzip"),
        (gzip.compress(b"{}") * 2, "gzip"),
        (b"{}", "gzip"),
        (b"", "gzip"),
        (b"{}", "br"),
        (gzip.compress(gzip.compress(b"{}")), "gzip, gzip"),
    ],
    ids=("cut", "more behind it", "twice in a row", "plain", "empty", "unasked", "nested"),
)
async def test_k9_broken_or_unasked_compression_is_refused(
    client: RemoteClient, site: RawServer, body: bytes, encoding: str
) -> None:
    site.answers["/a"] = typed(ACTIVITY, body, content_encoding=encoding)
    with pytest.raises(RemoteInvalid):
        await client.get_document(f"http://127.0.0.1:{site.port}/a", sign=None, id_may_differ=True)


@pytest.mark.parametrize("answer", [drip, be_silent])
async def test_k9_slow_body_meets_the_deadline(
    client: RemoteClient, site: RawServer, answer: object
) -> None:
    site.answers["/a"] = drip if answer is drip else be_silent
    started = time.monotonic()
    with pytest.raises(RemoteUnreachable):
        await client.get_document(f"http://127.0.0.1:{site.port}/a", sign=None, deadline=0.3)
    assert time.monotonic() - started < 10


async def test_k9_one_deadline_covers_all_hops(client: RemoteClient, site: RawServer) -> None:
    async def dawdle(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(redirect(f"/{len(site.requests)}"))
        await writer.drain()

    site.answers |= {f"/{n}": dawdle for n in range(4)}
    with pytest.raises(RemoteUnreachable):
        await client.get_document(f"http://127.0.0.1:{site.port}/0", sign=None, deadline=0.5)
    assert len(site.requests) <= 3


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000 + b"\r\n\r\n",
        HEAD + b"Content-Length: 100\r\n\r\n{}",
        CHUNKED + b"xyz\r\n",
        CHUNKED + b"2\r\n{}\r\n",
    ],
)
async def test_answers_that_are_no_http_are_unreachable(
    client: RemoteClient, site: RawServer, answer: bytes
) -> None:
    async def blurt(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    site.answers["/a"] = blurt
    with pytest.raises(RemoteUnreachable):
        await client.get_document(f"http://127.0.0.1:{site.port}/a", sign=None, deadline=3)


async def test_k9_slow_host_takes_two_slots_and_holds_up_nobody_else(
    client: RemoteClient, site: RawServer
) -> None:
    site.answers["/slow"] = be_silent
    async with running() as quick:
        slow = [
            asyncio.create_task(
                client.get_document(f"http://127.0.0.1:{site.port}/slow", sign=None, deadline=0.5)
            )
            for _ in range(40)
        ]
        await asyncio.sleep(0.1)
        url = f"http://127.0.0.1:{quick.port}/a"
        quick.answers["/a"] = activity({"id": url})
        assert (await client.get_document(url, sign=None, deadline=0.3)).url == url
        assert site.connections == 2
        outcomes = await asyncio.gather(*slow, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {RemoteUnreachable}


async def test_slots_are_limited_overall_and_forgotten_when_free() -> None:
    slots = Slots(overall=3, per_host=2)
    inside: list[str] = []
    most = 0

    async def visit(host: str) -> None:
        nonlocal most
        async with slots.taken(host):
            inside.append(host)
            most = max(most, len(inside))
            assert inside.count(host) <= 2
            await asyncio.sleep(0.01)
            inside.remove(host)

    await asyncio.gather(*(visit(f"{n % 5}.test") for n in range(20)))
    assert (most, len(slots)) == (3, 0)


async def test_slot_is_given_back_by_whoever_gives_up_waiting() -> None:
    slots = Slots(overall=1, per_host=1)

    async def visit() -> None:
        async with slots.taken("a.test"):
            await asyncio.sleep(0.05)

    first, second = asyncio.create_task(visit()), asyncio.create_task(visit())
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    await visit()
    assert len(slots) == 0
