"""Ids of what was deleted: they outlive everything else about it."""

from fediblog.store.database import Queries, Transaction


async def is_deleted(db: Queries, uri: str) -> bool:
    """Whether a Delete of this id has come."""
    return bool(await db.rows("SELECT 1 AS one FROM tombstone WHERE uri = $1", uri))


async def get_deleted_at(db: Queries, uri: str) -> int | None:
    """When a Delete of this id came, or was sent (ms)."""
    rows = await db.rows("SELECT deleted_at FROM tombstone WHERE uri = $1", uri)
    return int(rows[0]["deleted_at"]) if rows else None


async def add_tombstone(tx: Transaction, uri: str, now: int) -> None:
    """Remember that this id was deleted."""
    await tx.execute(
        "INSERT INTO tombstone (uri, deleted_at) VALUES ($1, $2) ON CONFLICT (uri) DO NOTHING",
        uri,
        now,
    )
