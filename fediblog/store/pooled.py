"""PostgreSQL: connections that are shared, each by one at a time.

A connection that cannot begin a transaction, as after a restart of the database, goes back at once
and is made anew for the next one. A database that says nothing any more, as when a network is cut,
is away after a while; none of the connections from before is then used again, as each would have to
be waited for.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import asyncpg

from fediblog.errors import StoreError, TooSlow, Unavailable

Rows = list[dict[str, Any]]
Result = TypeVar("Result")

_ACQUIRE_SECONDS = 10.0
#: How long a statement may take, and one that may write many rows. The first also bounds the wait
#: for a statement to be cancelled, which is of no use either when nobody answers.
_ANSWER_SECONDS = 10.0
_ANSWER_AT_LENGTH_SECONDS = 120.0
_CLOSE_SECONDS = 10.0
#: For the other side, in ms: who waits for a lock is told so before that is taken for silence, and
#: what a connection holds that is not heard of any more is let go.
_SETTINGS = {
    "lock_timeout": "8000",
    "idle_in_transaction_session_timeout": "120000",
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
_FEWEST, _MOST = 1, 10
#: How a database fails that cannot be reached, or is ending, full, or in a deadlock; the first four
#: also when a connection does not know yet that it has ended.
_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
)
#: Whatever a connection can fail with.
ERRORS = (*_AWAY, asyncpg.PostgresError)


class PooledEngine:
    """A pool of connections. Make one with `open_pooled`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def rows(self, sql: str, values: Sequence[Any]) -> Rows:
        """Every row of an answer, as of the last commit. Raises Unavailable."""
        connection = await self._connection()
        try:
            return list(map(dict, await connection.fetch(sql, *values)))
        except ERRORS as error:
            await self._note_silence(error)
            raise Unavailable(detail=f"the database cannot answer: {error!r}") from error
        finally:
            await self._give_back(connection)

    async def rows_within(self, seconds: float, sql: str, values: Sequence[Any]) -> Rows:
        """As `rows`, for what may take long. Raises TooSlow if it takes longer than so many
        seconds."""
        try:
            async with self.transaction() as tx:
                await tx.execute(f"SET LOCAL statement_timeout = {round(seconds * 1000)}", ())
                return await tx.rows(sql, values)
        except Unavailable as error:
            if isinstance(error.__cause__, asyncpg.QueryCanceledError):
                raise TooSlow(detail=f"cancelled after {seconds} s") from error
            raise
        except ERRORS as error:
            raise Unavailable(detail=f"the database cannot answer: {error}") from error

    @asynccontextmanager
    async def transaction(self, *, at_length: bool = False) -> AsyncIterator["PooledTransaction"]:
        """A transaction, committed when its block is left, or undone by an exception. Raises
        Unavailable when the database cannot be reached or takes nothing.

        at_length: nobody waits for a connection that is busy, but a statement may take longer.
        """
        connection = await self._connection()
        try:
            transaction = connection.transaction()
            await _told(transaction.start())
            try:
                yield PooledTransaction(
                    connection, _ANSWER_AT_LENGTH_SECONDS if at_length else _ANSWER_SECONDS
                )
            except BaseException:
                await _undo(transaction)
                raise
            await _told(transaction.commit())
        except Unavailable as error:
            await self._note_silence(error.__cause__)
            raise
        finally:
            await self._give_back(connection)

    async def _connection(self) -> Any:
        """One of the pool's. That all of them are in use for long says nothing of the database."""
        try:
            return await self.pool.acquire(timeout=_ACQUIRE_SECONDS)
        except ERRORS as error:
            raise Unavailable(detail=f"the database cannot be reached: {error!r}") from error

    async def _give_back(self, connection: Any) -> None:
        with suppress(*ERRORS):
            await self.pool.release(connection)

    async def _note_silence(self, error: BaseException | None) -> None:
        """Make all connections anew if this one had no answer."""
        if isinstance(error, TimeoutError):
            await self.pool.expire_connections()

    async def close(self) -> None:
        """Close every connection, also one that is kept."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()


class PooledTransaction:
    """What the block of a transaction asks. seconds: how long a statement may take."""

    def __init__(self, connection: Any, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds

    async def rows(self, sql: str, values: Sequence[Any]) -> Rows:
        """Every row of an answer, or of what a RETURNING clause gives back."""
        answer = await _told(self._connection.fetch(sql, *values, timeout=self._seconds))
        return list(map(dict, answer))

    async def execute(self, sql: str, values: Sequence[Any]) -> int:
        """Run a statement; how many rows it has changed, 0 for what changes none."""
        status = await _told(self._connection.execute(sql, *values, timeout=self._seconds))
        number = status.rpartition(" ")[2]
        return int(number) if number.isdigit() else 0

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values."""
        await _told(self._connection.executemany(sql, rows, timeout=self._seconds))


async def open_pooled(url: str) -> PooledEngine:
    """Connect. Raises StoreError when there is no such database, or it lets us in no further."""
    try:
        pool = await asyncpg.create_pool(
            **credentials(url),
            min_size=_FEWEST,
            max_size=_MOST,
            timeout=_ACQUIRE_SECONDS,
            command_timeout=_ANSWER_SECONDS,
            server_settings=_SETTINGS,
        )
    except ERRORS as error:
        raise StoreError(f"The database cannot be opened: {str(error) or 'no answer'}.") from error
    return PooledEngine(pool)


async def connect_postgres(url: str, name: str = "") -> asyncpg.Connection:
    """A connection of one's own. name: by which the database lists it. Raises one of ERRORS."""
    return await asyncpg.connect(**credentials(url), server_settings={"application_name": name})


@asynccontextmanager
async def postgres_connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of one's own, for work on whole tables. Raises one of ERRORS."""
    connection = await connect_postgres(url)
    try:
        yield connection
    finally:
        await connection.close()


def credentials(url: str) -> dict[str, Any]:
    """What a URL says: host, port, user, password and database."""
    parts = urlsplit(url)
    return {
        "host": parts.hostname,
        "port": parts.port or 5432,
        "user": unquote(parts.username or "") or None,
        "password": unquote(parts.password or "") or None,
        "database": unquote(parts.path.removeprefix("/")),
    }


async def _told(answer: Awaitable[Result]) -> Result:
    """The answer of the driver. A database that is away is a reason to come back later; a statement
    that is wrong is none."""
    try:
        return await answer
    except _AWAY as error:
        if isinstance(error, ValueError):
            # The driver's word for a value that no column can have.
            raise
        raise Unavailable(detail=f"the database cannot be written: {error!r}") from error


async def _undo(transaction: Any) -> None:
    """What cannot be undone by a word is undone with its connection."""
    with suppress(*ERRORS):
        await transaction.rollback()
