"""Fetches what nobody waits for: parents of waiting replies, and pictures."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from fediblog.actions.fetch_avatar import fetch_avatar
from fediblog.actions.find_parent import find_parent
from fediblog.blog import Blog
from fediblog.store.actors import list_due_avatars
from fediblog.store.waiting import list_due
from fediblog.worker.loop import run_loop

_AT_ONCE = 8


async def run_parents(blog: Blog) -> None:
    """Fetch due parents until cancelled."""
    await run_loop("parents", blog.signals.fetches, lambda: _parents(blog))


async def run_pictures(blog: Blog) -> None:
    """Fetch due pictures until cancelled; a loop of their own, so they hold up no reply."""
    await run_loop("pictures", asyncio.Event(), lambda: _pictures(blog))


async def _parents(blog: Blog) -> bool:
    due = await list_due(blog.db, blog.now_ms(), _AT_ONCE)
    return await _all([find_parent(blog, reply) for reply in due])


async def _pictures(blog: Blog) -> bool:
    due = await list_due_avatars(blog.db, blog.now_ms(), _AT_ONCE)
    return await _all([fetch_avatar(blog, picture) for picture in due])


async def _all(work: list[Coroutine[Any, Any, None]]) -> bool:
    """Do it side by side; whether there was any. A row that fails must not be due for ever, so
    each action records its own failures, and an error of ours ends the turn."""
    await asyncio.gather(*work)
    return bool(work)
