"""The database: plain reads, and transactions for everything that writes.

SQL is written once, with $1 placeholders in the order of their numbers or not, for both engines;
values are int, str, bytes, bool and None only. What each engine does with it: `embedded` for
SQLite, `pooled` for PostgreSQL.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence, Set
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import lru_cache
from typing import Any, Protocol

from fediblog.errors import NotFound, Unavailable
from fediblog.metrics import READING, WRITING
from fediblog.store.changes import (
    Changes,
    named,
    note_query,
    note_unknown,
    written_tables,
)
from fediblog.store.embedded import open_embedded, sqlite_path
from fediblog.store.others import CHANNEL, Others

Row = Mapping[str, Any]

#: How long a query waits for its turn behind others that may take long.
_PATIENCE_SECONDS = 5.0


class Statements(Protocol):
    """What an engine does within a transaction."""

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Row]:
        """Every row of an answer, or of what a RETURNING clause gives back."""

    async def execute(self, sql: str, values: Sequence[Any]) -> int:
        """Run a statement; how many rows it has changed, as far as the driver says."""

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values."""


class Engine(Protocol):
    """A database of one kind; see `embedded` and `pooled`."""

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Row]:
        """Every row of an answer, as of the last commit. Raises Unavailable."""

    async def rows_within(self, seconds: float, sql: str, values: Sequence[Any]) -> Sequence[Row]:
        """The same for what may take long. Raises TooSlow."""

    def transaction(self, *, at_length: bool = False) -> AbstractAsyncContextManager[Statements]:
        """A transaction, committed when its block is left. Raises Unavailable."""

    async def close(self) -> None:
        """Close every connection."""


class Queries(Protocol):
    """Something to ask: the database itself, or a transaction, which sees its own writes."""

    async def rows(self, sql: str, *values: Any) -> Sequence[Row]:
        """Every row of an answer, or of what a RETURNING clause gives back."""


class Transaction:
    """An open transaction. It ends with its block: committed, or undone by an exception.

    told: names of what it has changed, for those who keep something of that in memory.
    """

    def __init__(self, statements: Statements, *, sqlite: bool) -> None:
        self._statements = statements
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
        found = await self._statements.rows(_spell(sql, self.sqlite), values)
        if found or " RETURNING " not in sql:
            self._written |= written_tables(sql)
        return found

    async def execute(self, sql: str, *values: Any) -> None:
        """Run a statement that gives nothing back."""
        number = await self._statements.execute(_spell(sql, self.sqlite), values)
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
        await self._statements.execute_many(_spell(sql, self.sqlite), rows)
        if rows:
            self._written |= written_tables(sql)


class Database:
    """An open database. Make one with `open_database`. changes: what of it has changed."""

    def __init__(self, engine: Engine, *, sqlite: bool) -> None:
        self.engine = engine
        self.sqlite = sqlite
        self.others = Others(alone=sqlite)
        self._searching = asyncio.Lock()
        self.changes = Changes()
        self.others.listen(self.changes.hear)

    async def rows(self, sql: str, *values: Any) -> Sequence[Row]:
        """Every row of an answer, as of the last commit. On SQLite everybody waits for it, so it
        has to find its rows by an index.

        Raises Unavailable when the database cannot answer: whoever asked may ask again, and must
        not think that what is published is gone (requirement A11). Raises NotFound for a text with
        NUL in it: nothing that is kept has one, and PostgreSQL does not even look for it.
        """
        if any(isinstance(value, str) and "\x00" in value for value in values):
            raise NotFound
        note_query(sql)
        begun = time.perf_counter()
        try:
            return await self.engine.rows(_spell(sql, self.sqlite), values)
        finally:
            READING.observe(time.perf_counter() - begun)

    async def rows_within(self, seconds: float, sql: str, *values: Any) -> Sequence[Row]:
        """As `rows`, for what may take long, by what a stranger asks for: there is one at a time,
        and nobody who asks in another way waits for it. Raises TooSlow if it takes more than so
        many seconds, and Unavailable also when too many are waiting."""
        note_unknown()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._searching.acquire()
        except TimeoutError as error:
            raise Unavailable(detail="too many searches are waiting") from error
        try:
            return await self.engine.rows_within(seconds, _spell(sql, self.sqlite), values)
        finally:
            self._searching.release()

    @asynccontextmanager
    async def transaction(self, *, at_length: bool = False) -> AsyncIterator[Transaction]:
        """A transaction. Nothing but the database may be waited for in it: on SQLite there is one
        at a time. at_length: it may write many rows, as a sweep does.

        What it has changed is told when it is over, however it has ended: a commit whose answer is
        lost may have happened.
        """
        note_unknown()
        tx: Transaction | None = None
        begun = time.perf_counter()
        try:
            async with self.engine.transaction(at_length=at_length) as statements:
                tx = Transaction(statements, sqlite=self.sqlite)
                yield tx
                if not self.sqlite and (told := tx.changed()):
                    await tx.rows("SELECT pg_notify($1, $2)", CHANNEL, self.others.message(told))
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
        """Close every connection; without it the engine's threads keep the process alive."""
        await self.engine.close()


async def open_database(url: str) -> Database:
    """Connect. The tables must be there already, see `migrating.migrate`.

    url: sqlite:///path or postgres://user:password@host:port/name.
    Raises StoreError when there is no such database or it cannot be reached.
    """
    if url.startswith("sqlite://"):
        return Database(await open_embedded(sqlite_path(url)), sqlite=True)
    # Only who has PostgreSQL needs its driver in memory.
    from fediblog.store.pooled import open_pooled

    return Database(await open_pooled(url), sqlite=False)


def places(count: int, *, first: int = 1) -> str:
    """The placeholders for a list of so many values: $1, $2, $3."""
    return ", ".join(f"${place}" for place in range(first, first + count))


def unindexed(column: str) -> str:
    """A column for whose value no index is looked through.

    PostgreSQL knows how many rows have a value by what it has seen when it looked last. When
    thousands have come since, it takes a state that most rows have for one that hardly any has.
    """
    return f"({column} || '')"


def containing(text: str) -> str:
    """A pattern for LIKE, with ! before what would be one, for what contains a text, lower case."""
    escaped = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


@lru_cache(maxsize=1024)
def _spell(sql: str, sqlite: bool) -> str:
    """SQLite counts $n by first appearance and ?n by number; we always mean the number."""
    return re.sub(r"\$(\d+)", r"?\1", sql) if sqlite else sql
