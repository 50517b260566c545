"""Tortoise's SQLite engine with BEGIN IMMEDIATE.

A deferred transaction that reads first and writes later fails at once with "database is locked"
when another connection wrote in between, whatever the busy timeout. Tortoise finds the engine by
this module's `client_class`, and its migrations want "sqlite" in the module's name.
"""

from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock when it begins."""

    async def begin(self) -> None:
        """Begin, waiting up to the busy timeout for another writer."""
        await self._connection.execute("BEGIN IMMEDIATE")


class ImmediateClient(SqliteClient):
    """A connection whose transactions are immediate."""

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(ImmediateTransaction(self), self._lock)


client_class = ImmediateClient
