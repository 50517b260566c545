"""Reading a body from a stranger: never more bytes than allowed, packed or unpacked (K9)."""

import zlib
from collections.abc import AsyncIterator, Iterator

import httpx

from fediblog.errors import RemoteInvalid

_GZIP = 16 + zlib.MAX_WBITS
_WINDOWS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}
_STEP = 64 * 1024


async def read_body(response: httpx.Response, *, cap: int) -> bytes:
    """Return the whole body, unpacked.

    Raises `RemoteInvalid` as soon as it is known to be longer than `cap` bytes (announced,
    transferred or unpacked), is packed in a way that we did not ask for, or ends too early.
    """
    if _announced(response) > cap:
        raise _too_long(response, cap)
    return b"".join([piece async for piece in read_pieces(response, cap=cap)])


async def read_beginning(response: httpx.Response, *, cap: int) -> bytes:
    """Return the first `cap` bytes of the body, unpacked, or all of a shorter one. Not much more is
    transferred. Raises `RemoteInvalid` for what is packed in a way that we did not ask for."""
    unpacker = _unpacker(response)
    beginning = bytearray()
    received = 0
    async for chunk in response.aiter_raw():
        received += len(chunk)
        for piece in unpacker.pieces(chunk):
            beginning += piece
            if max(received, len(beginning)) >= cap:
                return bytes(beginning[:cap])
    return bytes(beginning)


async def read_pieces(response: httpx.Response, *, cap: int) -> AsyncIterator[bytes]:
    """Yield the body, unpacked, as it comes. Raises `RemoteInvalid` as `read_body` does."""
    unpacker = _unpacker(response)
    received = unpacked = 0
    async for chunk in response.aiter_raw():
        received += len(chunk)
        for piece in unpacker.pieces(chunk):
            unpacked += len(piece)
            if max(received, unpacked) > cap:
                raise _too_long(response, cap)
            yield piece
    unpacker.finish()


class Plain:
    """A body as it is."""

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the chunk itself."""
        yield chunk

    def finish(self) -> None:
        """A plain body has no end of its own: the transport knows whether it was complete."""


class Packed:
    """A gzip or deflate body, unpacked a step at a time so that a bomb never goes off."""

    def __init__(self, window: int) -> None:
        self._stream = zlib.decompressobj(window)

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what `chunk` unpacks to, in pieces of at most 64 KiB. Raises `RemoteInvalid`."""
        while chunk:
            if self._stream.eof:
                raise RemoteInvalid(detail="bytes follow the end of a compressed body")
            try:
                piece = self._stream.decompress(chunk, _STEP)
            except zlib.error as error:
                raise RemoteInvalid(detail=f"a compressed body is broken ({error})") from error
            yield piece
            chunk = self._stream.unconsumed_tail or self._stream.unused_data

    def finish(self) -> None:
        """Raise `RemoteInvalid` if the compressed stream has not come to its end."""
        if not self._stream.eof:
            raise RemoteInvalid(detail="a compressed body ends too early")


def _unpacker(response: httpx.Response) -> Plain | Packed:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return Plain()
    if encoding not in _WINDOWS:
        raise RemoteInvalid(detail=f"{response.url} is packed with {encoding[:40]!r}")
    return Packed(_WINDOWS[encoding])


def _announced(response: httpx.Response) -> int:
    length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 20 else 0


def _too_long(response: httpx.Response, cap: int) -> RemoteInvalid:
    return RemoteInvalid(detail=f"{response.url} is longer than {cap} bytes")
