"""WebFinger: which host is asked what (E3)."""

import pytest

from fediblog.errors import AddressRefused, RemoteGone, RemoteInvalid
from fediblog.remote.client import RemoteClient
from fediblog.remote.discovery import webfinger_url
from tests.remote.server import RawServer, redirect, typed


@pytest.mark.parametrize("resource", ["acct:a@b.test", "@a@b.test", "a@b.test"])
def test_e3_handles_become_acct_uris(resource: str) -> None:
    url = "https://b.test/.well-known/webfinger?resource=acct:a@b.test"
    assert webfinger_url(resource, "b.test", development=False) == url


def test_e3_resources_are_quoted() -> None:
    url = webfinger_url("https://b.test/?q=a&b#c", "b.test", development=False)
    assert url.endswith("?resource=https://b.test/%3Fq%3Da%26b%23c")


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("[::1]:8000", "http://[::1]:8000/"),
        ("localhost", "http://localhost/"),
        ("b.test", "https://b.test/"),
    ],
)
def test_development_asks_local_hosts_by_http(host: str, origin: str) -> None:
    assert webfinger_url("a@x", host, development=True).startswith(f"{origin}.well-known/")


def test_production_asks_everybody_by_https() -> None:
    assert webfinger_url("a@x", "b.test:80", development=False).startswith("https://b.test:80/")


@pytest.mark.parametrize("host", ["", "a/b", "a?b", "a#b", "x@b", "a\\b", "a b"])
def test_what_is_more_than_a_host_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        webfinger_url("a@b", host, development=True)


@pytest.mark.parametrize(
    "content_type", ["application/jrd+json", "application/json; charset=utf-8"]
)
async def test_e3_webfinger_is_fetched_from_the_host(
    client: RemoteClient, site: RawServer, content_type: str
) -> None:
    host = f"127.0.0.1:{site.port}"
    target = f"/.well-known/webfinger?resource=acct:a@{host}"
    site.answers[target] = redirect("/there")
    site.answers["/there"] = typed(content_type, b'{"subject": "acct:a@b"}')
    assert await client.webfinger(f"@a@{host}", host) == {"subject": "acct:a@b"}
    assert site.targets == [target, "/there"]


async def test_webfinger_refusals_are_told_apart(client: RemoteClient, site: RawServer) -> None:
    host = f"127.0.0.1:{site.port}"
    with pytest.raises(RemoteGone):
        await client.webfinger("nobody@x", host)
    site.answers["/.well-known/webfinger?resource=acct:html@x"] = typed("text/html", b"{}")
    with pytest.raises(RemoteInvalid):
        await client.webfinger("html@x", host)
