"""Proofs hold as Mastodon and as Fedify read them, and for nothing but the document."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import base58
import orjson
import pytest

from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import CONTEXT, encode
from fediblog.protocol.proofs import with_proof

KEY = PrivateKey.generate("Ed25519")
KEY_ID = "https://blog.example/users/blog#ed25519-key"
NOW = datetime(2026, 11, 22, 14, 44, 8, 125000, tzinfo=UTC)
DOCUMENT = {
    "@context": CONTEXT,
    "id": "https://blog.example/activities/1",
    "type": "Create",
    "object": {
        "content": "<p>“Grüße”, 日本 & \U0001f98a\n</p>",
        "totalItems": 0,
        "sensitive": False,
    },
}


def made() -> dict[str, Any]:
    """The document as it comes over the wire."""
    proven = with_proof(DOCUMENT, key=KEY, key_id=KEY_ID, created=NOW)
    document: dict[str, Any] = orjson.loads(encode(proven))
    return document


def canonical(value: object) -> bytes:
    """RFC 8785 for what is in these documents, without any code of ours or of its library."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def holds(document: dict[str, Any], *, context: str) -> bool:
    """context: where the reader takes that of the proof from."""
    bare = {name: value for name, value in document.items() if name != "proof"}
    config = {name: value for name, value in document["proof"].items() if name != "proofValue"}
    if context == "document":
        config["@context"] = document["@context"]
    signature = base58.b58decode(document["proof"]["proofValue"].removeprefix("z"))
    text = sha256(canonical(config)).digest() + sha256(canonical(bare)).digest()
    return KEY.public_key().verify(signature, text, "ed25519")


@pytest.mark.parametrize("context", ["document", "proof"])
def test_a_proof_holds_for_both_readers(context: str) -> None:
    assert holds(made(), context=context)


def test_a_proof_has_the_fields_that_readers_look_for() -> None:
    proof = made()["proof"]
    assert proof["type"] == "DataIntegrityProof"
    assert proof["cryptosuite"] == "eddsa-jcs-2022"
    assert proof["verificationMethod"] == KEY_ID
    assert proof["proofPurpose"] == "assertionMethod"
    assert proof["created"] == "2026-11-22T14:44:08Z"
    assert proof["proofValue"].startswith("z")


@pytest.mark.parametrize(
    "changed",
    [{"type": "Delete"}, {"more": 1}, {"@context": CONTEXT[:1]}, {"object": {"content": "other"}}],
)
def test_a_changed_document_has_no_proof(changed: dict[str, Any]) -> None:
    assert not holds(made() | changed, context="proof")
