"""A request that came, and what both ways of signing have in common."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from fediblog.errors import Unauthenticated
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.keys import PublicKey

#: How far a date may be off: a clock an hour wrong, and five minutes on the way (requirement B10).
_SKEW = timedelta(hours=1)
_OLDEST = _SKEW + timedelta(minutes=5)

LONGEST_HEADER = 8192
MOST_COVERED = 32
_LONGEST_KEY_ID = 2048
_KEY_ID = re.compile(r"https?://[^\s/?#@\\]+(?:[/?#][^\s\\]*)?")


class Scheme(Enum):
    """The ways in which a request can be signed, by the names that the database has for them."""

    CAVAGE = "cavage"
    RFC_9421 = "rfc9421"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came over the wire.

    target: path and, after a "?", query, neither decoded nor mended. headers: names in lower case,
    in their order, repeated ones repeated; names and values decoded as Latin-1.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    _by_name: dict[str, list[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for name, value in self.headers:
            self._by_name.setdefault(name, []).append(value)

    def values(self, name: str) -> Sequence[str]:
        """Every value of the header of this name, which is in lower case."""
        return self._by_name.get(name, ())

    @property
    def has_body(self) -> bool:
        """Whether its body means anything, so that the signature must cover it."""
        return self.method not in {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature with which everything is right, provided that the key made it.

    algorithm: as `PublicKey.verify` names it. texts: what may have been signed, the likelier first.
    """

    key_id: str
    algorithm: str
    signature: bytes
    texts: tuple[bytes, ...]

    def holds(self, key: PublicKey) -> bool:
        """Whether the key made this signature."""
        return any(key.verify(self.signature, text, self.algorithm) for text in self.texts)


def check_moments(moments: Sequence[float], expires: int | None, now: datetime) -> None:
    """Refuse, with Unauthenticated, what was signed over 65 minutes ago or is an hour ahead.

    moments: by each date that the signature covers, in seconds since the epoch. An `expires` may
    be past by an hour at most (requirement B10).
    """
    if min(moments) < (now - _OLDEST).timestamp():
        raise Unauthenticated("The signature is too old.")
    if max(moments) > (now + _SKEW).timestamp():
        raise Unauthenticated("The signature is from the future.")
    if expires is not None and expires < (now - _SKEW).timestamp():
        raise Unauthenticated("The signature has expired.")


def check_key_id(text: str) -> str:
    """The key id, which is an address (requirement B12). Raises Unauthenticated."""
    if len(text) > _LONGEST_KEY_ID or not _KEY_ID.fullmatch(text) or not authority_of(text):
        raise Unauthenticated("The keyId must be the address of a key.")
    return text


def header_bytes(text: str) -> bytes:
    """A text made of header values, as the bytes that were signed. Raises Unauthenticated."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise Unauthenticated("A signed header has a character that no header can have.") from error


def combined(request: SignedRequest, name: str) -> str:
    """All values of a header as one, which is what is signed. Unauthenticated if it is absent."""
    values = request.values(name)
    if not values:
        raise Unauthenticated(f"The signature covers {name}, which did not come.")
    return ", ".join(value.strip(" \t") for value in values)


def has_scheme(text: str) -> bool:
    """Whether the value of an Authorization header is a signature."""
    return text[: len("Signature ")].lower() == "signature "
