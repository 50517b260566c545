"""The author's own pictures: one of the person, a header that stands above the home page, a logo.

What is uploaded is decoded and drawn anew, so nothing but the picture itself is kept: no place
where it was taken, no camera, no file that is two things at once (requirement K4).
"""

import asyncio
import io
import json
from dataclasses import asdict
from typing import Literal

from PIL import Image, ImageOps, UnidentifiedImageError

from fediblog.actions import picture_files
from fediblog.actions.fetch_avatar import FOLDER as AVATARS
from fediblog.actions.picture_files import named, redrawn, square, write_picture
from fediblog.actions.profile import tell_profile
from fediblog.actions.site import Picture, Site, get_site
from fediblog.blog import Blog
from fediblog.errors import Invalid
from fediblog.store import actors, site

Kind = Literal["picture", "header", "logo"]

Form = Literal["JPEG", "WEBP"]

FOLDER = "own"
_MOST_BYTES = 5_000_000
_MOST_PIXELS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
#: What Mastodon makes of them in the end, so nobody has to shrink them once more.
_PICTURE_SIDE = 400
_HEADER_SIDE = 1500
#: Twice as large as it is shown at most.
_LOGO_SIDES = (640, 160)
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
    blog.signals.deliveries.set()
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
    try:
        with Image.open(io.BytesIO(body), formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise Invalid("This picture has more than 50 million pixels.", field=kind)
            if kind == "header":
                return _drawn(_fitted(opened, _HEADER_SIDE, _HEADER_SIDE))
            if kind == "logo":
                return _drawn(_fitted(opened, *_LOGO_SIDES), "WEBP")
            side = min(_PICTURE_SIDE, *opened.size)
            return _drawn(ImageOps.fit(_upright(opened, _PICTURE_SIDE), (side, side)))
    except Image.DecompressionBombError as error:
        raise Invalid("This picture has more than 50 million pixels.", field=kind) from error
    # Decoders of broken files raise whatever they stumble over.
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Invalid(
            "This is no picture that can be used: take a JPEG, PNG, WebP or GIF file.",
            field=kind,
            detail=str(error),
        ) from error


def _upright(opened: Image.Image, side: int) -> Image.Image:
    """The first frame in full colour, turned as the camera was held, its shorter side at least
    `side` if it was so to begin with."""
    # A photograph is decoded at a fraction of its size, if that is enough.
    opened.draft("RGB", (side, side))
    turned = ImageOps.exif_transpose(opened)
    return turned.convert("RGBA" if turned.has_transparency_data else "RGB")


def _fitted(opened: Image.Image, width: int, height: int) -> Image.Image:
    picture = _upright(opened, max(width, height))
    picture.thumbnail((width, height))
    return picture


def _drawn(picture: Image.Image, form: Form = "JPEG") -> tuple[Picture, bytes]:
    """As JPEG, or as WebP where something is transparent: both are known to all readers.

    form: WEBP for what has edges, which a JPEG would blur.
    """
    clear = picture.mode == "RGBA" or form == "WEBP"
    target = io.BytesIO()
    # A new image: what the old one carried along in `info` would be written into the file.
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    if clear:
        bare.save(target, "WEBP", quality=85)
    else:
        bare.save(target, "JPEG", quality=88, optimize=True, progressive=True)
    content = target.getvalue()
    return Picture(named(content, "webp" if clear else "jpg"), *bare.size), content
