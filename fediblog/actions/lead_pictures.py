"""The pictures that stand above posts: uploaded once, shown in the size and format that fits.

What is uploaded is decoded and drawn anew, so nothing but the picture itself is kept: no place
where it was taken, no camera, no file that is two things at once (requirement K4). Every format
that browsers prefer is there in several widths; one file is for everybody else, and for Mastodon,
whose cards take no AVIF (A9e).
"""

import asyncio
import io
import secrets
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import blurhash
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from fediblog.actions.own_pictures import FOLDER, file_names
from fediblog.actions.picture_files import remove_picture, write_picture
from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.errors import Invalid
from fediblog.store import media
from fediblog.store.media import MODERN_ENDINGS, Medium, Picture
from fediblog.store.moments import to_ms

MOST_BYTES = 10_000_000
_MOST_PIXELS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
#: As phones, columns of text and dense screens ask for them.
_WIDTHS = (480, 960, 1440, 2000)
_HIGHEST = 3000
#: What was uploaded for a post that was not written in the end.
_UNUSED = timedelta(days=1)
#: Files that are looked up together.
_AT_ONCE = 500
_SRGB = ImageCms.createProfile("sRGB")

#: Two large pictures at once would take more memory than a small machine has.
_one_at_a_time = threading.Lock()


async def store_picture(blog: Blog, body: bytes) -> Medium:
    """Take an uploaded file, in all its sizes, until a post names it. Raises Invalid for field
    `lead` when it is no picture, or too large."""
    name = secrets.token_hex(16)
    picture, files = await asyncio.to_thread(_drawn, name, body)
    for file, content in files:
        await write_picture(blog, FOLDER, file, content)
    async with blog.db.transaction() as tx:
        return await media.add_medium(tx, picture, blog.now_ms())


async def prune_media(blog: Blog) -> None:
    """Throw away pictures that no post names, a day after they were uploaded, as somebody may still
    be writing; and files of that age that belong to none, as a process leaves them that is killed
    between a file and its row."""
    since = blog.clock() - _UNUSED
    async with blog.db.transaction() as tx:
        await media.prune_media(tx, to_ms(since))
    folder = blog.settings.data / "media" / FOLDER
    names = await asyncio.to_thread(_older, folder, since.timestamp())
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        shown = file_names(await get_site(blog))
        known = await media.list_known(blog.db, [_picture_of(name) for name in some])
        for name in some:
            if name not in shown and _picture_of(name) not in known:
                await remove_picture(blog, FOLDER, name)


def _older(folder: Path, since: float) -> Sequence[str]:
    """The names of the files that were written before that time, in seconds."""
    if not folder.is_dir():
        return ()
    return sorted(path.name for path in folder.iterdir() if _is_older(path, since))


def _is_older(path: Path, since: float) -> bool:
    try:
        return path.stat().st_mtime < since
    except FileNotFoundError:
        # It had got its name, or was removed, meanwhile.
        return False


def _picture_of(file: str) -> str:
    return file.partition("-")[0]


def _drawn(name: str, body: bytes) -> tuple[Picture, Sequence[tuple[str, bytes]]]:
    with _one_at_a_time:
        image = _read(body)
        clear = image.mode == "RGBA"
        picture = Picture(
            name=name,
            ending="webp" if clear else "jpg",
            width=image.width,
            height=image.height,
            widths=tuple(sorted({min(width, image.width) for width in _WIDTHS})),
            blur="" if clear else _blur(image),
        )
        return picture, [*_files(picture, image)]


def _files(picture: Picture, image: Image.Image) -> Iterator[tuple[str, bytes]]:
    """Every file with its name: from the largest on, each drawn from the one before."""
    for width in reversed(picture.widths):
        if width < image.width:
            image = image.resize((width, picture.height_at(width)), Image.Resampling.LANCZOS)
        for ending in MODERN_ENDINGS:
            yield picture.file(width, ending), _encoded(image, ending)
        if width == picture.common_width and picture.ending not in MODERN_ENDINGS:
            yield picture.common_file, _encoded(image, picture.ending)


def _encoded(image: Image.Image, ending: str) -> bytes:
    target = io.BytesIO()
    match ending:
        case "avif":
            # The other core goes on answering readers.
            image.save(target, "AVIF", quality=60, speed=8, max_threads=1)
        case "webp":
            image.save(target, "WEBP", quality=80)
        case _:
            image.save(target, "JPEG", quality=85, optimize=True, progressive=True)
    return target.getvalue()


def _blur(image: Image.Image) -> str:
    small = image.resize((32, 32)).convert("RGB")
    pixels = list(small.get_flattened_data())
    rows = [pixels[start : start + 32] for start in range(0, len(pixels), 32)]
    return str(blurhash.encode(rows, components_x=4, components_y=3))


def _read(body: bytes) -> Image.Image:
    """The picture alone, upright, in RGB or RGBA, not larger than we show. Raises Invalid."""
    if len(body) > MOST_BYTES:
        raise Invalid("This file is larger than 10 MB; please make it smaller.", field="lead")
    try:
        with Image.open(io.BytesIO(body), formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise Image.DecompressionBombError
            return _plain(opened)
    except Image.DecompressionBombError as error:
        raise Invalid("This picture has more than 50 million pixels.", field="lead") from error
    # Decoders of broken files raise whatever they stumble over.
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Invalid(
            "This is no picture that can be used: take a JPEG, PNG, WebP, AVIF or GIF file.",
            field="lead",
            detail=str(error),
        ) from error


def _plain(opened: Image.Image) -> Image.Image:
    """Of several frames the first one stays. Made small first: what is turned and converted is
    then small, too."""
    lies = opened.getexif().get(ExifTags.Base.Orientation, 1) in range(5, 9)
    box = (_HIGHEST, _WIDTHS[-1]) if lies else (_WIDTHS[-1], _HIGHEST)
    opened.draft(None, (_HIGHEST, _HIGHEST))
    profile = opened.info.get("icc_profile")
    known = opened.mode in {"RGB", "RGBA", "L", "CMYK"} and "transparency" not in opened.info
    mode = "RGBA" if opened.has_transparency_data else "RGB"
    small = opened if known else opened.convert(mode)
    small.thumbnail(box, Image.Resampling.LANCZOS)
    upright = _in_srgb(ImageOps.exif_transpose(small), profile)
    if upright.mode == "RGBA" and upright.getchannel("A").getextrema() == (255, 255):
        upright = upright.convert("RGB")
    # A new image: what the old one carried along in `info` would be written into the files.
    return Image.frombytes(upright.mode, upright.size, upright.tobytes())


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """As everybody shows it who is told of no profile: a phone's colours would be dull in it."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                picture, io.BytesIO(profile), _SRGB, outputMode=mode
            )
        except (ImageCms.PyCMSError, ValueError):
            # A profile that is broken, or of other colours than the picture's.
            return picture.convert(mode)
        return converted or picture.convert(mode)
    return picture.convert(mode)
