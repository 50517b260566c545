"""All rows of all tables as files, and back: the same for SQLite and PostgreSQL, so that what was
read from one can be loaded into the other.

A table is a file of JSON lines: its columns, then one list of values per row, with bytes as
{"base64": …}. What can be made anew from the rows, such as the index of words, is not among them.
"""

import asyncio
import base64
import gzip
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from fediblog.errors import StoreError
from fediblog.lazily import Lazily
from fediblog.store.database import places
from fediblog.store.embedded import sqlite_path
from fediblog.store.table_names import TABLES

if TYPE_CHECKING:
    from fediblog.store import pooled
else:
    pooled = Lazily("fediblog.store.pooled")

ENDING = ".jsonl.gz"
_AT_ONCE = 500
#: Quick, and small enough: what fills a backup is pictures.
_LEVEL = 3

#: Tortoise keeps this table itself.
_LAST_MIGRATION = "SELECT max(name) FROM tortoise_migrations"

Columns = list[str]
Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Dump:
    """What was written: rows of each table, and the last migration that made the tables."""

    tables: dict[str, int]
    migration: str


async def dump_tables(url: str, folder: Path) -> Dump:
    """Write every table as it is at one moment into a folder, as NAME.jsonl.gz. Nobody who writes
    waits for it. Raises StoreError, or OSError for a disk that is full."""
    try:
        if url.startswith("sqlite://"):
            return await asyncio.to_thread(_dump_sqlite, sqlite_path(url), folder)
        return await _dump_postgres(url, folder)
    except (*pooled.ERRORS, sqlite3.Error) as error:
        if isinstance(error, OSError) and not isinstance(error, ConnectionError):
            raise
        raise StoreError(f"The database cannot be read: {error}.") from error


async def load_tables(url: str, folder: Path) -> None:
    """Load what `dump_tables` has written into tables that are empty and of the same form: all of
    it, or nothing. Raises StoreError."""
    try:
        if url.startswith("sqlite://"):
            await asyncio.to_thread(_load_sqlite, sqlite_path(url), folder)
        else:
            await _load_postgres(url, folder)
    except (*pooled.ERRORS, sqlite3.Error, ValueError) as error:
        raise StoreError(f"The rows cannot be loaded: {error}.") from error


def read_settings(folder: Path) -> dict[str, str]:
    """The settings that a dump has, by their names."""
    with gzip.open(folder / f"setting{ENDING}", "rb") as file:
        columns = orjson.loads(file.readline())
        rows = [dict(zip(columns, _row(line), strict=True)) for line in file]
    return {row["name"]: row["value"] for row in rows}


def _dump_sqlite(path: Path, folder: Path) -> Dump:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("BEGIN")
        counts = {}
        for table in sorted(TABLES):
            cursor = connection.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            with gzip.open(folder / f"{table}{ENDING}", "wb", _LEVEL) as file:
                file.write(_line(columns))
                counts[table] = 0
                while rows := cursor.fetchmany(_AT_ONCE):
                    file.write(b"".join(map(_line, rows)))
                    counts[table] += len(rows)
        [migration] = connection.execute(_LAST_MIGRATION).fetchone()
        return Dump(counts, migration)
    finally:
        connection.close()


async def _dump_postgres(url: str, folder: Path) -> Dump:
    counts = {}
    async with (
        pooled.postgres_connection(url) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        for table in sorted(TABLES):
            statement = await connection.prepare(f'SELECT * FROM "{table}"')
            columns = [attribute.name for attribute in statement.get_attributes()]
            with gzip.open(folder / f"{table}{ENDING}", "wb", _LEVEL) as file:
                file.write(_line(columns))
                counts[table] = 0
                cursor = await statement.cursor()
                while rows := await cursor.fetch(_AT_ONCE):
                    lines = b"".join(_line(tuple(row)) for row in rows)
                    await asyncio.to_thread(file.write, lines)
                    counts[table] += len(rows)
        migration = await connection.fetchval(_LAST_MIGRATION)
    return Dump(counts, migration)


def _load_sqlite(path: Path, folder: Path) -> None:
    """References are checked at the end, as rows refer to later ones; see `migrating`."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN IMMEDIATE")
        for table, columns, rows in _dumped(folder):
            connection.execute(f'DELETE FROM "{table}"')
            for portion in _portions(rows):
                connection.executemany(_insert(table, columns), portion)
        if broken := connection.execute("PRAGMA foreign_key_check").fetchall():
            listed = ", ".join(sorted({str(row[0]) for row in broken}))
            raise ValueError(f"references are broken in {listed}")
        connection.execute("COMMIT")
    finally:
        connection.close()


async def _load_postgres(url: str, folder: Path) -> None:
    """References wait until the end, as rows refer to later ones."""
    async with pooled.postgres_connection(url) as connection, connection.transaction():
        references = await connection.fetch(
            "SELECT conrelid::regclass::text AS owner, quote_ident(conname) AS name "
            "FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
        )
        for each in references:
            await connection.execute(_alter(each, "DEFERRABLE INITIALLY DEFERRED"))
        for table, columns, rows in _dumped(folder):
            await connection.execute(f'DELETE FROM "{table}"')
            booleans = await _booleans(connection, table, columns)
            for portion in _portions(rows):
                values = [_with_booleans(row, booleans) for row in portion]
                await connection.executemany(_insert(table, columns), values)
            if "id" in columns:
                await connection.execute(_count_on(table))
        await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for each in references:
            await connection.execute(_alter(each, "NOT DEFERRABLE"))


async def _booleans(connection: Any, table: str, columns: Columns) -> list[int]:
    """Places of what SQLite keeps as 0 and 1, and PostgreSQL takes as nothing but booleans."""
    found = await connection.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema "
        "AND table_name = $1 AND data_type = 'boolean'",
        table,
    )
    return [columns.index(row["column_name"]) for row in found if row["column_name"] in columns]


def _with_booleans(row: Values, booleans: Sequence[int]) -> list[Any]:
    values = list(row)
    for place in booleans:
        if values[place] is not None:
            values[place] = bool(values[place])
    return values


def _alter(reference: Any, how: str) -> str:
    return f"ALTER TABLE {reference['owner']} ALTER CONSTRAINT {reference['name']} {how}"


def _count_on(table: str) -> str:
    """The next row gets the number after the highest one."""
    return (
        f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), max(id)) "
        f'FROM "{table}" HAVING max(id) IS NOT NULL'
    )


def _insert(table: str, columns: Columns) -> str:
    """For either database: SQLite counts $n by first appearance, and here that is their order."""
    listed = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table}" ({listed}) VALUES ({places(len(columns))})'


def _dumped(folder: Path) -> Iterator[tuple[str, Columns, Iterable[Values]]]:
    for path in sorted(folder.glob(f"*{ENDING}")):
        with gzip.open(path, "rb") as file:
            columns = orjson.loads(file.readline())
            yield path.name.removesuffix(ENDING), columns, (_row(line) for line in file)


def _portions(rows: Iterable[Values]) -> Iterator[list[Values]]:
    iterator = iter(rows)
    while portion := list(islice(iterator, _AT_ONCE)):
        yield portion


def _line(values: Values) -> bytes:
    return orjson.dumps(values, default=_encoded, option=orjson.OPT_APPEND_NEWLINE)


def _encoded(value: object) -> dict[str, str]:
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(f"{type(value)} is no value of a table")


def _row(line: bytes) -> list[Any]:
    values = orjson.loads(line)
    return [base64.b64decode(v["base64"]) if isinstance(v, dict) else v for v in values]
