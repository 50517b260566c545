"""Takes what the author uploads, once, for posts and pages: pictures in every size and format that
fits, sounds, films and other files as they are, by what is in them (requirement K4).

Every format of a picture that browsers prefer is there in several widths; one file is for everybody
else, and for Mastodon, whose cards take no AVIF (A9e).
"""

from __future__ import annotations

import asyncio
import io
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import blurhash

from fediblog.actions.clean_film import Film, clean_film
from fediblog.actions.describe_medium import found_by
from fediblog.actions.draw_picture import one_at_a_time, read_picture
from fediblog.actions.own_pictures import FOLDER, file_names
from fediblog.actions.picture_files import move_in, remove_picture, room_on_disk, write_picture
from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.domain.file_types import HEAD, PICTURE, TEXT, TYPES, check_text, file_type
from fediblog.domain.plaintext import one_line
from fediblog.errors import Invalid
from fediblog.lazily import Lazily
from fediblog.settings import Settings
from fediblog.store import media
from fediblog.store.media import MODERN_ENDINGS, Described, Medium, NewMedium

if TYPE_CHECKING:
    from PIL import Image
else:
    Image = Lazily("PIL.Image")

MOST_BYTES = 10_000_000
"""Of a picture."""
#: As phones, columns of text and dense screens ask for them.
_WIDTHS = (480, 960, 1440, 2000)
_HIGHEST = 3000
_LONGEST_TITLE = 200
#: What was not finished, or is between a file and its row.
_UNFINISHED = timedelta(days=1)
#: Files that are looked up together.
_AT_ONCE = 500
_CHUNK = 1 << 20


async def store_picture(blog: Blog, body: bytes) -> Medium:
    """Take a picture in all its sizes. Raises Invalid for field `lead` when it is none, or too
    large; Unavailable when the disk is full."""
    with room_on_disk():
        return await _keep_picture(blog, body, "", Described(), field="lead")


async def keep_upload(blog: Blog, upload: Path, title: str, described: Described) -> Medium:
    """Take a file that has been written into `folder_of`, which is gone from there afterwards.

    title: its name, which decides nothing. Raises Invalid for field `file`; Unavailable when the
    disk is full.
    """
    try:
        with room_on_disk():
            ending = await asyncio.to_thread(_type_of, upload)
            name = one_line(title)[-_LONGEST_TITLE:]
            if ending == PICTURE:
                body = await asyncio.to_thread(_read, upload)
                return await _keep_picture(blog, body, name, described, field="file")
            new = await asyncio.to_thread(_finish, upload, ending, name)
            await move_in(blog, upload, FOLDER, new.common_file)
            return await _add(blog, new, described)
    finally:
        await asyncio.to_thread(upload.unlink, missing_ok=True)


def folder_of(settings: Settings) -> Path:
    """Where the files lie."""
    return settings.data / "media" / FOLDER


def unfinished_name() -> str:
    """The name of a file that is still being written; nobody is served it, and it goes in the end
    if nothing becomes of it."""
    return f".{secrets.token_hex(8)}.part"


async def sweep_media(blog: Blog) -> None:
    """Throw away files that are a day old and belong to no medium, as a process leaves them that is
    killed between a file and its row, or while one is uploaded."""
    since = (blog.clock() - _UNFINISHED).timestamp()
    names = await asyncio.to_thread(_older, folder_of(blog.settings), since)
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        shown = file_names(await get_site(blog))
        known = await media.list_known(blog.db, [_medium_of(name) for name in some])
        for name in some:
            if name not in shown and _medium_of(name) not in known:
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


def _medium_of(file: str) -> str:
    """The name of the medium that a file belongs to, by its own."""
    return file.partition(".")[0].partition("-")[0]


def _type_of(upload: Path) -> str:
    try:
        with upload.open("rb") as file:
            ending = file_type(file.read(HEAD))
            if ending == TEXT:
                file.seek(0)
                check_text(iter(lambda: file.read(_CHUNK), b""))
        return ending
    except ValueError as error:
        raise Invalid(str(error), field="file") from error


def _read(upload: Path) -> bytes:
    """A picture's file, which is not too large to be drawn."""
    with upload.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _finish(upload: Path, ending: str, title: str) -> NewMedium:
    """What is known of a file that is kept as it is, or nearly so."""
    size, film = upload.stat().st_size, Film(has_picture=True)
    if ending in {"mp4", "mov", "m4a"}:
        try:
            with upload.open("r+b") as file:
                film = clean_film(file, size)
        except ValueError as error:
            raise Invalid(str(error), field="file") from error
    ending = ending if film.has_picture else "m4a"
    return NewMedium(
        kind=TYPES[ending].kind,
        name=secrets.token_hex(16),
        ending=ending,
        width=film.width,
        height=film.height,
        widths=(),
        blur="",
        size=size,
        title=title,
    )


async def _keep_picture(
    blog: Blog, body: bytes, title: str, described: Described, *, field: str
) -> Medium:
    if len(body) > MOST_BYTES:
        raise Invalid("This picture is larger than 10 MB; please make it smaller.", field=field)
    picture, files = await asyncio.to_thread(_drawn, body, field)
    try:
        for file, content in files:
            await write_picture(blog, FOLDER, file, content)
    except BaseException:
        # Such as a disk that is full: what has no row yet is nobody's.
        for file in picture.files:
            await remove_picture(blog, FOLDER, file)
        raise
    return await _add(blog, replace(picture, title=title), described)


async def _add(blog: Blog, new: NewMedium, described: Described) -> Medium:
    async with blog.db.transaction() as tx:
        words = found_by(new.title, described)
        return await media.add_medium(tx, new, described, words, blog.now_ms())


def _drawn(body: bytes, field: str) -> tuple[NewMedium, Sequence[tuple[str, bytes]]]:
    with one_at_a_time:
        image = read_picture(body, (_WIDTHS[-1], _HIGHEST), field=field)
        clear = image.mode == "RGBA"
        picture = NewMedium(
            kind=PICTURE,
            name=secrets.token_hex(16),
            ending="webp" if clear else "jpg",
            width=image.width,
            height=image.height,
            widths=tuple(sorted({min(width, image.width) for width in _WIDTHS})),
            blur="" if clear else _blur(image),
            size=len(body),
            title="",
        )
        return picture, [*_files(picture, image)]


def _files(picture: NewMedium, image: Image.Image) -> Iterator[tuple[str, bytes]]:
    """Every file with its name: from the largest on, each drawn from the one before."""
    for width in reversed(picture.widths):
        if width < image.width:
            image = image.resize((width, picture.height_at(width)), Image.Resampling.LANCZOS)
        for ending in MODERN_ENDINGS:
            yield picture.file_at(width, ending), _encoded(image, ending)
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
