"""Ids of what was deleted, and by whom: they outlive everything else about it."""

import hashlib

from fediblog.store.database import Queries, Transaction


async def hold_id(tx: Transaction, uri: str) -> None:
    """Have nobody else take what has this id, nor its Delete, before the transaction ends: of two
    at once neither would see the other. To be called before anything else is locked."""
    await tx.hold(f"id {uri}")


async def is_deleted(db: Queries, uri: str, actor_uri: str) -> bool:
    """Whether this actor's Delete of this id has come; anybody else's counts for nothing."""
    rows = await db.rows("SELECT 1 AS one FROM tombstone WHERE mark = $1", _mark(uri, actor_uri))
    return bool(rows)


async def get_deleted_at(db: Queries, uri: str) -> int | None:
    """When something of ours was deleted (ms)."""
    rows = await db.rows("SELECT deleted_at FROM tombstone WHERE uri = $1", uri)
    return int(rows[0]["deleted_at"]) if rows else None


async def add_tombstone(tx: Transaction, uri: str, actor_uri: str, now: int) -> None:
    """Remember that this actor has deleted this id."""
    await tx.execute(
        "INSERT INTO tombstone (mark, uri, deleted_at) VALUES ($1, $2, $3) "
        "ON CONFLICT (mark) DO NOTHING",
        _mark(uri, actor_uri),
        uri,
        now,
    )


def _mark(uri: str, actor_uri: str) -> str:
    """Two addresses together may be longer than what PostgreSQL keeps in an index."""
    return hashlib.sha256(f"{uri} {actor_uri}".encode()).hexdigest()
