"""The Digest header (RFC 3230): what ties a signature, which covers headers only, to a body."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping

from fediblog.errors import Unauthenticated

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


def _listed(header_values: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of algorithm in lower case and value; only the first "=" parts them."""
    items = [
        item.strip(" \t").partition("=") for value in header_values for item in value.split(",")
    ]
    return [(name.lower(), value) for name, _, value in items]


def _digest(algorithm: str, body: bytes) -> str:
    return b64encode(hashlib.new(_ALGORITHMS[algorithm], body).digest()).decode("ascii")
