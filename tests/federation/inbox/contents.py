"""Everything in the tables that a stranger could have put there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fediblog.blog import Blog
from tests.bench import RunningBlog

Contents = dict[str, list[tuple[Any, ...]]]

#: By table, without what time alone changes.
_COLUMNS = {
    "arrival": "signature_hash, type, actor_uri",
    "reply": "uri, actor_id, state, html, warning, updated_at, post_id, parent_id",
    "actor": "uri, name, username, handle, inbox, gone_at",
    "actor_key": "key_id, actor_id, pem",
    "follower": "actor_id, follow_id",
    "reaction": "actor_id, kind, target_uri, activity_id",
    "tombstone": "uri",
    "activity": "key, type, object_uri",
    "delivery": "activity_id, inbox",
    "post": "key, state, version",
}


async def contents(blog: Blog, *, without: tuple[str, ...] = ()) -> Contents:
    """The rows of every table but those in `without`."""
    return {
        table: [
            tuple(row.values())
            for row in await blog.db.rows(f"SELECT {columns} FROM {table} ORDER BY {columns}")
        ]
        for table, columns in _COLUMNS.items()
        if table not in without
    }


@asynccontextmanager
async def nothing_written(running: RunningBlog) -> AsyncIterator[None]:
    """What happens inside leaves no trace at all: it was refused at the door."""
    await running.settled()
    before = await contents(running.blog)
    yield
    await running.settled()
    assert await contents(running.blog) == before


@asynccontextmanager
async def nothing_done(running: RunningBlog) -> AsyncIterator[None]:
    """What happens inside is taken, read, and ignored: only the log of arrivals grows."""
    await running.settled()
    before = await contents(running.blog, without=("arrival",))
    yield
    await running.settled()
    assert await contents(running.blog, without=("arrival",)) == before
