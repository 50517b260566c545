"""The connection to the database: plain reads, and transactions for everything that writes.

On SQLite one connection writes and another, read-only, reads, so that a page never waits behind a
write; a third one answers what may take long. On PostgreSQL all are one pool. SQL is written once,
with $1 placeholders in the order of their numbers or not; values are int, str, bytes, bool and None
only.
"""

import asyncio
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence, Set
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext, _current_context
from tortoise.exceptions import BaseORMException

from fediblog.errors import NotFound, StoreError, TooSlow, Unavailable
from fediblog.metrics import READING, WRITING
from fediblog.store.changes import (
    Changes,
    named,
    note_query,
    note_unknown,
    written_tables,
)
from fediblog.store.others import CHANNEL, Others
from fediblog.store.sqlite_engine import ImmediateClient

Row = Mapping[str, Any]

APP = "fediblog"
#: What opening a database can fail with; Tortoise translates only some of its drivers' errors.
OPENING_ERRORS = (BaseORMException, OSError, sqlite3.Error, asyncpg.PostgresError)
_DRIVER_ERRORS = (*OPENING_ERRORS, asyncpg.InterfaceError)
_WRITER = "default"
_READER = "reader"
_SEARCHER = "searcher"
#: How long a query waits for its turn behind others that may take long.
_PATIENCE_SECONDS = 5.0
#: SQLite: every commit is on disk before it is answered; one connection checkpoints.
_WRITE_PRAGMAS = {"synchronous": "FULL", "busy_timeout": 5000, "journal_size_limit": 67_108_864}
_READ_PRAGMAS = {"query_only": "ON", "wal_autocheckpoint": 0, "busy_timeout": 5000}


class Queries(Protocol):
    """Something to ask: the database itself, or a transaction, which sees its own writes."""

    async def rows(self, sql: str, *values: Any) -> Sequence[Row]:
        """Every row of an answer, or of what a RETURNING clause gives back."""


class Transaction:
    """An open transaction. It ends with its block: committed, or undone by an exception.

    told: names of what it has changed, for those who keep something of that in memory.
    """

    def __init__(self, connection: BaseDBAsyncClient, *, sqlite: bool) -> None:
        self.connection = connection
        self.sqlite = sqlite
        self.told: set[str] = set()
        self._written: set[str] = set()
        self._threads: set[int] = set()
        self._only_threads = False

    def changed(self) -> Set[str]:
        """The names of all that it has changed so far."""
        return self.told | named(self._written, self._threads if self._only_threads else None)

    def only_in_threads(self) -> None:
        """What this transaction writes of replies and reactions is seen nowhere but in the threads
        for which `in_thread` is called. Only what happens all the time needs to say so."""
        self._only_threads = True

    def in_thread(self, post_id: int) -> None:
        """Something in the thread of a post has changed."""
        self._threads.add(post_id)

    async def rows(self, sql: str, *values: Any) -> Sequence[Row]:
        """Every row of an answer, or of what a RETURNING clause gives back."""
        found = await self.connection.execute_query_dict(_spell(sql, self.sqlite), list(values))
        if found or " RETURNING " not in sql:
            self._written |= written_tables(sql)
        return found

    async def execute(self, sql: str, *values: Any) -> None:
        """Run a statement that gives nothing back."""
        number, _ = await self.connection.execute_query(_spell(sql, self.sqlite), list(values))
        # Of an INSERT not every driver says how many rows it has written.
        if number or not sql.startswith(("UPDATE", "DELETE")):
            self._written |= written_tables(sql)

    @property
    def locking_rows(self) -> str:
        """Ends a SELECT of rows (as r) that are about to be written by what was read.

        SQLite's transactions have the whole database to themselves.
        """
        return "" if self.sqlite else "FOR UPDATE OF r"

    @property
    def locking_posts(self) -> str:
        """Ends a SELECT of posts whose threads are about to be written in; as `locking_rows`."""
        return "" if self.sqlite else "FOR NO KEY UPDATE"

    async def savepoint(self) -> None:
        """From here on, what is locked can be let go again by `back_to_savepoint`."""
        if not self.sqlite:
            await self.execute("SAVEPOINT here")

    async def back_to_savepoint(self) -> None:
        """Undo whatever was done since, and let go of what was locked since."""
        if not self.sqlite:
            await self.execute("ROLLBACK TO SAVEPOINT here")

    async def hold(self, name: str) -> None:
        """Wait for whoever holds this name, and hold it until the transaction ends: for what is
        decided by rows that may not be there yet, so that they cannot be locked.

        SQLite's transactions have the whole database to themselves.
        """
        if not self.sqlite:
            await self.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name)

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values."""
        await self.connection.execute_many(_spell(sql, self.sqlite), [list(row) for row in rows])
        if rows:
            self._written |= written_tables(sql)


class Database:
    """An open database. Make one with `open_database`. changes: what of it has changed."""

    def __init__(self, context: TortoiseContext, *, sqlite: bool) -> None:
        self._context = context
        self.sqlite = sqlite
        self.others = Others(alone=sqlite)
        self.writer = context.connections.get(_WRITER)
        self.reader = context.connections.get(_READER) if sqlite else self.writer
        self.searcher = context.connections.get(_SEARCHER) if sqlite else self.writer
        self._searching = asyncio.Lock()
        self.changes = Changes()
        self.others.listen(self.changes.hear)

    async def rows(self, sql: str, *values: Any) -> Sequence[Row]:
        """Every row of an answer, as of the last commit.

        Raises Unavailable when the database cannot answer: whoever asked may ask again, and must
        not think that what is published is gone (requirement A11). Raises NotFound for a text with
        NUL in it: nothing that is kept has one, and PostgreSQL does not even look for it.
        """
        if any(isinstance(value, str) and "\x00" in value for value in values):
            raise NotFound
        note_query(sql)
        begun = time.perf_counter()
        try:
            return await self.reader.execute_query_dict(_spell(sql, self.sqlite), list(values))
        except _DRIVER_ERRORS as error:
            raise Unavailable(detail=f"the database cannot answer: {error}") from error
        finally:
            READING.observe(time.perf_counter() - begun)

    async def rows_within(self, seconds: float, sql: str, *values: Any) -> Sequence[Row]:
        """Every row of an answer that may take long, by what a stranger asks for.

        There is one at a time, and nobody who asks in another way waits for it. Raises TooSlow if
        it takes more than so many seconds, and Unavailable as `rows` or when too many are waiting.
        """
        note_unknown()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._searching.acquire()
        except TimeoutError as error:
            raise Unavailable(detail="too many searches are waiting") from error
        try:
            if isinstance(self.searcher, ImmediateClient):
                return await self.searcher.rows_within(seconds, _spell(sql, True), values)
            async with self.transaction() as tx:
                await tx.execute(f"SET LOCAL statement_timeout = {round(seconds * 1000)}")
                return await tx.rows(sql, *values)
        except asyncpg.QueryCanceledError as error:
            raise TooSlow(detail=f"cancelled after {seconds} s") from error
        except _DRIVER_ERRORS as error:
            raise Unavailable(detail=f"the database cannot answer: {error}") from error
        finally:
            self._searching.release()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A transaction. Never start a task inside one: it would inherit the connection.

        What it has changed is told when it is over, however it has ended: a commit whose answer is
        lost may have happened.
        """
        note_unknown()
        tx: Transaction | None = None
        begun = time.perf_counter()
        try:
            with _active(self._context):
                async with self.writer._in_transaction() as connection:
                    tx = Transaction(connection, sqlite=self.sqlite)
                    yield tx
                    if not self.sqlite and (told := tx.changed()):
                        await tx.rows(
                            "SELECT pg_notify($1, $2)", CHANNEL, self.others.message(told)
                        )
        finally:
            WRITING.observe(time.perf_counter() - begun)
            if tx is not None and (told := tx.changed()):
                self.others.happened(told)

    async def tell_others(self, names: Collection[str]) -> None:
        """Tell the other processes of something that is in the database already. Raises
        Unavailable."""
        # Nothing is lost with such a message, so nobody waits for the disk.
        await self.rows(
            "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)",
            CHANNEL,
            self.others.message(names),
        )

    async def close(self) -> None:
        """Close every connection; without it the driver's thread keeps the process alive."""
        with _active(self._context):
            await self._context.connections.close_all(discard=True)


async def open_database(url: str) -> Database:
    """Connect. The tables must be there already, see `migrating.migrate`.

    url: sqlite:///path or postgres://user:password@host:port/name.
    Raises StoreError when there is no such database or it cannot be reached.
    """
    sqlite = url.startswith("sqlite://")
    connections = {_WRITER: writer_config(url)}
    if sqlite:
        connections |= dict.fromkeys((_READER, _SEARCHER), _sqlite_config(url, _READ_PRAGMAS))
    context = TortoiseContext()
    with _active(context):
        try:
            await context.init(config=orm_config(connections))
            for alias in connections:
                await context.connections.get(alias).execute_query("SELECT 1")
        except OPENING_ERRORS as error:
            await context.connections.close_all(discard=True)
            raise StoreError(f"The database cannot be opened: {error}.") from error
    return Database(context, sqlite=sqlite)


def orm_config(connections: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Tortoise's configuration for our tables and migrations."""
    return {
        "connections": dict(connections),
        "apps": {
            APP: {
                "models": ["fediblog.store.tables"],
                "migrations": "fediblog.store.migrations",
                "default_connection": _WRITER,
            }
        },
    }


def writer_config(url: str, **pragmas: Any) -> dict[str, Any]:
    """The connection that writes; pragmas are SQLite's and come on top of ours."""
    if url.startswith("sqlite://"):
        return _sqlite_config(url, {**_WRITE_PRAGMAS, **pragmas})
    return {
        "engine": "fediblog.store.asyncpg_engine",
        "credentials": {**_credentials(url), "minsize": 1, "maxsize": 10},
    }


async def connect_postgres(url: str, name: str = "") -> asyncpg.Connection:
    """A connection of one's own. name: by which the database lists it. Raises one of
    OPENING_ERRORS."""
    return await asyncpg.connect(**_credentials(url), server_settings={"application_name": name})


@asynccontextmanager
async def postgres_connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of one's own, for work on whole tables."""
    connection = await connect_postgres(url)
    try:
        yield connection
    finally:
        await connection.close()


def _credentials(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "host": parts.hostname,
        "port": parts.port or 5432,
        "user": unquote(parts.username or "") or None,
        "password": unquote(parts.password or "") or None,
        "database": unquote(parts.path.removeprefix("/")),
    }


def places(count: int, *, first: int = 1) -> str:
    """The placeholders for a list of so many values: $1, $2, $3."""
    return ", ".join(f"${place}" for place in range(first, first + count))


def containing(text: str) -> str:
    """A pattern for LIKE, with ! before what would be one, for what contains a text, lower case."""
    escaped = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def sqlite_path(url: str) -> Path:
    """The file of an embedded database."""
    return Path(url.removeprefix("sqlite://"))


def _sqlite_config(url: str, pragmas: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "engine": "fediblog.store.sqlite_engine",
        "credentials": {"file_path": str(sqlite_path(url)), **pragmas},
    }


@contextmanager
def _active(context: TortoiseContext) -> Iterator[None]:
    """Make a context the current one, for this task alone.

    TortoiseContext's own __enter__ keeps its token on the object, which two tasks at once would
    overwrite for each other; the variable itself is safe.
    """
    token = _current_context.set(context)
    try:
        yield
    finally:
        _current_context.reset(token)


@lru_cache(maxsize=512)
def _spell(sql: str, sqlite: bool) -> str:
    """SQLite counts $n by first appearance and ?n by number; we always mean the number."""
    return re.sub(r"\$(\d+)", r"?\1", sql) if sqlite else sql
