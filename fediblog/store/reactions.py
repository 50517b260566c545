"""Likes and announces of posts and replies: one per actor, kind and target."""

from collections.abc import Mapping

from fediblog.store.database import Queries, Transaction


async def set_reaction(
    tx: Transaction,
    *,
    actor_id: int,
    kind: str,
    target: tuple[str, int],
    target_uri: str,
    activity_id: str,
    now: int,
) -> None:
    """Keep a reaction. kind: like or announce; target: ("post" or "reply", row number)."""
    await tx.execute(
        "INSERT INTO reaction (actor_id, kind, target_kind, target_id, target_uri, activity_id, "
        "received_at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
        "ON CONFLICT (actor_id, kind, target_kind, target_id, emoji) "
        "DO UPDATE SET activity_id = excluded.activity_id",
        actor_id,
        kind,
        *target,
        target_uri,
        activity_id,
        now,
    )


async def remove_reaction(
    tx: Transaction, *, actor_id: int, activity_id: str, kind: str, target_uri: str
) -> bool:
    """Undo a reaction, found by its activity's id or by kind and target (G6); whether there was."""
    rows = await tx.rows(
        "DELETE FROM reaction WHERE actor_id = $1 AND (activity_id = $2 "
        "OR (kind = $3 AND target_uri = $4)) RETURNING id",
        actor_id,
        activity_id,
        kind,
        target_uri,
    )
    return bool(rows)


async def remove_reactions_of(tx: Transaction, actor_id: int) -> None:
    """Forget what an actor that was deleted has liked and announced."""
    await tx.execute("DELETE FROM reaction WHERE actor_id = $1", actor_id)


async def count_reactions(db: Queries, target: tuple[str, int]) -> Mapping[str, int]:
    """How many of each kind a target has."""
    rows = await db.rows(
        "SELECT kind, count(*) AS n FROM reaction WHERE target_kind = $1 AND target_id = $2 "
        "GROUP BY kind",
        *target,
    )
    return {str(row["kind"]): int(row["n"]) for row in rows}
