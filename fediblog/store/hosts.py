"""Remote servers: how they do, and whether they are welcome."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction


@dataclass(frozen=True, slots=True)
class Host:
    """One server. not_before (ms): nothing is sent to it until then."""

    authority: str
    failures: int
    not_before: int
    last_ok: int | None
    last_answer: str
    blocked: bool


async def is_blocked(db: Queries, authority: str) -> bool:
    """Whether nothing is taken from this server."""
    rows = await db.rows("SELECT blocked FROM host WHERE authority = $1", authority)
    return bool(rows and rows[0]["blocked"])


async def set_blocked(tx: Transaction, authority: str, blocked: bool) -> None:
    """Block a server, or take it back."""
    await tx.execute(
        "INSERT INTO host (authority, failures, not_before, last_answer, blocked) "
        "VALUES ($1, 0, 0, '', $2) "
        "ON CONFLICT (authority) DO UPDATE SET blocked = excluded.blocked",
        authority,
        blocked,
    )


async def list_blocked(db: Queries) -> Sequence[str]:
    """The blocked servers, by name."""
    rows = await db.rows("SELECT authority FROM host WHERE blocked ORDER BY authority")
    return [str(row["authority"]) for row in rows]


async def get_failures(db: Queries, authority: str) -> int:
    """How often in a row the server could not be reached."""
    rows = await db.rows("SELECT failures FROM host WHERE authority = $1", authority)
    return int(rows[0]["failures"]) if rows else 0


async def set_reached(tx: Transaction, authority: str, now: int) -> None:
    """It answered: it is well."""
    await tx.execute(
        "INSERT INTO host (authority, failures, not_before, last_ok, last_answer, blocked) "
        "VALUES ($1, 0, 0, $2, '', $3) "
        "ON CONFLICT (authority) DO UPDATE SET failures = 0, not_before = 0, "
        "last_ok = excluded.last_ok, last_answer = ''",
        authority,
        now,
        False,
    )


async def set_failed(
    tx: Transaction, authority: str, *, failures: int, not_before: int, answer: str
) -> None:
    """It failed once more; nothing is sent to it before not_before (ms)."""
    await tx.execute(
        "INSERT INTO host (authority, failures, not_before, last_answer, blocked) "
        "VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (authority) DO UPDATE SET failures = excluded.failures, "
        "not_before = excluded.not_before, last_answer = excluded.last_answer",
        authority,
        failures,
        not_before,
        answer,
        False,
    )


async def list_with_scheme(db: Queries, scheme: str, *, limit: int) -> Sequence[str]:
    """The servers that take signatures in this way, those first that were well most recently."""
    rows = await db.rows(
        "SELECT authority FROM host WHERE scheme = $1 ORDER BY COALESCE(last_ok, 0) DESC LIMIT $2",
        scheme,
        limit,
    )
    return [str(row["authority"]) for row in rows]


async def set_scheme(tx: Transaction, authority: str, scheme: str) -> None:
    """Note in which way a server took a signature."""
    await tx.execute(
        "INSERT INTO host (authority, failures, not_before, last_answer, blocked, scheme) "
        "VALUES ($1, 0, 0, '', $2, $3) "
        "ON CONFLICT (authority) DO UPDATE SET scheme = excluded.scheme",
        authority,
        False,
        scheme,
    )
