"""Fetch somebody's picture, make it small and safe, and keep it: readers never ask their server."""

import asyncio
import hashlib
import io
import secrets
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from fediblog.blog import Blog
from fediblog.errors import RemoteError
from fediblog.store import actors
from fediblog.store.actors import DueAvatar

FOLDER = "avatars"
_SIDE = 96
_MOST_BYTES = 2_000_000
_MOST_PIXELS = 16_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


async def fetch_avatar(blog: Blog, due: DueAvatar) -> None:
    """Store the picture under the hash of its bytes. One that cannot be had stays due, tomorrow."""
    try:
        body, _ = await blog.remote.get_bytes(due.icon_url, cap=_MOST_BYTES, types=("image/",))
        small = await asyncio.to_thread(shrink, body)
        name = f"{hashlib.sha256(small).hexdigest()[:32]}.webp"
        await asyncio.to_thread(_write, blog.settings.data / "media" / FOLDER, name, small)
    except (RemoteError, ValueError):
        return
    async with blog.db.transaction() as tx:
        await actors.set_avatar(tx, due.id, name)


def shrink(body: bytes) -> bytes:
    """A picture as a square WebP of 96 pixels, without whatever else was in the file.

    Raises ValueError for what is no picture, or one that would take too much memory to open.
    """
    try:
        with Image.open(io.BytesIO(body), formats=_FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise ValueError("the picture is too large")
            side = min(picture.size)
            left, top = (picture.width - side) // 2, (picture.height - side) // 2
            # Cropped and made small first: what is converted is then small, too.
            square = picture.crop((left, top, left + side, top + side))
            target = io.BytesIO()
            square.resize((_SIDE, _SIDE)).convert("RGBA").save(target, "WEBP", quality=80)
            return target.getvalue()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"this is no picture: {error}") from error


def _write(folder: Path, name: str, content: bytes) -> None:
    """Under a name of its own first: a half-written picture is never served, and two people may
    have the same one at the same time."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{secrets.token_hex(8)}.part"
    unfinished.write_bytes(content)
    unfinished.replace(folder / name)
