"""Signed-in browsers."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction

_COLUMNS = "id, csrf, created_at, used_at, browser, address, confirmed_at"


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser: csrf is the token that its forms carry. Times are ms.

    browser: in words; address: from where it was seen last; both are empty for one that was signed
    in before they were kept. confirmed_at: when it was last shown that the author sits there.
    """

    id: int
    csrf: str
    created_at: int
    used_at: int
    browser: str
    address: str
    confirmed_at: int


async def get_session(
    db: Queries, token_hash: str, *, used_after: int, begun_after: int
) -> Session | None:
    """The session with this token's hash, if it was used and began since the given times (ms)."""
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM session WHERE token_hash = $1 AND used_at > $2 "
        "AND created_at > $3",
        token_hash,
        used_after,
        begun_after,
    )
    return Session(**rows[0]) if rows else None


async def list_sessions(
    db: Queries, *, used_after: int, begun_after: int, limit: int
) -> Sequence[Session]:
    """Sessions that were used and began since the given times (ms), the one that was used last
    first."""
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM session WHERE used_at > $1 AND created_at > $2 "
        "ORDER BY used_at DESC, id DESC LIMIT $3",
        used_after,
        begun_after,
        limit,
    )
    return [Session(**row) for row in rows]


async def add_session(
    tx: Transaction, token_hash: str, csrf: str, *, browser: str, address: str, now: int
) -> None:
    """Sign a browser in."""
    await tx.execute(
        "INSERT INTO session "
        "(token_hash, csrf, created_at, used_at, browser, address, confirmed_at) "
        "VALUES ($1, $2, $3, $3, $4, $5, $3)",
        token_hash,
        csrf,
        now,
        browser,
        address,
    )


async def set_used(tx: Transaction, session_id: int, address: str, now: int) -> None:
    """Note that the session is in use, and from where."""
    await tx.execute(
        "UPDATE session SET used_at = $1, address = $2 WHERE id = $3", now, address, session_id
    )


async def set_confirmed(tx: Transaction, session_id: int, token_hash: str, now: int) -> None:
    """Note that the author sits there, and let the session go on under another token."""
    await tx.execute(
        "UPDATE session SET token_hash = $1, confirmed_at = $2 WHERE id = $3",
        token_hash,
        now,
        session_id,
    )


async def remove_session(tx: Transaction, token_hash: str) -> None:
    """Sign one browser out."""
    await tx.execute("DELETE FROM session WHERE token_hash = $1", token_hash)


async def remove_session_by_number(tx: Transaction, session_id: int) -> None:
    """Sign one browser out, from another one."""
    await tx.execute("DELETE FROM session WHERE id = $1", session_id)


async def remove_other_sessions(tx: Transaction, session_id: int) -> None:
    """Sign every browser out but this one."""
    await tx.execute("DELETE FROM session WHERE id <> $1", session_id)


async def remove_all_sessions(tx: Transaction) -> None:
    """Sign every browser out, as a new password must."""
    await tx.execute("DELETE FROM session")


async def prune_sessions(tx: Transaction, *, used_before: int, begun_before: int) -> None:
    """Forget those that have ended, for want of use or with their time (ms)."""
    await tx.execute(
        "DELETE FROM session WHERE used_at <= $1 OR created_at <= $2", used_before, begun_before
    )
