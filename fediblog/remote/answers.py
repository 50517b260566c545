"""What another server said to a delivery, and what its headers and its status mean."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil

import httpx

from fediblog.errors import RemoteError, RemoteGone, RemoteRefused
from fediblog.remote.bodies import read_pieces
from fediblog.remote.transport import own_errors

_EXCERPT_CHARACTERS = 200
_EXCERPT_BYTES = 16 * 1024
_EXCERPT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a POST, whatever it is; `retry_after` is in seconds."""

    status: int
    retry_after: int | None
    excerpt: str


def check_success(response: httpx.Response, *, now: datetime) -> None:
    """Raise `RemoteGone` for 404 and 410, and `RemoteRefused` for all else that is not 2xx."""
    if response.is_success:
        return
    status = response.status_code
    refusal = RemoteGone if status in (404, 410) else RemoteRefused
    raise refusal(status, retry_after=retry_after(response.headers, now=now))


def retry_after(headers: httpx.Headers, *, now: datetime) -> int | None:
    """Return the seconds that `Retry-After` asks for, as a number or a date (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal():
        return int(value[:10])
    try:
        moment = parsedate_to_datetime(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0, ceil((aware - now).total_seconds()))
    except (ValueError, OverflowError):
        return None


async def read_excerpt(response: httpx.Response) -> str:
    """Return the beginning of a body as one line of at most 200 printable characters.

    It is only ever shown to people, so it may take 2 s and may fail: the status is what counts,
    and an inbox that has taken a delivery must not get it again because its body dawdles.
    """
    if response.headers.get("content-length") == "0":
        return ""  # as most say who take a delivery
    start = bytearray()
    with suppress(RemoteError), own_errors(str(response.url)):
        async with asyncio.timeout(_EXCERPT_SECONDS):
            async for piece in read_pieces(response, cap=_EXCERPT_BYTES):
                start += piece
    return _printable(start.decode("utf-8", "replace"))


def _printable(text: str) -> str:
    shown = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(shown.split())[:_EXCERPT_CHARACTERS]
