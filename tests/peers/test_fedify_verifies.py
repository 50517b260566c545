"""Fedify's verification is on: it takes what is signed as draft-cavage says, and nothing else.

Without this, the tests that federate with Fedify would say little about our signatures.
"""

import asyncio
import hashlib
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.peers.fedify_peer import FedifyPeer

pytestmark = pytest.mark.peer


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, slots=True)
class Stranger:
    """An actor on a server of its own, who signs by hand."""

    origin: str
    key: rsa.RSAPrivateKey = field(default_factory=new_key)

    @property
    def id(self) -> str:
        return f"{self.origin}/stranger"

    def document(self) -> bytes:
        """The actor document, with the public key."""
        pem = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        document = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.id,
            "type": "Person",
            "preferredUsername": "stranger",
            "inbox": f"{self.id}/inbox",
            "publicKey": {
                "id": f"{self.id}#main-key",
                "owner": self.id,
                "publicKeyPem": pem.decode(),
            },
        }
        return json.dumps(document).encode()

    def like(self, target: str, actor: str | None = None) -> bytes:
        """A Like, by the stranger unless another actor is named."""
        activity = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.origin}/likes/1",
            "type": "Like",
            "actor": actor or self.id,
            "object": target,
        }
        return json.dumps(activity).encode()


def signed_headers(
    inbox: str, body: bytes, key_id: str, key: rsa.RSAPrivateKey, at: datetime
) -> dict[str, str]:
    """The headers of a POST signed as draft-cavage-http-signatures-12 describes."""
    url = urlsplit(inbox)
    covered = {
        "(request-target)": f"post {url.path}",
        "host": url.netloc,
        "date": format_datetime(at, usegmt=True),
        "digest": f"SHA-256={b64encode(hashlib.sha256(body).digest()).decode()}",
    }
    text = "\n".join(f"{name}: {value}" for name, value in covered.items())
    signature = b64encode(key.sign(text.encode(), padding.PKCS1v15(), SHA256())).decode()
    return {
        "Content-Type": "application/activity+json",
        "Date": covered["date"],
        "Digest": covered["digest"],
        "Signature": f'keyId="{key_id}",algorithm="rsa-sha256",headers="{" ".join(covered)}",'
        f'signature="{signature}"',
    }


@pytest.fixture
async def stranger() -> AsyncIterator[Stranger]:
    """A stranger whose server answers every request with the actor document."""
    document = b""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\n"
            f"Content-Length: {len(document)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + document)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        somebody = Stranger(f"http://127.0.0.1:{port}")
        document = somebody.document()
        yield somebody


async def post(inbox: str, body: bytes, headers: dict[str, str]) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.post(inbox, content=body, headers=headers)).status_code


async def test_a_signed_activity_is_taken(fedify: FedifyPeer, stranger: Stranger) -> None:
    inbox = f"{fedify.actor('alice')}/inbox"
    body = stranger.like(fedify.actor("alice"))
    headers = signed_headers(
        inbox, body, f"{stranger.id}#main-key", stranger.key, datetime.now(UTC)
    )

    assert await post(inbox, body, headers) == 202
    received = await fedify.wait_for("Like")
    assert received.actor == stranger.id


async def test_an_unsigned_activity_is_refused(fedify: FedifyPeer, stranger: Stranger) -> None:
    body = stranger.like(fedify.actor("alice"))
    headers = {"Content-Type": "application/activity+json"}

    assert await post(f"{fedify.origin}/inbox", body, headers) == 401
    assert await fedify.received() == []


async def test_a_body_changed_after_signing_is_refused(
    fedify: FedifyPeer, stranger: Stranger
) -> None:
    inbox = f"{fedify.origin}/inbox"
    body = stranger.like(fedify.actor("alice"))
    headers = signed_headers(
        inbox, body, f"{stranger.id}#main-key", stranger.key, datetime.now(UTC)
    )

    assert await post(inbox, body.replace(b"alice", b"bobby"), headers) == 401
    assert await fedify.received() == []


async def test_a_signature_by_another_key_is_refused(
    fedify: FedifyPeer, stranger: Stranger
) -> None:
    inbox = f"{fedify.origin}/inbox"
    body = stranger.like(fedify.actor("alice"))
    headers = signed_headers(inbox, body, f"{stranger.id}#main-key", new_key(), datetime.now(UTC))

    assert await post(inbox, body, headers) == 401
    assert await fedify.received() == []


async def test_a_signature_from_two_hours_ago_is_refused(
    fedify: FedifyPeer, stranger: Stranger
) -> None:
    inbox = f"{fedify.origin}/inbox"
    body = stranger.like(fedify.actor("alice"))
    then = datetime.now(UTC) - timedelta(hours=2)
    headers = signed_headers(inbox, body, f"{stranger.id}#main-key", stranger.key, then)

    assert await post(inbox, body, headers) == 401
    assert await fedify.received() == []


async def test_an_activity_of_somebody_else_is_refused(
    fedify: FedifyPeer, stranger: Stranger
) -> None:
    inbox = f"{fedify.origin}/inbox"
    body = stranger.like(fedify.actor("alice"), actor=fedify.actor("bob"))
    headers = signed_headers(
        inbox, body, f"{stranger.id}#main-key", stranger.key, datetime.now(UTC)
    )

    assert await post(inbox, body, headers) == 401
    assert await fedify.received() == []
