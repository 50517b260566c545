"""Requests that real servers sent, as they were recorded on the wire (requirements N1-N15)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fediblog.protocol.signatures import SignedRequest

CAPTURES = Path(__file__).parent / "captures"

#: The origins that the captured requests were sent to.
GOTOSOCIAL_TARGET = "https://fake.test"
WORDPRESS_TARGET = "http://remote.test:9099"


@dataclass(frozen=True, slots=True)
class CapturedRequest:
    """One recorded request. path: with its query. headers: in their order, as they were spelt."""

    name: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The value of the one header of this name."""
        (value,) = (value for each, value in self.headers if each.lower() == name.lower())
        return value

    @property
    def sent_at(self) -> datetime:
        """The moment in its Date header."""
        return parsedate_to_datetime(self.header("date"))

    def signed(self) -> SignedRequest:
        """The same request as our server would hand it to the checks."""
        headers = tuple((name.lower(), value) for name, value in self.headers)
        return SignedRequest(self.method, self.path, headers, self.body)


def gotosocial_requests() -> tuple[CapturedRequest, ...]:
    """All 41 requests of GoToSocial in the order in which they came: 10 GETs, 31 deliveries."""
    paths = sorted((CAPTURES / "gotosocial").glob("[0-9]*.json"))
    return tuple(_gotosocial_request(path) for path in paths)


def wordpress_requests() -> tuple[CapturedRequest, ...]:
    """All 12 requests of WordPress in the order in which they came: 11 deliveries and a GET."""
    paths = sorted((CAPTURES / "wordpress").glob("[0-9]*.json"))
    return tuple(_wordpress_request(path) for path in paths)


def gotosocial_actors() -> dict[str, dict[str, Any]]:
    """The actors of GoToSocial by id, each with everything that a signed GET of it shows."""
    return {actor["id"]: actor for actor in _gotosocial_documents() if "inbox" in actor}


def gotosocial_stubs() -> dict[str, dict[str, Any]]:
    """What an unsigned GET of each key id answers: a stub of the actor around its key (N2)."""
    bodies = (entry.get("body") for entry in _gotosocial_documents())
    return {body["publicKey"]["id"]: body for body in bodies if isinstance(body, dict)}


def gotosocial_keys() -> dict[str, str]:
    """The public keys of GoToSocial's actors, as PEM, by key id."""
    return _keys(gotosocial_actors())


def wordpress_actors() -> dict[str, dict[str, Any]]:
    """The actors of WordPress by id: an author, the blog and the application."""
    paths = sorted((CAPTURES / "wordpress" / "objects").glob("actor-*.json"))
    actors = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    return {actor["id"]: actor for actor in actors}


def wordpress_keys() -> dict[str, str]:
    """The public keys of WordPress' actors, as PEM, by key id."""
    return _keys(wordpress_actors())


def _keys(actors: dict[str, dict[str, Any]]) -> dict[str, str]:
    keys = (actor["publicKey"] for actor in actors.values())
    return {key["id"]: key["publicKeyPem"] for key in keys}


def _gotosocial_documents() -> Iterator[dict[str, Any]]:
    text = (CAPTURES / "gotosocial" / "actors.json").read_text(encoding="utf-8")
    yield from json.loads(text).values()


def _gotosocial_request(path: Path) -> CapturedRequest:
    record = json.loads(path.read_text(encoding="utf-8"))
    headers = tuple((name, value) for name, value in record["headers"])
    body = record["body"].encode("utf-8")
    return CapturedRequest(path.stem, record["method"], record["path"], headers, body)


def _wordpress_request(path: Path) -> CapturedRequest:
    record = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(record, list):
        # The only GET was recorded as (seconds, address, headers).
        _, url, fields = record
        return CapturedRequest(path.stem, "GET", urlsplit(url).path, tuple(fields.items()), b"")
    headers = tuple((name, value) for name, value in record["raw_headers"])
    body = record["body_text"].encode("utf-8")
    return CapturedRequest(path.stem, record["method"], record["path"], headers, body)
