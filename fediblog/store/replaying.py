"""Apply migrations one after the other, by the ORM that wrote them, with a copy made first.

SQLite rebuilds a table to change it: it drops the old one, and with foreign keys on that would
delete every child row that cascades. So migrations have a connection of their own with foreign
keys off, and every reference is checked before the new tables are used.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.exceptions import BaseORMException
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget, PlanStep
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.transactions import in_transaction

from fediblog.errors import StoreError
from fediblog.store.embedded import sqlite_path
from fediblog.store.pooled import ERRORS, credentials
from fediblog.store.snapshots import ADVISORY_LOCK

APP = "fediblog"
#: What opening a database can fail with; Tortoise translates only some of its drivers' errors.
_OPENING_ERRORS = (*ERRORS, BaseORMException, sqlite3.Error)


async def replay(
    url: str,
    migrations: str,
    *,
    progress: Callable[[str], object] = lambda name: None,
    last: str = "",
) -> list[str]:
    """Apply what is missing, of the migrations in a package; see `migrating.migrate`."""
    sqlite = url.startswith("sqlite://")
    config = orm_config(url, migrations)
    targets = [MigrationTarget(APP, last)] if last else None
    try:
        async with TortoiseContext() as context:
            await context.init(config=config)
            connection = context.connections.get("default")
            async with _exclusive(connection, sqlite):
                executor = MigrationExecutor(connection, config["apps"])
                await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
                used = bool(await executor.recorder.applied_migrations())
                steps = await executor.plan(targets)
                if steps and used and sqlite:
                    _copy(sqlite_path(url), steps[-1].migration.name)
                await _apply(executor, steps, progress)
                if steps and sqlite:
                    await _refuse_broken_references(connection)
    except _OPENING_ERRORS as error:
        raise StoreError(f"The database cannot be opened or migrated: {error}.") from error
    return [step.migration.name for step in steps]


def orm_config(url: str, migrations: str) -> dict[str, Any]:
    """Tortoise's configuration for our tables and the package of their migrations: everything else
    asks the database without it."""
    return {
        "connections": {"default": _connection(url)},
        "apps": {
            APP: {
                "models": ["fediblog.store.tables"],
                "migrations": migrations,
                "default_connection": "default",
            }
        },
    }


async def _apply(
    executor: MigrationExecutor, steps: Sequence[PlanStep], progress: Callable[[str], object]
) -> None:
    """Each in a transaction that also notes that it was applied. The ORM's own way is to note it
    after the commit: killed between the two, a database would have what no start could apply again.
    """
    state = await executor._project_state(set(await executor.recorder.applied_migrations()))
    for step in steps:
        migration = step.migration
        progress(migration.name)
        async with in_transaction(executor.connection.connection_name) as tx:
            editor = executor._schema_editor()
            editor.client = tx
            await migration.apply(state, schema_editor=editor)
            await MigrationRecorder(tx).record_applied(APP, migration.name)


def _connection(url: str) -> dict[str, Any]:
    if url.startswith("sqlite://"):
        pragmas = {"synchronous": "FULL", "busy_timeout": 5000, "foreign_keys": "OFF"}
        return {
            "engine": "tortoise.backends.sqlite",
            "credentials": {"file_path": str(sqlite_path(url)), **pragmas},
        }
    return {
        "engine": "tortoise.backends.asyncpg",
        "credentials": {**credentials(url), "minsize": 1, "maxsize": 2},
    }


@asynccontextmanager
async def _exclusive(connection: BaseDBAsyncClient, sqlite: bool) -> AsyncIterator[None]:
    """On PostgreSQL a session lock, on SQLite the caller has one.

    It is held by a connection of its own: one that goes back to the pool is reset by asyncpg,
    and that gives every lock away.
    """
    if sqlite:
        yield
        return
    async with connection.acquire_connection() as holder:
        await holder.execute(f"SELECT pg_advisory_lock({ADVISORY_LOCK})")
        yield


def _copy(path: Path, name: str) -> None:
    """A consistent copy beside the database, by SQLite's own online backup."""
    target = path.with_name(f"{path.name}.before-{name}")
    with sqlite3.connect(path) as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    source.close()
    copy.close()


async def _refuse_broken_references(connection: BaseDBAsyncClient) -> None:
    broken = await connection.execute_query_dict("PRAGMA foreign_key_check")
    if broken:
        tables = ", ".join(sorted({str(row["table"]) for row in broken}))
        raise StoreError(f"After migrating, references are broken in: {tables}.")
