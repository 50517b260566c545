"""Two who write at once, on PostgreSQL: who waits for whom can be seen from a third connection."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg

from tests.bench import RunningBlog

#: Of this test's database alone: others run beside it on the same server.
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@asynccontextmanager
async def watching(
    blog: RunningBlog,
) -> AsyncIterator[tuple[asyncpg.Connection, Callable[[], Awaitable[int]]]]:
    """A connection of its own, and how many wait for a lock. For tests that are `only_postgres`."""
    connection = await asyncpg.connect(blog.blog.settings.database_url)

    async def waiting() -> int:
        return int(await connection.fetchval(_WAITING))

    try:
        yield connection, waiting
    finally:
        await connection.close()
