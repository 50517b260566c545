"""Sign requests to other servers, in either way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from fediblog.errors import Malformed
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.signatures import cavage, rfc9421
from fediblog.protocol.signatures.requests import Scheme, SignedRequest


def sign_request(
    *,
    method: str,
    url: str,
    key_id: str,
    private_key: PrivateKey,
    date: datetime,
    body: bytes | None = None,
    content_type: str | None = None,
    scheme: Scheme = Scheme.CAVAGE,
) -> dict[str, str]:
    """The headers that make a request a signed one, to be sent exactly as they are.

    url: percent-encoded as it goes over the wire. With a content type, its header is among them.
    Malformed when url is no http address.
    """
    host = authority_of(url)
    if not host:
        raise Malformed(f"{url} is no http address.")
    typed = {} if content_type is None else {"Content-Type": content_type}
    lines = tuple((name.lower(), value) for name, value in typed.items())
    request = SignedRequest(method, _target(url), lines, body or b"")
    signing: Mapping[str, Any] = {"key_id": key_id, "key": private_key, "date": date}
    if scheme is Scheme.RFC_9421:
        return typed | rfc9421.sign(request, url=url, host=host, **signing)
    return typed | cavage.sign(request, host=host, **signing)


def _target(url: str) -> str:
    """Path and query of an address; an empty query keeps its question mark, as clients do."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if "?" in url.partition("#")[0] else ""
    return (parts.path or "/") + query
