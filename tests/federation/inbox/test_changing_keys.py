"""Keys of others that change, and keys of other kinds: nothing is lost, nothing old is believed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import JSONResponse

from fediblog.demo import activities
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import ACTIVITY_JSON, Document
from fediblog.protocol.signatures import Scheme
from tests.bench import SettableClock
from tests.federation.inbox.contents import nothing_written
from tests.federation.inbox.public import Public
from tests.federation.inbox.senders import Sender

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: How a signature can be made with an Ed25519 key.
ED25519_WAYS: tuple[dict[str, Any], ...] = (
    {"algorithm": "hs2019"},
    {"scheme": Scheme.RFC_9421},
)


def rotate(sender: Sender, **changed: Any) -> PrivateKey:
    """Give somebody a new key, as their server does it; the old one."""
    old = sender.person.key
    sender.server.people[sender.name] = replace(sender.person, key=PrivateKey.generate(), **changed)
    return old


def publish(sender: Sender, **fields: Any) -> None:
    """Have somebody's actor answer with other fields."""
    sender.server.responses[sender.path] = JSONResponse(
        sender.document() | fields, media_type=ACTIVITY_JSON
    )


def multikey(sender: Sender, key: PrivateKey, **changed: str) -> Document:
    """An Ed25519 key as FEP-521a has it."""
    return {
        "id": f"{sender.id}#ed25519-key",
        "type": "Multikey",
        "controller": sender.id,
        "publicKeyMultibase": key.public_key().multibase(),
        **changed,
    }


async def test_n8_a_message_signed_with_a_new_key_is_never_refused_for_good(
    public: Public, later: SettableClock
) -> None:
    """The key was fetched a moment ago, and changes now: a final 401 would lose the message."""
    stranger = public.stranger("rotating")
    assert (await stranger.send(stranger.view())).status_code == 202
    old = rotate(stranger)
    answer = await stranger.send(stranger.view())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")

    later.offset = timedelta(seconds=31)
    assert (await stranger.send(stranger.view())).status_code == 202
    later.offset = timedelta(seconds=62)
    assert (await stranger.send(stranger.view(), sign_with=old)).status_code == 401
    assert public.fetches(stranger) == 3


async def test_who_says_that_somebody_is_gone_does_not_keep_their_next_key_out(
    public: Public, later: SettableClock
) -> None:
    stranger = public.stranger("bare")
    rotate(stranger, key_path="")
    assert stranger.person.key_id == stranger.id
    assert (await stranger.send(stranger.view())).status_code == 202
    gone = activities.delete_person(stranger.person)
    forged = {"key_id": f"{stranger.id}/no-key", "sign_with": PrivateKey.generate()}
    assert (await stranger.send(gone, **forged)).status_code == 401
    later.offset = timedelta(seconds=31)
    rotate(stranger)
    assert (await stranger.send(stranger.view())).status_code == 202


async def test_a_new_key_under_a_new_id_is_fetched_at_once(public: Public) -> None:
    stranger = public.stranger("renaming")
    assert (await stranger.send(stranger.view())).status_code == 202
    old_id, old = stranger.person.key_id, rotate(stranger, key_path="#key-2")
    assert (await stranger.send(stranger.view())).status_code == 202
    async with nothing_written(public.blog):
        answer = await stranger.send(stranger.view(), key_id=old_id, sign_with=old)
    assert answer.status_code == 401


async def test_an_update_signed_with_the_old_key_brings_the_new_one(public: Public) -> None:
    stranger = public.stranger("announcing")
    assert (await stranger.send(stranger.view())).status_code == 202
    old_id, old = stranger.person.key_id, rotate(stranger, key_path="#key-2")
    update = stranger.view() | {"type": "Update", "object": stranger.document()}
    answer = await stranger.send(update, key_id=old_id, sign_with=old)
    assert answer.status_code == 202
    await public.blog.settled()
    assert (await stranger.send(stranger.view())).status_code == 202
    assert public.fetches(stranger) == 1
    assert (await stranger.send(stranger.view(), key_id=old_id, sign_with=old)).status_code == 401


async def test_a_profile_without_keys_takes_none_away(public: Public) -> None:
    stranger = public.stranger("terse")
    assert (await stranger.send(stranger.view())).status_code == 202
    document = stranger.document()
    del document["publicKey"]
    update = stranger.view() | {"type": "Update", "object": document}
    assert (await stranger.send(update)).status_code == 202
    await public.blog.settled()
    assert (await stranger.send(stranger.view())).status_code == 202
    assert public.fetches(stranger) == 1


async def test_b17_a_delivery_signed_as_rfc_9421_says_is_taken(public: Public) -> None:
    stranger = public.stranger("modern")
    answer = await stranger.send(stranger.view(), scheme=Scheme.RFC_9421)
    assert answer.status_code == 202
    async with nothing_written(public.blog):
        for wrong in (
            {"signed_body": b"{}"},
            {"signed_url": "https://evil.test/inbox"},
            {"date": public.blog.clock() - timedelta(minutes=66)},
            {"headers": {"Signature-Input": "sig1=("}},
            {"sign_with": PrivateKey.generate()},
        ):
            answer = await stranger.send(stranger.view(), scheme=Scheme.RFC_9421, **wrong)
            assert answer.status_code in {401, 503}, wrong


@pytest.mark.parametrize("way", ED25519_WAYS, ids=str)
async def test_a_multikey_of_the_actor_signs_requests(public: Public, way: dict[str, Any]) -> None:
    stranger = public.stranger(f"multikey{ED25519_WAYS.index(way)}")
    key = PrivateKey.generate("Ed25519")
    publish(stranger, assertionMethod=[multikey(stranger, key)])
    key_id = f"{stranger.id}#ed25519-key"
    send = {"key_id": key_id, "sign_with": key} | way
    assert (await stranger.send(stranger.view(), **send)).status_code == 202
    assert (await stranger.send(stranger.view())).status_code == 202


async def test_an_ed25519_key_as_pem_signs_requests(public: Public) -> None:
    stranger = public.stranger("pem")
    key = PrivateKey.generate("Ed25519")
    pem = {"id": stranger.person.key_id, "owner": stranger.id, "publicKeyPem": key.public_pem()}
    publish(stranger, publicKey=pem)
    answer = await stranger.send(stranger.view(), sign_with=key, algorithm="hs2019")
    assert answer.status_code == 202


async def test_k12_an_ed25519_key_verifies_nothing_that_is_called_rsa(public: Public) -> None:
    stranger = public.stranger("mixed")
    key = PrivateKey.generate("Ed25519")
    publish(stranger, assertionMethod=multikey(stranger, key))
    send: dict[str, Any] = {"key_id": f"{stranger.id}#ed25519-key", "sign_with": key}
    assert (await stranger.send(stranger.view(), **send, algorithm="hs2019")).status_code == 202
    async with nothing_written(public.blog):
        answer = await stranger.send(stranger.view(), **send, algorithm="rsa-sha256")
    assert answer.status_code in {401, 503}


async def test_k1_a_multikey_belongs_to_who_lists_it(public: Public) -> None:
    """Its controller is somebody else; or somebody says that it is hers, and she does not."""
    stranger, victim = public.stranger("taker"), public.stranger("victim")
    key = PrivateKey.generate("Ed25519")
    foreign = multikey(stranger, key, controller=victim.id)
    publish(stranger, assertionMethod=[foreign])
    publish(victim, assertionMethod=[])
    send: dict[str, Any] = {"key_id": str(foreign["id"]), "sign_with": key, "algorithm": "hs2019"}
    async with nothing_written(public.blog):
        assert (await stranger.send(victim.view(), **send)).status_code == 401
    stranger.server.responses["/uploads/key"] = JSONResponse(
        multikey(victim, key, id=f"{stranger.server.origin}/uploads/key"),
        media_type=ACTIVITY_JSON,
    )
    send["key_id"] = f"{stranger.server.origin}/uploads/key"
    async with nothing_written(public.blog):
        assert (await stranger.send(victim.view(), **send)).status_code == 401


async def test_a_key_document_that_its_controller_names_is_taken(
    public: Public, later: SettableClock
) -> None:
    """The actor lists the key by its id alone."""
    stranger = public.stranger("naming")
    key, key_id = PrivateKey.generate("Ed25519"), f"{stranger.server.origin}/keys/naming"
    stranger.server.responses["/keys/naming"] = JSONResponse(
        multikey(stranger, key, id=key_id), media_type=ACTIVITY_JSON
    )
    send: dict[str, Any] = {"key_id": key_id, "sign_with": key, "algorithm": "hs2019"}
    publish(stranger)
    async with nothing_written(public.blog):
        assert (await stranger.send(stranger.view(), **send)).status_code == 401
    later.offset = timedelta(minutes=6)
    publish(stranger, assertionMethod=[key_id])
    assert (await stranger.send(stranger.view(), **send)).status_code == 202


@pytest.mark.parametrize(
    "text", ["", "z", "z0", "u7QE", "z" + "1" * 200, "z6Mk", "zé", "z3AAAAAAAAAAAAAAAAAAAAAAAAAAA"]
)
async def test_a_multikey_that_is_none_is_no_key_at_all(public: Public, text: str) -> None:
    stranger = public.stranger("broken")
    key = PrivateKey.generate("Ed25519")
    publish(stranger, assertionMethod=[multikey(stranger, key, publicKeyMultibase=text), 7, None])
    assert (await stranger.send(stranger.view())).status_code == 202
