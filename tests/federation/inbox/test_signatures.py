"""The door: each test breaks one check of the signature, and everything else is right."""

from datetime import timedelta

import pytest
from starlette.responses import JSONResponse

from fediblog.demo.server import DemoServer
from fediblog.protocol.outgoing import ACTIVITY_JSON
from tests.bench import RunningBlog
from tests.federation.inbox.contents import nothing_written
from tests.federation.inbox.senders import Sender

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_right_delivery_is_taken(alice: Sender) -> None:
    assert (await alice.send(alice.view())).status_code == 202


async def test_b2_what_was_signed_for_another_host_is_refused(alice: Sender) -> None:
    async with nothing_written(alice.blog):
        answer = await alice.send(alice.view(), signed_url="http://elsewhere.example/inbox")
    assert answer.status_code == 401


async def test_b2_another_port_is_another_host(alice: Sender) -> None:
    async with nothing_written(alice.blog):
        answer = await alice.send(alice.view(), signed_url="http://127.0.0.1:1/inbox")
    assert answer.status_code == 401


async def test_no_signature_is_refused(alice: Sender) -> None:
    async with nothing_written(alice.blog):
        answer = await alice.send(alice.view(), headers={"Signature": None})
    assert answer.status_code == 401


@pytest.mark.parametrize("field", ["(request-target)", "host", "date", "digest"])
async def test_b8_k12_what_the_signature_leaves_open_is_refused(alice: Sender, field: str) -> None:
    async with nothing_written(alice.blog):
        answer = await alice.send(alice.view(), omit={field})
    assert answer.status_code == 401


@pytest.mark.parametrize("field", ["Date", "Digest"])
async def test_a_signed_header_that_is_missing_is_refused(alice: Sender, field: str) -> None:
    async with nothing_written(alice.blog):
        answer = await alice.send(alice.view(), headers={field: None})
    assert answer.status_code == 401


@pytest.mark.parametrize("minutes", [-66, 61])
async def test_b10_a_date_outside_the_window_is_refused(alice: Sender, minutes: int) -> None:
    date = alice.blog.clock() + timedelta(minutes=minutes)
    async with nothing_written(alice.blog):
        answer = await alice.send(alice.view(), date=date)
    assert answer.status_code == 401


@pytest.mark.parametrize("minutes", [-64, 59])
async def test_b10_a_clock_may_be_wrong_by_an_hour(alice: Sender, minutes: int) -> None:
    date = alice.blog.clock() + timedelta(minutes=minutes)
    assert (await alice.send(alice.view(), date=date)).status_code == 202


async def test_b11_a_digest_of_another_body_is_refused(alice: Sender) -> None:
    async with nothing_written(alice.blog):
        answer = await alice.send(alice.view(), signed_body=b"{}")
    assert answer.status_code == 401


async def test_k12_a_key_id_that_comes_twice_is_refused(alice: Sender) -> None:
    view = alice.view()
    headers = alice.sealed(view)
    headers["Signature"] = f'keyId="{alice.person.key_id}",{headers["Signature"]}'
    async with nothing_written(alice.blog):
        answer = await alice.send_with(view, headers)
    assert answer.status_code == 401


async def test_k12_two_signatures_are_refused(alice: Sender) -> None:
    view = alice.view()
    headers = alice.sealed(view)
    async with nothing_written(alice.blog):
        answer = await alice.send_with(view, headers, ("Signature", headers["Signature"]))
    assert answer.status_code == 401


@pytest.mark.parametrize("algorithm", ["none", "hmac-sha256", "ed25519"])
async def test_k12_another_algorithm_is_refused(alice: Sender, algorithm: str) -> None:
    view = alice.view()
    headers = alice.sealed(view)
    headers["Signature"] = headers["Signature"].replace("rsa-sha256", algorithm)
    async with nothing_written(alice.blog):
        answer = await alice.send_with(view, headers)
    assert answer.status_code == 401


async def test_another_key_than_the_named_one_is_refused(alice: Sender, bob: Sender) -> None:
    async with nothing_written(alice.blog):
        answer = await alice.send(alice.view(), sign_with=bob.person.key)
    assert answer.status_code == 401


async def test_k1_a_neighbour_cannot_speak_for_somebody(alice: Sender, bob: Sender) -> None:
    """CVE-2025-54888: a valid signature, of somebody else than the activity's actor."""
    async with nothing_written(bob.blog):
        answer = await bob.send(alice.view())
    assert answer.status_code == 401


async def test_k1_another_server_cannot_speak_for_somebody(
    alice: Sender, village: DemoServer
) -> None:
    """The hosts differ, so nobody is even asked for the key (B12)."""
    stranger = Sender(alice.blog, village, "bob")
    async with nothing_written(alice.blog):
        answer = await stranger.send(alice.view())
    assert answer.status_code == 401
    assert village.requests == []


async def test_k1_a_key_that_its_owner_does_not_list_is_refused(alice: Sender, bob: Sender) -> None:
    """A document on Alice's host says that Bob's key is hers; she does not say so (B12)."""
    town, path = alice.server, "/uploads/key.json"
    key_id = f"{town.origin}{path}"
    document = {
        "@context": "https://w3id.org/security/v1",
        "id": key_id,
        "type": "Key",
        "owner": alice.id,
        "publicKeyPem": bob.person.key.public_pem(),
    }
    town.responses[path] = JSONResponse(document, media_type=ACTIVITY_JSON)
    async with nothing_written(alice.blog):
        answer = await alice.send(alice.view(), key_id=key_id, sign_with=bob.person.key)
    assert answer.status_code == 401


async def test_b12_a_key_document_that_its_owner_lists_is_taken(
    alice: Sender, town: DemoServer
) -> None:
    """The separate Key document of some servers: found by its id, confirmed by its owner."""
    chiyo = Sender(alice.blog, town, "chiyo")
    key_id = f"{town.origin}/keys/chiyo"
    key = {"id": key_id, "owner": chiyo.id, "publicKeyPem": chiyo.person.key.public_pem()}
    actor = {
        "id": chiyo.id,
        "type": "Person",
        "preferredUsername": "chiyo",
        "inbox": f"{chiyo.id}/inbox",
        "publicKey": key,
    }
    town.responses["/keys/chiyo"] = JSONResponse(key | {"type": "Key"}, media_type=ACTIVITY_JSON)
    town.responses["/users/chiyo"] = JSONResponse(actor, media_type=ACTIVITY_JSON)
    assert (await chiyo.send(chiyo.view(), key_id=key_id)).status_code == 202


async def test_b12_a_key_id_that_names_no_key_is_refused(alice: Sender) -> None:
    async with nothing_written(alice.blog):
        answer = await alice.send(alice.view(), key_id=f"{alice.id}#another-key")
    assert answer.status_code == 401


async def test_the_unsigned_delete_of_somebody_known_is_refused(
    alice: Sender, blog: RunningBlog
) -> None:
    """N16: WordPress took it."""
    post = await blog.publish()
    reply_id = await alice.reply(blog.article(post))
    delete = alice.view() | {"type": "Delete", "object": reply_id}
    async with nothing_written(blog):
        answer = await alice.send(delete, headers={"Signature": None})
    assert answer.status_code == 401
