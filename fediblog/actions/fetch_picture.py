"""Fetch a picture that something shown names, make it small and safe, and keep it (K22)."""

import asyncio
from datetime import timedelta

from fediblog.actions.picture_files import (
    get_picture,
    redrawn,
    remove_picture,
    within,
    write_picture,
)
from fediblog.blog import Blog
from fediblog.errors import RemoteError
from fediblog.store import pictures
from fediblog.store.moments import to_ms
from fediblog.store.pictures import ATTACHMENT, EMOJI, ILLUSTRATION, PREVIEW, DuePicture

FOLDER = "pictures"
#: Bytes that are taken, and the box in pixels that it has to fit, by kind.
_CAPS = {EMOJI: 1_000_000, ATTACHMENT: 8_000_000, ILLUSTRATION: 16_000_000, PREVIEW: 8_000_000}
_BOXES = {
    EMOJI: (192, 64),
    ATTACHMENT: (1280, 1280),
    ILLUSTRATION: (1600, 1600),
    PREVIEW: (640, 640),
}
_DEADLINE_SECONDS = 30.0
#: After so many attempts: then again.
AGAIN = {
    1: timedelta(minutes=10),
    2: timedelta(hours=1),
    3: timedelta(hours=6),
    4: timedelta(days=1),
}


async def fetch_picture(blog: Blog, due: DuePicture) -> None:
    """Store it under its name. What cannot be had is tried again, what is no picture is not."""
    box = _BOXES[due.kind]
    try:
        body = await get_picture(blog, due.url, cap=_CAPS[due.kind], deadline=_DEADLINE_SECONDS)
        small, size = await asyncio.to_thread(redrawn, body, within(*box), draft=box)
    except RemoteError:
        await try_again(blog, due)
        return
    except ValueError:
        await _set_next(blog, due, None)
        return
    await write_picture(blog, FOLDER, due.name, small)
    async with blog.db.transaction() as tx:
        wanted = await pictures.set_fetched(tx, due, *size)
    if not wanted:
        await remove_picture(blog, FOLDER, due.name)


async def prune_pictures(blog: Blog) -> None:
    """Throw away the pictures that nothing names any more, and their files."""
    async with blog.db.transaction() as tx:
        names = await pictures.prune_pictures(tx)
    for name in names:
        await remove_picture(blog, FOLDER, name)


async def try_again(blog: Blog, due: DuePicture) -> None:
    """Later, or never: then its description is shown instead, for ever."""
    pause = AGAIN.get(due.attempts)
    await _set_next(blog, due, to_ms(blog.clock() + pause) if pause else None)


async def _set_next(blog: Blog, due: DuePicture, at: int | None) -> None:
    async with blog.db.transaction() as tx:
        await pictures.set_next_fetch(tx, due.id, at)
