"""Proofs inside of what we publish (FEP-8b32), by which it is known from whomever it comes.

The cryptosuite is eddsa-jcs-2022 (https://www.w3.org/TR/vc-di-eddsa/, section 3.3): Ed25519 over
the SHA-256 of the proof's other fields and of the document, each in the one spelling of RFC 8785.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import rfc8785

from fediblog.protocol.keys import PrivateKey, multibase


def with_proof(
    document: dict[str, Any], *, key: PrivateKey, key_id: str, created: datetime
) -> dict[str, Any]:
    """The document with a proof by an Ed25519 key, valid for exactly what is in it.

    The document's `@context` is a list, and defines the terms of a proof. It is repeated in the
    proof, as the cryptosuite says: Fedify takes it from the document and Mastodon from the proof,
    so only what has it in both holds for both.
    """
    config = {
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": key_id,
        "proofPurpose": "assertionMethod",
        # Without a fraction: Fedify writes the time anew, in its own shortest form.
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    text = sha256(rfc8785.dumps(config)).digest() + sha256(rfc8785.dumps(document)).digest()
    return document | {"proof": config | {"proofValue": multibase(key.sign(text))}}
