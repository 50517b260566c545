"""Content codings: which of ours a client takes, and bodies packed in them (RFC 9110, 12.5.3)."""

import gzip
from typing import Literal

import brotli

Coding = Literal["br", "gzip"]

#: In the order of our liking.
CODINGS: tuple[Coding, ...] = ("br", "gzip")


def choose_coding(accepted: str) -> Coding | None:
    """The coding for an Accept-Encoding, None for the body as it is."""
    weights = dict(_weight(item) for item in accepted.lower().split(",") if item.strip())
    anything = weights.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: weights.get(coding, anything))
    return best if weights.get(best, anything) > 0 else None


def pack(body: bytes, coding: Coding, *, hard: bool = False) -> bytes:
    """A body in a coding, always the same bytes for the same body. hard: as small as can be, which
    takes a hundred times longer; else at the levels beyond which a long thread takes twice the
    time for a tenth less, or for nothing."""
    if coding == "br":
        return bytes(brotli.compress(body, quality=11 if hard else 2))
    # No time in the header: it would be another representation every second.
    return gzip.compress(body, compresslevel=9 if hard else 2, mtime=0)


def _weight(item: str) -> tuple[str, float]:
    name, _, parameter = item.partition(";")
    _, _, value = parameter.partition("=")
    try:
        return name.strip(), float(value) if value.strip() else 1.0
    except ValueError:
        return name.strip(), 0.0
