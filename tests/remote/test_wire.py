"""What goes over the wire is exactly what was signed (B2, B5)."""

from urllib.parse import urlsplit

import pytest

from fediblog.protocol.signatures import Scheme
from fediblog.remote.client import RemoteClient
from fediblog.remote.connector import Connector
from fediblog.remote.documents import ACCEPT
from tests.remote.server import NO_TRUST, RawServer, activity, known, plain, redirect


class Witness:
    """A signer that remembers what it was asked to sign."""

    def __init__(self) -> None:
        self.signed: list[tuple[str, str, bytes | None, str | None]] = []

    async def __call__(
        self,
        method: str,
        url: str,
        body: bytes | None,
        content_type: str | None,
        scheme: Scheme,
    ) -> dict[str, str]:
        self.signed.append((method, url, body, content_type))
        return {"Host": urlsplit(url).netloc, "Date": "now", "Signature": f"s{len(self.signed)}"}


@pytest.mark.parametrize(
    "path",
    [
        "/a%2Fb",
        "/a%2fb",
        "/a%20b?x=%3D",
        "/a%20b?x=%3d&y=%26&z=a+b",
        "/%7Euser/~user",
        "/caf%C3%A9/%E6%97%A5%E6%9C%AC",
        "/café/日本?q=é",
        "/@alice/1?page=true&min_id=0",
        "/a;b=c/d,e/(f)'!*",
        "/a//b/",
        "/a?x=1&x=2&empty=&flag",
        "/a?url=https://x.test/?y=z",
        "/a%25%32%46",
    ],
)
async def test_b2_target_on_the_wire_is_the_signed_one(
    client: RemoteClient, site: RawServer, path: str
) -> None:
    sign = Witness()
    await client.post(f"http://127.0.0.1:{site.port}{path}", b"{}", sign=sign)
    signed = urlsplit(sign.signed[0][1])
    wire = site.requests[0].target
    assert wire == signed.path + (f"?{signed.query}" if signed.query else "")
    if path.isascii():
        assert wire == path


async def test_b2_host_is_sent_as_signed(client: RemoteClient, site: RawServer) -> None:
    await client.post(
        f"http://127.0.0.1:{site.port}/inbox", b"{}", sign=lambda *_: {"Host": "as.signed:1"}
    )
    assert site.requests[0].headers["host"] == "as.signed:1"


async def test_b2_host_keeps_a_port_of_its_own(client: RemoteClient, site: RawServer) -> None:
    await client.post(f"http://127.0.0.1:{site.port}/inbox", b"{}", sign=Witness())
    assert site.requests[0].headers["host"] == f"127.0.0.1:{site.port}"


async def test_b3_post_sends_the_signed_body_and_type(
    client: RemoteClient, site: RawServer
) -> None:
    sign = Witness()
    body = '{"ü": "  spaces kept "}'.encode()
    await client.post(f"http://127.0.0.1:{site.port}/inbox", body, sign=sign)
    sent = site.requests[0]
    assert sent.line == "POST /inbox HTTP/1.1"
    assert (sent.body, sent.headers["content-type"]) == (body, "application/activity+json")
    assert sent.headers["signature"] == "s1"
    assert sign.signed == [
        ("POST", f"http://127.0.0.1:{site.port}/inbox", body, "application/activity+json")
    ]


async def test_b5_every_hop_is_signed_anew(client: RemoteClient, site: RawServer) -> None:
    origin = f"http://127.0.0.1:{site.port}"
    site.answers |= {"/a": redirect("/b"), "/b": activity({"id": f"{origin}/b"})}
    sign = Witness()
    await client.get_document(f"{origin}/a#main-key", sign=sign)
    assert [(method, url) for method, url, *_ in sign.signed] == [
        ("GET", f"{origin}/a"),
        ("GET", f"{origin}/b"),
    ]
    assert [request.headers["signature"] for request in site.requests] == ["s1", "s2"]


async def test_fetches_say_who_asks_and_for_what(client: RemoteClient, site: RawServer) -> None:
    url = f"http://127.0.0.1:{site.port}/a"
    site.answers["/a"] = activity({"id": url})
    await client.get_document(url, sign=None)
    headers = site.requests[0].headers
    assert (headers["user-agent"], headers["accept"]) == ("fediblog-tests", ACCEPT)
    assert headers["accept-encoding"] == "gzip"


async def test_cookies_are_never_kept(client: RemoteClient, site: RawServer) -> None:
    # By name, since aiohttp's own jar keeps none for addresses.
    url = f"http://localhost:{site.port}/a"
    site.answers["/a"] = plain(202, {"Set-Cookie": "a=b; Path=/"})
    await client.post(url, b"{}", sign=Witness())
    await client.post(url, b"{}", sign=Witness())
    assert "cookie" not in site.requests[1].headers


async def test_proxies_of_the_environment_are_not_used(
    site: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    monkeypatch.setenv("no_proxy", "")
    connector = Connector(known({}), ssl_context=NO_TRUST)
    client = RemoteClient(connector, development=True, user_agent="fediblog-tests")
    site.answers["/a"] = plain(202)
    answer = await client.post(f"http://127.0.0.1:{site.port}/a", b"{}", sign=Witness())
    await client.aclose()
    assert answer.status == 202


async def test_connections_are_kept_for_the_next_request(
    client: RemoteClient, site: RawServer
) -> None:
    site.answers["/a"] = plain(202)
    for _ in range(3):
        await client.post(f"http://127.0.0.1:{site.port}/a", b"{}", sign=Witness())
    assert site.connections == 1
