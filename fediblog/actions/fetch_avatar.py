"""Fetch somebody's picture, make it small and safe, and keep it: readers never ask their server."""

import asyncio

from fediblog.actions.picture_files import get_picture, named, redrawn, square, write_picture
from fediblog.blog import Blog
from fediblog.errors import RemoteError
from fediblog.store import actors
from fediblog.store.actors import DueAvatar

FOLDER = "avatars"
_SIDE = 96
_MOST_BYTES = 2_000_000
_DEADLINE_SECONDS = 10.0


async def fetch_avatar(blog: Blog, due: DueAvatar) -> None:
    """Store the picture under the hash of its bytes. One that cannot be had stays due, tomorrow."""
    try:
        body = await get_picture(blog, due.icon_url, cap=_MOST_BYTES, deadline=_DEADLINE_SECONDS)
        small, _ = await asyncio.to_thread(redrawn, body, square(_SIDE), draft=(_SIDE, _SIDE))
        name = named(small, "webp")
        await write_picture(blog, FOLDER, name, small)
    except (RemoteError, ValueError):
        return
    async with blog.db.transaction() as tx:
        await actors.set_avatar(tx, due.id, name)
