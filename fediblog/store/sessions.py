"""Signed-in browsers."""

from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser: csrf is the token that its forms carry."""

    id: int
    csrf: str
    used_at: int


async def get_session(db: Queries, token_hash: str, *, used_after: int) -> Session | None:
    """The session with this token's hash, if it was used since the given time (ms)."""
    rows = await db.rows(
        "SELECT id, csrf, used_at FROM session WHERE token_hash = $1 AND used_at > $2",
        token_hash,
        used_after,
    )
    return Session(**rows[0]) if rows else None


async def add_session(tx: Transaction, token_hash: str, csrf: str, now: int) -> None:
    """Sign a browser in."""
    await tx.execute(
        "INSERT INTO session (token_hash, csrf, created_at, used_at) VALUES ($1, $2, $3, $3)",
        token_hash,
        csrf,
        now,
    )


async def set_used(tx: Transaction, session_id: int, now: int) -> None:
    """Note that the session is in use."""
    await tx.execute("UPDATE session SET used_at = $1 WHERE id = $2", now, session_id)


async def remove_session(tx: Transaction, token_hash: str) -> None:
    """Sign one browser out."""
    await tx.execute("DELETE FROM session WHERE token_hash = $1", token_hash)


async def remove_all_sessions(tx: Transaction) -> None:
    """Sign every browser out, as a new password must."""
    await tx.execute("DELETE FROM session")
