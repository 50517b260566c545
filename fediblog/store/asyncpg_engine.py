"""Tortoise's PostgreSQL engine with transactions that always give their connection back.

Tortoise's own context takes a connection from the pool and keeps it for ever when the transaction
cannot begin on it, as after a restart of the database. Tortoise finds the engine by this module's
`client_class`, and its migrations want "asyncpg" in the module's name.
"""

from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections

from fediblog.errors import Unavailable

_ACQUIRE_SECONDS = 10.0
#: How a connection fails that has ended; the last one when it does not know so yet.
_BROKEN = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
#: How a statement fails when the database is going, gone, full, or a copy that may only be read.
_AWAY = (
    ConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
)


class ReturningContext(TransactionContextPooled):
    """The block of a transaction: a connection that fails at its start goes back at once."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        pool = self.client._parent._pool
        try:
            self.client._connection = await pool.acquire(timeout=_ACQUIRE_SECONDS)
        except (TimeoutError, *_BROKEN) as error:
            raise Unavailable(detail=f"the database cannot be reached: {error}") from error
        try:
            await self.client.begin()
        except BaseException as error:
            await pool.release(self.client._connection)
            if isinstance(error, _BROKEN):
                raise Unavailable(detail=f"no transaction can begin: {error}") from error
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            await super().__aexit__(exc_type, exc_val, exc_tb)
        except BaseException as error:
            raise _told(error) from error
        if exc_val is not None and (told := _told(exc_val)) is not exc_val:
            raise told from exc_val


class ReturningClient(AsyncpgDBClient):
    """A pool whose transactions never leak a connection."""

    def _in_transaction(self) -> TransactionContext:
        return ReturningContext(TransactionWrapper(self), self._pool_init_lock)


def _told(error: BaseException) -> BaseException:
    """A database that is away is a reason to come back later; Tortoise wraps some such errors."""
    for each in (error, error.__cause__):
        if isinstance(each, _AWAY) and not isinstance(each, asyncpg.QueryCanceledError):
            return Unavailable(detail=f"the database cannot be written: {each}")
    return error


client_class = ReturningClient
