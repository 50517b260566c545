"""A delivery with exactly one thing wrong is refused by the server that gets it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fediblog.demo import activities
from fediblog.demo.people import actor_document
from fediblog.demo.server import DemoServer
from fediblog.demo.wire import activitypub
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import Document, encode
from tests.demo.waiting import until

Fault = Callable[[DemoServer, bytes], dict[str, Any]]

FAULTS: dict[str, Fault] = {
    "another body than the signed one": lambda town, body: {"signed_body": body + b" "},
    "no signature": lambda town, body: {"headers": {"Signature": None}},
    "no digest": lambda town, body: {"headers": {"Digest": None}},
    "digest not signed": lambda town, body: {"omit": {"digest"}},
    "host not signed": lambda town, body: {"omit": {"host"}},
    "target not signed": lambda town, body: {"omit": {"(request-target)"}},
    "date not signed": lambda town, body: {"omit": {"date"}},
    "signed long ago": lambda town, body: {"date": town.clock() - timedelta(hours=2)},
    "signed for later": lambda town, body: {"date": town.clock() + timedelta(hours=2)},
    "signed for another host": lambda town, body: {"signed_url": "http://127.0.0.1:9/inbox"},
    "signed for another address": lambda town, body: {"signed_url": f"{town.origin}/outbox"},
    "signed with another key": lambda town, body: {"sign_with": town.people["bob"].key},
    "signed by somebody else": lambda town, body: {
        "sign_with": town.people["bob"].key,
        "key_id": town.people["bob"].key_id,
    },
    "unknown algorithm": lambda town, body: {"algorithm": "none"},
    "two signatures": lambda town, body: {"extra": [("Signature", "keyId=x")]},
}


def follow(town: DemoServer, other: DemoServer) -> Document:
    """An ordinary Follow of the blog by Alice."""
    alice = town.people["alice"]
    return activities.follow(alice, f"{alice.id}#follows/1", other.people["blog"].id)


async def test_what_is_as_it_should_be_is_taken(town: DemoServer, other: DemoServer) -> None:
    answer = await town.post("alice", f"{other.origin}/inbox", follow(town, other))
    assert answer.status_code == 202
    assert other.followers["blog"] == {town.people["alice"].id}


@pytest.mark.parametrize("fault", FAULTS)
async def test_one_fault_is_enough(town: DemoServer, other: DemoServer, fault: str) -> None:
    body = encode(follow(town, other))

    answer = await town.post("alice", f"{other.origin}/inbox", body, **FAULTS[fault](town, body))

    assert answer.status_code == 401
    assert len(other.refused) == 1
    assert not other.received
    assert other.followers["blog"] == set()


async def test_what_is_no_activity_is_malformed(town: DemoServer, other: DemoServer) -> None:
    for body in (b"no JSON", b"[]", b"{}", b'{"type":"Follow","type":"Like"}'):
        answer = await town.post("alice", f"{other.origin}/inbox", body)
        assert answer.status_code == 400


async def test_a_key_is_fetched_once_and_again_when_it_was_changed(
    town: DemoServer, other: DemoServer
) -> None:
    def fetches() -> int:
        return sum(asked.path == "/users/alice" for asked in town.requests)

    await town.post("alice", f"{other.origin}/users/blog/inbox", b"{}")
    assert fetches() == 0
    for _ in range(2):
        await town.post("alice", f"{other.origin}/inbox", follow(town, other))
    await until(lambda: len(town.received) == 2)
    known = fetches()

    town.people["alice"] = replace(town.people["alice"], key=PrivateKey.generate())
    answer = await town.post("alice", f"{other.origin}/inbox", follow(town, other))

    assert answer.status_code == 202
    assert fetches() == known + 1


async def test_a_server_that_is_down_is_to_be_tried_again(
    town: DemoServer, other: DemoServer
) -> None:
    nobody = "http://127.0.0.1:9/users/alice#main-key"
    answer = await town.post("alice", f"{other.origin}/inbox", follow(town, other), key_id=nobody)
    assert answer.status_code == 503


async def test_a_key_that_its_owner_does_not_publish_is_not_taken(
    town: DemoServer, other: DemoServer
) -> None:
    alice, forged = town.people["alice"], f"{town.origin}/forged"
    key = {"id": forged, "owner": alice.id, "publicKeyPem": town.people["bob"].key.public_pem()}
    town.responses["/forged"] = activitypub(key)

    answer = await town.post("bob", f"{other.origin}/inbox", follow(town, other), key_id=forged)

    assert answer.status_code == 401
    assert not other.received


async def test_a_key_on_another_host_than_its_owner_is_not_taken(
    town: DemoServer, other: DemoServer
) -> None:
    alice, elsewhere = town.people["alice"], f"{other.origin}/elsewhere"
    key = {"id": elsewhere, "owner": alice.id, "publicKeyPem": alice.key.public_pem()}
    other.responses["/elsewhere"] = activitypub(key)
    town.responses["/users/alice"] = activitypub(actor_document(alice) | {"publicKey": key})

    answer = await town.post(
        "alice", f"{other.origin}/inbox", follow(town, other), key_id=elsewhere
    )

    assert answer.status_code == 401
    assert not other.received
