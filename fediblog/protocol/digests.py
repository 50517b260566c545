"""What ties a signature, which covers headers only, to a body.

The Digest header (RFC 3230) goes with draft-cavage, Content-Digest (RFC 9530) with RFC 9421.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence

import http_sf

from fediblog.errors import Unauthenticated
from fediblog.protocol.structured import parse_dictionary

#: The digests that we know, by their names in the header, with hashlib's names for them.
_ALGORITHMS: Mapping[str, str] = {"sha-256": "sha256", "sha-512": "sha512"}


def digest_header(body: bytes) -> str:
    """The value of the Digest header for a body that we send."""
    return "SHA-256=" + _digest("sha-256", body)


def check_digest(header_values: Iterable[str], body: bytes) -> None:
    """Refuse, with Unauthenticated, a body other than the one the Digest headers speak of.

    header_values: every Digest header as it came. body: the raw bytes, before anything parses
    them. One digest that we know must be listed, every one that we know must match to the letter,
    and others are passed over (requirement B11).
    """
    known = [item for item in _listed(header_values) if item[0] in _ALGORITHMS]
    if not known:
        raise Unauthenticated("A Digest header with SHA-256 is needed.")
    # Each algorithm runs once, however often a header names it.
    actual = {name: _digest(name, body) for name in {name for name, _ in known}}
    if any(actual[name] != value for name, value in known):
        raise Unauthenticated("The Digest header does not match the body.")


def content_digest_header(body: bytes) -> str:
    """The value of the Content-Digest header for a body that we send."""
    return http_sf.ser({"sha-256": (hashlib.sha256(body).digest(), {})})


def check_content_digest(header_values: Sequence[str], body: bytes) -> None:
    """Refuse, with Unauthenticated, a body other than the one Content-Digest speaks of.

    As check_digest: one digest that we know is needed, and every one that we know must match.
    """
    digests = parse_dictionary(header_values, "Content-Digest")
    known = {name: value for name, (value, _) in digests.items() if name in _ALGORITHMS}
    if not known:
        raise Unauthenticated("A Content-Digest header with sha-256 is needed.")
    for name, value in known.items():
        if value != hashlib.new(_ALGORITHMS[name], body).digest():
            raise Unauthenticated("The Content-Digest header does not match the body.")


def _listed(header_values: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of algorithm in lower case and value; only the first "=" parts them."""
    items = [
        item.strip(" \t").partition("=") for value in header_values for item in value.split(",")
    ]
    return [(name.lower(), value) for name, _, value in items]


def _digest(algorithm: str, body: bytes) -> str:
    return b64encode(hashlib.new(_ALGORITHMS[algorithm], body).digest()).decode("ascii")
