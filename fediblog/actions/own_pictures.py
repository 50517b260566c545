"""The author's own pictures: one of the person, a header that stands above the home page, a logo.

What is uploaded is decoded and drawn anew, so nothing but the picture itself is kept: no place
where it was taken, no camera, no file that is two things at once (requirement K4).
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Literal

from fediblog.actions import picture_files
from fediblog.actions.draw_picture import one_at_a_time, read_picture
from fediblog.actions.fetch_avatar import FOLDER as AVATARS
from fediblog.actions.picture_files import named, redrawn, square, write_picture
from fediblog.actions.profile import tell_profile
from fediblog.actions.site import Picture, Site, get_site
from fediblog.blog import Blog
from fediblog.errors import Invalid
from fediblog.lazily import Lazily
from fediblog.store import actors, site

if TYPE_CHECKING:
    from PIL import Image, ImageOps
else:
    ImageOps = Lazily("PIL.ImageOps")

Kind = Literal["picture", "header", "logo"]

Form = Literal["JPEG", "WEBP"]

FOLDER = "own"
_MOST_BYTES = 5_000_000
#: What Mastodon makes of it in the end, so nobody has to shrink it once more.
_PICTURE_SIDE = 400
#: As large as they are read at most: a header as Mastodon has it, a logo twice as large as it is
#: shown; of the picture, which becomes a square, whatever shape it has.
_BOXES: Mapping[Kind, tuple[int, int]] = {
    "picture": (2000, 2000),
    "header": (1500, 1500),
    "logo": (640, 160),
}
#: Beside the author's answers.
_SMALL_SIDE = 96


async def set_picture(blog: Blog, kind: Kind, body: bytes) -> None:
    """Take an uploaded file, and tell others if it changes the profile (E7). Raises Invalid."""
    picture, content = await asyncio.to_thread(_draw, kind, body)
    await write_picture(blog, FOLDER, picture.name, content)
    avatar = await _write_avatar(blog, content) if kind == "picture" else ""
    await _change(blog, kind, picture, avatar)


async def remove_picture(blog: Blog, kind: Kind) -> None:
    """Have no such picture any more, and tell others if it changes the profile (E7)."""
    await _change(blog, kind, None, "")


async def _write_avatar(blog: Blog, content: bytes) -> str:
    """The picture as everybody's stands beside what they say; its name."""
    sides = (_SMALL_SIDE, _SMALL_SIDE)
    small, _ = await asyncio.to_thread(redrawn, content, square(_SMALL_SIDE), draft=sides)
    name = named(small, "webp")
    await write_picture(blog, AVATARS, name, small)
    return name


async def _change(blog: Blog, kind: Kind, new: Picture | None, small: str) -> None:
    async with blog.db.transaction() as tx:
        before = await get_site(blog, tx)
        await site.set_value(tx, kind, json.dumps(asdict(new)) if new else "")
        if kind == "picture":
            own = await actors.get_actor(tx, blog.addresses.actor)
            if own:
                await actors.set_avatar(tx, own.id, small)
        await tell_profile(blog, tx)
        after = await get_site(blog, tx)
    for old in file_names(before) - file_names(after):
        await picture_files.remove_picture(blog, FOLDER, old)


def file_names(texts: Site) -> set[str]:
    """The files of the pictures that the blog has of its own."""
    pictures = (texts.picture, texts.header, texts.appearance.logo)
    return {picture.name for picture in pictures if picture}


def _draw(kind: Kind, body: bytes) -> tuple[Picture, bytes]:
    """What is shown, with its name and its sides in pixels, and the file. Raises Invalid."""
    if not body:
        raise Invalid("Choose a file first.", field=kind)
    if len(body) > _MOST_BYTES:
        raise Invalid("This file is larger than 5 MB; please make it smaller.", field=kind)
    with one_at_a_time:
        picture = read_picture(body, _BOXES[kind], field=kind)
        if kind == "picture":
            side = min(_PICTURE_SIDE, *picture.size)
            picture = ImageOps.fit(picture, (side, side))
        return _drawn(picture, "WEBP" if kind == "logo" else "JPEG")


def _drawn(picture: Image.Image, form: Form = "JPEG") -> tuple[Picture, bytes]:
    """As JPEG, or as WebP where something is transparent: both are known to all readers.

    form: WEBP for what has edges, which a JPEG would blur.
    """
    clear = picture.mode == "RGBA" or form == "WEBP"
    target = io.BytesIO()
    if clear:
        picture.save(target, "WEBP", quality=85)
    else:
        picture.save(target, "JPEG", quality=88, optimize=True, progressive=True)
    content = target.getvalue()
    return Picture(named(content, "webp" if clear else "jpg"), *picture.size), content
