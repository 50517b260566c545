"""What is taken as an ActivityPub document: its content type (K3), and strict, shallow JSON."""

from dataclasses import dataclass
from email.message import Message
from typing import Any

from fediblog.errors import Malformed, RemoteInvalid
from fediblog.protocol.incoming import parse_json

ACTIVITY_TYPE = "application/activity+json"
_PROFILE = "https://www.w3.org/ns/activitystreams"
ACCEPT = f'{ACTIVITY_TYPE}, application/ld+json; profile="{_PROFILE}"'
JSON_CAP = 1024 * 1024
"""Bytes; Mastodon reads no more of any document either (requirement 0.15)."""


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object, the URL that it really came from, without a fragment, and its ETag if any."""

    url: str
    document: dict[str, Any]
    etag: str = ""


def media_type(content_type: str) -> str:
    """Return the lower-case media type of a Content-Type header, without its parameters."""
    return _parsed(content_type).get_content_type()


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in `body`; raise `RemoteInvalid` if that is not what it is."""
    try:
        return parse_json(body)
    except Malformed as error:
        raise RemoteInvalid(detail=str(error)) from error


def _parsed(content_type: str) -> Message:
    header = Message()
    header["Content-Type"] = content_type
    return header
