"""Keys of posts and answers: short, sortable by time, and part of their addresses for ever."""

import re
from datetime import datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 16
_RANDOM_BYTES = 4
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def new_key(now: datetime, random_bytes: bytes) -> str:
    """A key of 16 letters and digits: 48 bits of milliseconds, then 32 bits of chance.

    Written in Crockford's base 32, so that keys sort by the time they were made. Raises
    ValueError for a `now` without a time zone or before 1970, and for other than 4 random bytes.
    """
    if now.tzinfo is None:
        raise ValueError("The time of a key needs a time zone.")
    if len(random_bytes) != _RANDOM_BYTES:
        raise ValueError(f"A key takes {_RANDOM_BYTES} random bytes, not {len(random_bytes)}.")
    milliseconds = int(now.timestamp() * 1000)
    if milliseconds < 0:
        raise ValueError("The time of a key cannot be before 1970.")
    number = milliseconds << 32 | int.from_bytes(random_bytes, "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


def valid_key(text: str) -> bool:
    """Whether `text` can be a key; imported posts may have words as keys."""
    return _KEY.fullmatch(text) is not None
