"""Fetch a picture that something shown names, make it small and safe, and keep it (K22)."""

import asyncio
from datetime import timedelta

from fediblog.actions.picture_files import redrawn, remove_picture, within, write_picture
from fediblog.blog import Blog
from fediblog.errors import RemoteError
from fediblog.protocol.addresses import authority_of
from fediblog.store import pictures
from fediblog.store.hosts import is_blocked
from fediblog.store.moments import to_ms
from fediblog.store.pictures import ATTACHMENT, EMOJI, DuePicture

FOLDER = "pictures"
#: Bytes that are taken, and the box in pixels that it has to fit, by kind.
_CAPS = {EMOJI: 1_000_000, ATTACHMENT: 8_000_000}
_BOXES = {EMOJI: (192, 64), ATTACHMENT: (1280, 1280)}
_DEADLINE_SECONDS = 30.0
#: After so many attempts: then again.
_AGAIN = {
    1: timedelta(minutes=10),
    2: timedelta(hours=1),
    3: timedelta(hours=6),
    4: timedelta(days=1),
}


async def fetch_picture(blog: Blog, due: DuePicture) -> None:
    """Store it under its name. What cannot be had is tried again, what is no picture is not."""
    if await is_blocked(blog.db, authority_of(due.url)):
        await _try_again(blog, due)
        return
    box = _BOXES[due.kind]
    try:
        body, _ = await blog.remote.get_bytes(
            due.url,
            cap=_CAPS[due.kind],
            types=("image/",),
            deadline=_DEADLINE_SECONDS,
        )
        small, size = await asyncio.to_thread(redrawn, body, within(*box), draft=box)
    except RemoteError:
        await _try_again(blog, due)
        return
    except ValueError:
        await give_up(blog, due)
        return
    await write_picture(blog, FOLDER, due.name, small)
    async with blog.db.transaction() as tx:
        wanted = await pictures.set_fetched(tx, due, *size)
    if not wanted:
        await remove_picture(blog, FOLDER, due.name)


async def give_up(blog: Blog, due: DuePicture) -> None:
    """Its description is shown instead, for ever."""
    async with blog.db.transaction() as tx:
        await pictures.set_next_fetch(tx, due.id, None)


async def prune_pictures(blog: Blog) -> None:
    """Throw away the pictures that nothing names any more, and their files."""
    async with blog.db.transaction() as tx:
        names = await pictures.prune_pictures(tx)
    for name in names:
        await remove_picture(blog, FOLDER, name)


async def _try_again(blog: Blog, due: DuePicture) -> None:
    pause = _AGAIN.get(due.attempts)
    async with blog.db.transaction() as tx:
        at = to_ms(blog.clock() + pause) if pause else None
        await pictures.set_next_fetch(tx, due.id, at)
