"""Tortoise's PostgreSQL engine with transactions that always give their connection back.

Tortoise's own context takes a connection from the pool and keeps it for ever when the transaction
cannot begin on it, as after a restart of the database. Tortoise finds the engine by this module's
`client_class`, and its migrations want "asyncpg" in the module's name.
"""

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


class ReturningClient(AsyncpgDBClient):
    """A pool whose transactions never leak a connection."""

    def _in_transaction(self) -> TransactionContext:
        return ReturningContext(TransactionWrapper(self), self._pool_init_lock)


client_class = ReturningClient
