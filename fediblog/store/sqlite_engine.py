"""Tortoise's SQLite engine with transactions that begin with the write lock and always end.

A deferred transaction that reads first and writes later fails at once with "database is locked"
when another connection wrote in between, whatever the busy timeout. And Tortoise's own context
keeps its lock for ever when a transaction cannot begin. Tortoise finds the engine by this module's
`client_class`, and its migrations want "sqlite" in the module's name.
"""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections

from fediblog.errors import TooSlow, Unavailable


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock when it begins."""

    async def begin(self) -> None:
        """Begin, waiting up to the busy timeout for another writer."""
        await self._connection.execute("BEGIN IMMEDIATE")

    async def undo(self) -> None:
        """Roll back whatever is under way, also a statement that the driver has yet to run."""
        with suppress(sqlite3.Error):
            await asyncio.shield(self._connection.rollback())


class ImmediateContext(SqliteTransactionContext):
    """The block of a transaction: whatever happens, its lock is released at its end."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException as error:
            try:
                await self.connection.undo()
            finally:
                self._trxlock.release()
            raise _told(error) from error
        self.token = get_connections().set(self.connection_name, self.connection)
        transaction: TransactionalDBClient = self.connection
        return transaction

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            if exc_type is None:
                await self.connection.commit()
            else:
                await self.connection.undo()
        except BaseException as error:
            await self.connection.undo()
            raise _told(error) from error
        finally:
            get_connections().reset(self.token)
            self._trxlock.release()


class ImmediateClient(SqliteClient):
    """A connection whose transactions are immediate."""

    def _in_transaction(self) -> TransactionContext:
        return ImmediateContext(ImmediateTransaction(self), self._lock)

    async def rows_within(
        self, seconds: float, query: str, values: Sequence[Any]
    ) -> Sequence[Mapping[str, Any]]:
        """Every row of an answer. Raises TooSlow if it takes longer than so many seconds."""
        async with self.acquire_connection() as connection:
            asked = asyncio.ensure_future(connection.execute_fetchall(query, values))
            # More than once, for what the driver has yet to begin is not interrupted.
            while not (await asyncio.wait({asked}, timeout=seconds))[0]:
                await connection.interrupt()
            try:
                return [dict(row) for row in await asked]
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                    raise TooSlow(detail=f"interrupted after {seconds} s") from error
                raise


def _told(error: BaseException) -> BaseException:
    """A database that is busy, full or broken is a reason to come back later."""
    if isinstance(error, sqlite3.Error):
        return Unavailable(detail=f"the database cannot be written: {error}")
    return error


client_class = ImmediateClient
