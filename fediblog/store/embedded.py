"""SQLite, within the process: one connection writes, one reads, and one answers what takes long.

Statements run at once, in the event loop's own thread: to hand one to another thread and back costs
many times what finding a few rows does. What has to wait, for the disk or for another process, and
what is known to take long has a thread of its own.

Transactions that wait for each other share one commit. Each is a savepoint, so one that fails takes
nothing of the others with it; all of them are told that they have ended once it is on disk.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from fediblog.errors import StoreError, TooSlow, Unavailable

_BUSY_MS = 5000
_STATEMENTS = 1024
#: Every commit is on disk before it is answered; one connection checkpoints.
_WRITING = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "journal_size_limit = 67108864",
)
_READING = ("query_only = ON", "wal_autocheckpoint = 0", f"busy_timeout = {_BUSY_MS}")

Rows = list[dict[str, Any]]
Result = TypeVar("Result")


class EmbeddedEngine:
    """The three connections to one file. Make one with `open_embedded`."""

    def __init__(self, path: Path) -> None:
        self.writer = _Writer(_connect(path, _WRITING))
        self.reader = _connect(path, _READING)
        self._searcher = _connect(path, _READING)
        self._thread = ThreadPoolExecutor(1, "fediblog-reads")

    async def rows(self, sql: str, values: Sequence[Any]) -> Rows:
        """Every row of an answer, as of the last commit. Raises Unavailable."""
        try:
            return _run(self.reader, sql, values)[0]
        except sqlite3.Error as error:
            raise Unavailable(detail=f"the database cannot answer: {error}") from error

    async def rows_within(self, seconds: float, sql: str, values: Sequence[Any]) -> Rows:
        """As `rows`, for what may take long, one at a time: nobody who asks in another way waits.
        Raises TooSlow if it takes longer than so many seconds."""
        loop = asyncio.get_running_loop()
        asked = loop.run_in_executor(self._thread, _run, self._searcher, sql, values)
        try:
            while not (await asyncio.wait({asked}, timeout=seconds))[0]:
                # More than once, for what the thread has yet to begin is not interrupted.
                self._searcher.interrupt()
            return asked.result()[0]
        except sqlite3.Error as error:
            if _code(error) == sqlite3.SQLITE_INTERRUPT:
                raise TooSlow(detail=f"interrupted after {seconds} s") from error
            raise Unavailable(detail=f"the database cannot answer: {error}") from error
        finally:
            if not asked.done():
                self._searcher.interrupt()
                await asyncio.wait({asked})

    def transaction(
        self, *, at_length: bool = False
    ) -> AbstractAsyncContextManager["EmbeddedTransaction"]:
        """A transaction, which is on disk when its block is left, or undone by an exception.

        at_length: a statement of it may take long, so each is run by the thread. Raises
        Unavailable when the database cannot be written.
        """
        return self.writer.transaction(at_length=at_length)

    async def close(self) -> None:
        """Let what is under way end, and close every connection."""
        await self.writer.close()
        self._thread.shutdown()
        self.reader.close()
        self._searcher.close()


class EmbeddedTransaction:
    """What the block of a transaction asks; see `EmbeddedEngine.transaction`."""

    def __init__(self, writer: "_Writer", *, at_length: bool) -> None:
        self._writer = writer
        self._at_length = at_length

    async def rows(self, sql: str, values: Sequence[Any]) -> Rows:
        """Every row of an answer, or of what a RETURNING clause gives back."""
        return (await self._do(_run, sql, values))[0]

    async def execute(self, sql: str, values: Sequence[Any]) -> int:
        """Run a statement; how many rows it has changed."""
        return (await self._do(_run, sql, values))[1]

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values."""
        await self._do(sqlite3.Connection.executemany, sql, rows)

    async def _do(
        self, work: Callable[[sqlite3.Connection, str, Any], Result], sql: str, values: Any
    ) -> Result:
        connection = self._writer.connection
        if not connection.in_transaction:
            # SQLite has undone it by itself: this would be written without the rest of it.
            raise Unavailable(detail="the database has undone the transaction")
        try:
            if self._at_length:
                return await self._writer.aside(work, connection, sql, values)
            return work(connection, sql, values)
        except sqlite3.OperationalError as error:
            raise _told(error) from error


class _Group:
    """Transactions that share a commit. ended: is set once they are on disk, or cannot be."""

    def __init__(self) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(self, error: BaseException | None) -> None:
        """Let everybody in it go on."""
        if self.ended.done():
            return
        if error is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(_told(error))
            # Nobody may be waiting: the only one in it may have failed by itself.
            self.ended.exception()


class _Writer:
    """The connection that writes, for one transaction at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._turn = asyncio.Lock()
        self._group: _Group | None = None
        self._thread = ThreadPoolExecutor(1, "fediblog-writes")
        self._ending: set[asyncio.Task[None]] = set()

    async def aside(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """Have the thread do something; whatever happens, it is through afterwards."""
        loop = asyncio.get_running_loop()
        return await _through(loop.run_in_executor(self._thread, work, *arguments))

    @asynccontextmanager
    async def transaction(self, *, at_length: bool) -> AsyncIterator[EmbeddedTransaction]:
        """See `EmbeddedEngine.transaction`."""
        async with self._turn:
            if at_length and self._group is not None:
                # Nobody else's commit has to wait for this one.
                await self._commit(self._group)
            group = self._group or await self._begin()
            self.connection.execute("SAVEPOINT own")
            try:
                yield EmbeddedTransaction(self, at_length=at_length)
                self.connection.execute("RELEASE own")
            except BaseException as error:
                self._undo(group, error)
                raise
        await _through(group.ended)

    async def _begin(self) -> _Group:
        """Begin with the lock for writing: a transaction that reads first and asks for it later
        fails at once if another process has written in between, whatever its patience."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY:
                raise _told(error) from error
            await self._wait_and_begin()
        group = self._group = _Group()
        # It gets its turn behind all who wait for theirs already: these are in the group too.
        task = asyncio.create_task(self._end(group))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return group

    async def _wait_and_begin(self) -> None:
        """Another process writes, as a command does, and only the thread may wait for it."""
        try:
            await self.aside(self.connection.execute, f"PRAGMA busy_timeout = {_BUSY_MS}")
            await self.aside(self.connection.execute, "BEGIN IMMEDIATE")
        except BaseException as error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                raise _told(error) from error
            raise
        finally:
            self.connection.execute("PRAGMA busy_timeout = 0")

    async def _end(self, group: _Group) -> None:
        try:
            async with self._turn:
                if self._group is group:
                    await self._commit(group)
        except asyncio.CancelledError as error:
            group.end(error)
            raise

    async def _commit(self, group: _Group) -> None:
        self._group = None
        loop = asyncio.get_running_loop()
        committed = loop.run_in_executor(self._thread, self._commit_or_undo)
        # Also told if this task is cancelled, for it happens all the same.
        committed.add_done_callback(lambda _: group.end(committed.exception()))
        with suppress(sqlite3.Error):
            await _through(committed)

    def _commit_or_undo(self) -> None:
        try:
            self.connection.commit()
        except sqlite3.Error:
            self.connection.rollback()
            raise

    def _undo(self, group: _Group, error: BaseException) -> None:
        """Undo one transaction; or tell all of its group that they are undone, which SQLite does
        by itself after some errors, as when the disk is full."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK TO own")
            self.connection.execute("RELEASE own")
        else:
            self._group = None
            group.end(error)

    async def close(self) -> None:
        """Let every transaction end, and close the connection."""
        while self._ending:
            await asyncio.wait(self._ending)
        self._thread.shutdown()
        self.connection.close()


async def open_embedded(path: Path) -> EmbeddedEngine:
    """Connect to a file that is there. Raises StoreError when it is no database."""
    try:
        engine = EmbeddedEngine(path)
        await engine.rows("SELECT 1", ())
    except (sqlite3.Error, OSError, Unavailable) as error:
        raise StoreError(f"The database cannot be opened: {error}.") from error
    return engine


def sqlite_path(url: str) -> Path:
    """The file of an embedded database."""
    return Path(url.removeprefix("sqlite://"))


def _connect(path: Path, pragmas: Sequence[str]) -> sqlite3.Connection:
    """A connection that several threads may use, one after the other."""
    connection = sqlite3.connect(
        path,
        timeout=0,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=_STATEMENTS,
    )
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _run(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> tuple[Rows, int]:
    """Every row, and how many rows were changed."""
    cursor = connection.execute(sql, values)
    found = cursor.fetchall()
    if not found:
        return [], cursor.rowcount
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in found], cursor.rowcount


async def _through(under_way: asyncio.Future[Result]) -> Result:
    """The result of something that cannot be called back, and is waited for even by who is
    cancelled: it may use a connection that the next one is about to use."""
    cancelled: asyncio.CancelledError | None = None
    while not under_way.done():
        try:
            await asyncio.wait({under_way})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    return under_way.result()


def _code(error: sqlite3.Error) -> int:
    """The kind of an error, without what the extended code adds to it."""
    return error.sqlite_errorcode & 0xFF


def _told(error: BaseException) -> BaseException:
    """A database that is busy, full or broken is a reason to come back later; a statement that is
    wrong is none."""
    if isinstance(error, sqlite3.OperationalError) and _code(error) == sqlite3.SQLITE_ERROR:
        return error
    return Unavailable(detail=f"the database cannot be written: {error}")
