"""Which documents are believed (K2, K3, K23)."""

import orjson
import pytest

from fediblog.errors import RemoteGone, RemoteInvalid, RemoteRefused
from fediblog.protocol.negotiation import is_activitypub
from fediblog.remote.client import RemoteClient
from fediblog.remote.documents import parse_object
from tests.remote.server import ACTIVITY, RawServer, activity, plain, redirect, running, typed

LD_WITH_PROFILE = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


@pytest.mark.parametrize(
    "content_type",
    [
        "application/activity+json",
        "Application/Activity+JSON; charset=utf-8",
        LD_WITH_PROFILE,
        LD_WITH_PROFILE + "; charset=utf-8",
        'application/ld+json;charset=utf-8;profile="https://www.w3.org/ns/activitystreams"',
        "application/ld+json; profile=https://www.w3.org/ns/activitystreams",
        'application/ld+json; profile="https://w3id.org/x https://www.w3.org/ns/activitystreams"',
    ],
)
def test_k3_activity_types_are_taken(content_type: str) -> None:
    assert is_activitypub(content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "application/ld+json",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams2"',
        'application/ld+json; profile="https://evil.test/"',
        "text/plain",
        "text/html; charset=utf-8",
        "image/png",
        "image/png, application/activity+json",
        "application/activity+json, image/png",
        'image/png; profile="https://www.w3.org/ns/activitystreams"',
        "text/plain; x=application/activity+json",
        "application/activity+jsonp",
    ],
)
async def test_k3_other_types_are_refused(
    client: RemoteClient, site: RawServer, content_type: str
) -> None:
    url = f"http://127.0.0.1:{site.port}/media/1"
    site.answers["/media/1"] = typed(content_type, orjson.dumps({"id": url, "type": "Person"}))
    with pytest.raises(RemoteInvalid):
        await client.get_document(url, sign=None)


async def test_k2_id_equal_to_the_url_is_believed(client: RemoteClient, site: RawServer) -> None:
    url = f"http://127.0.0.1:{site.port}/a?b=1"
    site.answers["/a?b=1"] = activity({"id": url, "type": "Note"})
    found = await client.get_document(url, sign=None)
    assert (found.url, found.document) == (url, {"id": url, "type": "Note"})


async def test_k2_fragment_is_not_sent_and_not_part_of_the_url(
    client: RemoteClient, site: RawServer
) -> None:
    url = f"http://127.0.0.1:{site.port}/users/a"
    site.answers["/users/a"] = activity({"id": url})
    assert (await client.get_document(f"{url}#main-key", sign=None)).url == url


async def test_k2_unicode_id_is_compared_as_it_was_asked_for(
    client: RemoteClient, site: RawServer
) -> None:
    url = f"http://127.0.0.1:{site.port}/é"
    site.answers["/%C3%A9"] = activity({"id": url})
    assert (await client.get_document(url, sign=None)).url == url


async def test_k2_id_on_another_host_is_refused_unasked(
    client: RemoteClient, site: RawServer
) -> None:
    async with running() as victim:
        there = f"http://127.0.0.1:{victim.port}/obj"
        victim.answers["/obj"] = activity({"id": there})
        site.answers["/obj"] = activity({"id": there, "content": "forged"})
        with pytest.raises(RemoteInvalid):
            await client.get_document(f"http://127.0.0.1:{site.port}/obj", sign=None)
        assert victim.connections == 0


async def test_k2_other_id_on_the_same_host_is_fetched_once(
    client: RemoteClient, site: RawServer
) -> None:
    origin = f"http://127.0.0.1:{site.port}"
    site.answers["/@a"] = activity({"id": f"{origin}/users/a", "name": "as served at @a"})
    site.answers["/users/a"] = activity({"id": f"{origin}/users/a", "name": "true"})
    found = await client.get_document(f"{origin}/@a", sign=None)
    assert (found.url, found.document["name"]) == (f"{origin}/users/a", "true")
    assert site.targets == ["/@a", "/users/a"]


async def test_k2_id_that_differs_again_is_refused(client: RemoteClient, site: RawServer) -> None:
    origin = f"http://127.0.0.1:{site.port}"
    site.answers["/a"] = activity({"id": f"{origin}/b"})
    site.answers["/b"] = activity({"id": f"{origin}/c"})
    site.answers["/c"] = activity({"id": f"{origin}/c"})
    with pytest.raises(RemoteInvalid):
        await client.get_document(f"{origin}/a", sign=None)
    assert site.targets == ["/a", "/b"]


async def test_k2_id_may_not_lead_to_another_host(client: RemoteClient, site: RawServer) -> None:
    async with running() as other:
        there = f"http://127.0.0.1:{other.port}/c"
        other.answers["/c"] = activity({"id": there})
        site.answers["/a"] = activity({"id": f"http://127.0.0.1:{site.port}/b"})
        site.answers["/b"] = redirect(there)
        with pytest.raises(RemoteInvalid):
            await client.get_document(f"http://127.0.0.1:{site.port}/a", sign=None)


@pytest.mark.parametrize("claimed", [None, 7, ["http://127.0.0.1/a"], {}, "", "a", "http://[", "#"])
async def test_k2_id_that_is_no_url_is_refused(
    client: RemoteClient, site: RawServer, claimed: object
) -> None:
    site.answers["/a"] = activity({"id": claimed})
    with pytest.raises(RemoteInvalid):
        await client.get_document(f"http://127.0.0.1:{site.port}/a", sign=None)


async def test_k2_after_a_redirect_the_id_is_the_final_url(
    client: RemoteClient, site: RawServer
) -> None:
    async with running() as other:
        final = f"http://127.0.0.1:{other.port}/new"
        site.answers["/old"] = redirect(final)
        other.answers["/new"] = activity({"id": final})
        found = await client.get_document(f"http://127.0.0.1:{site.port}/old", sign=None)
        assert found.url == final


async def test_b12_key_document_may_have_another_id(client: RemoteClient, site: RawServer) -> None:
    origin = f"http://127.0.0.1:{site.port}"
    stub = {"id": f"{origin}/users/a", "publicKey": {"id": f"{origin}/users/a/main-key"}}
    site.answers["/users/a/main-key"] = activity(stub)
    found = await client.get_document(f"{origin}/users/a/main-key", sign=None, id_may_differ=True)
    assert (found.url, found.document) == (f"{origin}/users/a/main-key", stub)


async def test_b12_key_document_of_another_host_is_refused(
    client: RemoteClient, site: RawServer
) -> None:
    async with running() as evil:
        key_id = f"http://127.0.0.1:{site.port}/open-redirect"
        site.answers["/open-redirect"] = redirect(f"http://127.0.0.1:{evil.port}/key")
        evil.answers["/key"] = activity({"id": key_id, "owner": "the victim"})
        with pytest.raises(RemoteInvalid):
            await client.get_document(key_id, sign=None, id_may_differ=True)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"a"', b"null", b"{", b'{"a": NaN}', b'{"a": 1} {}', b"\xff", b"{'a': 1}"],
)
def test_k23_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(RemoteInvalid):
        parse_object(body)


@pytest.mark.parametrize(("opening", "closing"), [(b'{"a":', b"}"), (b"[", b"]")])
def test_k23_depth_is_limited(opening: bytes, closing: bytes) -> None:
    def nested(depth: int) -> bytes:
        return b'{"a":' + opening * (depth - 1) + b"1" + closing * (depth - 1) + b"}"

    assert parse_object(nested(64))
    for depth in (65, 1_000, 100_000):
        with pytest.raises(RemoteInvalid):
            parse_object(nested(depth))


@pytest.mark.parametrize("status", [404, 410])
async def test_missing_documents_are_gone(
    client: RemoteClient, site: RawServer, status: int
) -> None:
    site.answers["/a"] = plain(status)
    with pytest.raises(RemoteGone) as refusal:
        await client.get_document(f"http://127.0.0.1:{site.port}/a", sign=None)
    assert refusal.value.answer_status == status


@pytest.mark.parametrize("status", [300, 304, 400, 401, 403, 429, 500, 503])
async def test_other_statuses_are_refusals(
    client: RemoteClient, site: RawServer, status: int
) -> None:
    site.answers["/a"] = plain(status, {"Retry-After": "17"})
    with pytest.raises(RemoteRefused) as refusal:
        await client.get_document(f"http://127.0.0.1:{site.port}/a", sign=None)
    assert (refusal.value.answer_status, refusal.value.retry_after) == (status, 17)
    assert not isinstance(refusal.value, RemoteGone)


async def test_bytes_are_taken_only_of_the_types_asked_for(
    client: RemoteClient, site: RawServer
) -> None:
    site.answers["/a.png"] = typed("image/png; charset=binary", b"\x89PNG")
    site.answers["/a.svg"] = typed("text/html", b"<svg/>")
    origin = f"http://127.0.0.1:{site.port}"
    found = await client.get_bytes(f"{origin}/a.png", cap=4, types=("image/",))
    assert (found.body, found.url) == (b"\x89PNG", f"{origin}/a.png")
    assert site.requests[0].headers["accept"] == "image/*"
    with pytest.raises(RemoteInvalid):
        await client.get_bytes(f"{origin}/a.svg", cap=100, types=("image/",))
    with pytest.raises(RemoteInvalid):
        await client.get_bytes(f"{origin}/a.png", cap=3, types=("image/",))


async def test_a_page_is_sent_again_only_if_it_has_changed(
    client: RemoteClient, site: RawServer
) -> None:
    """C7: 304 means that it is what the ETag names."""
    url = f"http://127.0.0.1:{site.port}/replies"
    site.answers["/replies"] = typed(ACTIVITY, b'{"type": "Collection"}', ETag='W/"one"')
    page = await client.get_page(url, sign=None, etag="")
    assert page is not None
    assert (page.document, page.etag) == ({"type": "Collection"}, 'W/"one"')
    assert "if-none-match" not in site.requests[-1].headers

    site.answers["/replies"] = plain(304)
    assert await client.get_page(url, sign=None, etag='W/"one"') is None
    assert site.requests[-1].headers["if-none-match"] == 'W/"one"'


async def test_who_has_nothing_is_not_told_that_it_has_not_changed(
    client: RemoteClient, site: RawServer
) -> None:
    site.answers["/replies"] = plain(304)
    with pytest.raises(RemoteRefused):
        await client.get_page(f"http://127.0.0.1:{site.port}/replies", sign=None, etag="")


@pytest.mark.parametrize("etag", ['"' + "x" * 300 + '"', '"caf\u00e9"'])
async def test_an_etag_that_cannot_be_sent_back_is_none(
    client: RemoteClient, site: RawServer, etag: str
) -> None:
    site.answers["/replies"] = typed(ACTIVITY, b"{}", ETag=etag)
    page = await client.get_page(f"http://127.0.0.1:{site.port}/replies", sign=None, etag="")
    assert page is not None
    assert page.etag == ""


async def test_a_page_that_is_led_to_another_server_is_not_believed(
    client: RemoteClient, site: RawServer
) -> None:
    async with running() as other:
        other.answers["/replies"] = typed(ACTIVITY, b'{"type": "Collection"}')
        site.answers["/replies"] = redirect(f"http://127.0.0.1:{other.port}/replies")
        with pytest.raises(RemoteInvalid):
            await client.get_page(f"http://127.0.0.1:{site.port}/replies", sign=None, etag="")
