"""Bring the tables up to date, once, under a lock.

Most starts find nothing to do, and find that out by one query. A new database gets its tables from
a snapshot (`snapshots`), and only one of an earlier version goes through its migrations
(`replaying`).
"""

from collections.abc import Callable
from pathlib import Path

from fediblog.errors import StoreError
from fediblog.store.embedded import sqlite_path
from fediblog.store.snapshots import find_tables

OURS = "fediblog.store.migrations"


async def migrate(
    url: str,
    *,
    migrations: str = OURS,
    progress: Callable[[str], object] = lambda name: None,
    last: str = "",
) -> list[str]:
    """Apply what is missing; the names of what was applied, oldest first.

    On SQLite the caller holds the lock of the file (see `locking`). progress is called with the
    name of each migration before it runs. last: go no further than this one, in a database that
    has no tables yet. Raises StoreError when the database cannot be opened or is left with broken
    references; the copy beside it (….before-NAME) is then the way back.
    """
    if url.startswith("sqlite://"):
        sqlite_path(url).parent.mkdir(parents=True, exist_ok=True)
    made: list[str] = []
    known = list_migrations()
    if migrations == OURS and last in ("", known[-1]):
        found = await find_tables(url)
        made = found.applied if found.made else []
        if set(known) <= set(found.applied):
            return made
    # It brings the ORM, which takes a tenth of a server's memory and is needed for nothing else.
    from fediblog.store.replaying import replay

    return made + await replay(url, migrations, progress=progress, last=last)


def list_migrations() -> list[str]:
    """The names of all migrations that this version knows, oldest first."""
    folder = Path(__file__).with_name("migrations")
    return sorted(path.stem for path in folder.glob("[0-9]*.py"))


async def has_tables(url: str) -> bool:
    """Whether the database has anything in it already. Raises StoreError when it cannot be told."""
    if url.startswith("sqlite://"):
        return sqlite_path(url).exists()
    # Only who has PostgreSQL needs its driver in memory.
    from fediblog.store.pooled import ERRORS, postgres_connection

    try:
        async with postgres_connection(url) as connection:
            tables = "information_schema.tables WHERE table_schema = current_schema"
            return bool(await connection.fetchval(f"SELECT count(*) FROM {tables}"))
    except ERRORS as error:
        raise StoreError(f"The database cannot be opened: {error}.") from error
