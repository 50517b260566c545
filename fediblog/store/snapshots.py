"""What has been migrated, asked without the ORM; and the tables of a new database, made at once
from a snapshot of what all migrations together make.

scripts/snapshot writes the snapshots, which lie in `schema/`. A test compares what they make with
what the migrations make.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fediblog.errors import StoreError
from fediblog.store.embedded import sqlite_path

#: Any fixed number will do: whoever makes or migrates a PostgreSQL database holds this advisory
#: lock.
ADVISORY_LOCK = 0x0FED1B06
SCHEMA = Path(__file__).with_name("schema")
#: The ORM's own note of what it has applied.
_APPLIED = "SELECT name FROM tortoise_migrations WHERE app = 'fediblog' ORDER BY name"


@dataclass(frozen=True, slots=True)
class Found:
    """A database. applied: names of the migrations that are part of it, oldest first. made: it had
    no tables a moment ago."""

    applied: list[str]
    made: bool


async def find_tables(url: str) -> Found:
    """What is there already; the tables, made from the snapshot, if there are none.

    They are made in one transaction: all or none. On SQLite the caller holds the lock of the file
    (see `locking`). Raises StoreError when the database cannot be opened or written.
    """
    if url.startswith("sqlite://"):
        return _find_sqlite(sqlite_path(url))
    return await _find_postgres(url)


def _find_sqlite(path: Path) -> Found:
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            known = "SELECT count(*) FROM sqlite_master WHERE name = 'tortoise_migrations'"
            made = not connection.execute(known).fetchone()[0]
            if made:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(f"BEGIN IMMEDIATE;\n{snapshot('sqlite')}COMMIT;")
            return Found([name for (name,) in connection.execute(_APPLIED)], made)
    except sqlite3.Error as error:
        raise StoreError(_told(error)) from error


async def _find_postgres(url: str) -> Found:
    # Only who has PostgreSQL needs its driver in memory.
    from fediblog.store.pooled import ERRORS, postgres_connection

    try:
        async with postgres_connection(url) as connection:
            if made := await _is_new(connection):
                async with connection.transaction():
                    await connection.execute(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
                    # Another process may have made them while this one waited.
                    if made := await _is_new(connection):
                        await connection.execute(snapshot("postgres"))
            return Found([row["name"] for row in await connection.fetch(_APPLIED)], made)
    except ERRORS as error:
        raise StoreError(_told(error)) from error


async def _is_new(connection: Any) -> bool:
    return bool(await connection.fetchval("SELECT to_regclass('tortoise_migrations') IS NULL"))


def snapshot(kind: str) -> str:
    """The statements that make all tables, and note which migrations are part of them. kind: sqlite
    or postgres."""
    return (SCHEMA / f"{kind}.sql").read_text("utf-8")


def _told(error: BaseException) -> str:
    return f"The database cannot be opened or migrated: {error}."
