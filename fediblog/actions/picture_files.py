"""Pictures of strangers made small and safe, and written where they are served from."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fediblog.actions.rules import is_blocked
from fediblog.blog import Blog
from fediblog.errors import RemoteInvalid, Unavailable
from fediblog.lazily import Lazily
from fediblog.protocol.addresses import authority_of

if TYPE_CHECKING:
    import PIL
    from PIL import Image, ImageOps

    Fit = Callable[[Image.Image], Image.Image]
else:
    PIL, Image, ImageOps = Lazily("PIL"), Lazily("PIL.Image"), Lazily("PIL.ImageOps")

#: What is decoded takes four bytes for each.
_MOST_PIXELS = 16_000_000
#: Of a JPEG that is read line by line, and made small on the way. A progressive one is not: all of
#: it lies in memory before the first line is known.
_MOST_PIXELS_IN_LINES = 80_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
_QUALITY = 80
#: A full disk, a used-up share of it, or a limit on the size of files.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


async def get_picture(blog: Blog, url: str, *, cap: int, deadline: float) -> bytes:
    """The bytes of a picture elsewhere, at most cap, within so many seconds. Raises RemoteError,
    also when it is, or a redirect leads, to a server that is blocked (K17)."""
    await refuse_blocked(blog, url)
    found = await blog.remote.get_bytes(url, cap=cap, types=("image/",), deadline=deadline)
    await refuse_blocked(blog, found.url)
    return found.body


async def refuse_blocked(blog: Blog, url: str) -> None:
    """Raise RemoteInvalid if an address is on a server that is blocked."""
    if await is_blocked(blog, authority_of(url)):
        raise RemoteInvalid(detail=f"{url} is on a server that is blocked")


async def write_picture(blog: Blog, folder: str, name: str, content: bytes) -> None:
    """Write a file into a folder of the data folder's media."""
    await asyncio.to_thread(_write, blog.settings.data / "media" / folder, name, content)


async def move_in(blog: Blog, file: Path, folder: str, name: str) -> None:
    """Give a file that is written within the data folder's media its name in a folder there."""
    await asyncio.to_thread(_move, file, blog.settings.data / "media" / folder, name)


async def remove_picture(blog: Blog, folder: str, name: str) -> None:
    """Remove a file, if it is there."""
    path = blog.settings.data / "media" / folder / name
    await asyncio.to_thread(path.unlink, missing_ok=True)


@contextmanager
def room_on_disk() -> Iterator[None]:
    """What is written in the block may find the disk full, and raises Unavailable then."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise Unavailable(
            "There is no room left on the blog’s disk. Nothing of this was kept: make room, then "
            "try again.",
            detail=str(error),
        ) from error


def named(content: bytes, ending: str) -> str:
    """The name of a file by what is in it: one that changes has another name."""
    return f"{hashlib.sha256(content).hexdigest()[:32]}.{ending}"


def redrawn(body: bytes, fit: Fit, *, draft: tuple[int, int]) -> tuple[bytes, tuple[int, int]]:
    """A picture as a WebP, without whatever else was in the file; and its width and height.

    fit makes it small. draft: at least so large it has to be before that, which lets a large JPEG
    be read in little memory. Of several frames the first one stays. Raises ValueError for what is
    no picture, or one that would take too much memory to open.
    """
    try:
        with Image.open(io.BytesIO(body), formats=_FORMATS) as picture:
            _refuse_large(picture, in_lines=_MOST_PIXELS_IN_LINES)
            picture.draft(None, draft)
            _refuse_large(picture, in_lines=_MOST_PIXELS)
            # Made small first: what is turned and converted is then small, too.
            small = ImageOps.exif_transpose(fit(picture))
            plain = small.convert("RGBA" if small.has_transparency_data else "RGB")
            target = io.BytesIO()
            plain.save(target, "WEBP", quality=_QUALITY)
            return target.getvalue(), plain.size
    except (
        PIL.UnidentifiedImageError,
        OSError,
        SyntaxError,
        Image.DecompressionBombError,
    ) as error:
        raise ValueError(f"this is no picture: {error}") from error


def _refuse_large(picture: Image.Image, *, in_lines: int) -> None:
    by_lines = picture.format == "JPEG" and not picture.info.get("progressive")
    if picture.width * picture.height > (in_lines if by_lines else _MOST_PIXELS):
        raise ValueError("the picture is too large")


def within(width: int, height: int) -> Fit:
    """Keeps the shape, in a box of so many pixels; nothing is made larger."""

    def fit(picture: Image.Image) -> Image.Image:
        picture.thumbnail((width, height))
        return picture

    return fit


def square(side: int) -> Fit:
    """The middle of the picture, as a square."""

    def fit(picture: Image.Image) -> Image.Image:
        shorter = min(picture.size)
        left, top = (picture.width - shorter) // 2, (picture.height - shorter) // 2
        cropped = picture.crop((left, top, left + shorter, top + shorter))
        return cropped.resize((side, side))

    return fit


def _write(folder: Path, name: str, content: bytes) -> None:
    """Under a name of its own first: a half-written picture is never served, and two people may
    have the same one at the same time. On disk before anything names it, name and all."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{secrets.token_hex(8)}.part"
    try:
        unfinished.write_bytes(content)
        _move(unfinished, folder, name)
    finally:
        unfinished.unlink(missing_ok=True)


def _move(unfinished: Path, folder: Path, name: str) -> None:
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(folder / name)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
