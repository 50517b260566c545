"""Remote servers: how they do."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction
from fediblog.store.rules import not_rejected


@dataclass(frozen=True, slots=True)
class Host:
    """One server. not_before (ms): nothing is sent to it until then."""

    authority: str
    failures: int
    not_before: int
    last_ok: int | None
    last_answer: str


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody on a server that answered lately. uri: an actor's id."""

    authority: str
    uri: str


async def get_failures(db: Queries, authority: str) -> int:
    """How often in a row the server could not be reached."""
    rows = await db.rows("SELECT failures FROM host WHERE authority = $1", authority)
    return int(rows[0]["failures"]) if rows else 0


async def set_reached(tx: Transaction, authority: str, now: int) -> None:
    """It answered: it is well."""
    await tx.execute(
        "INSERT INTO host (authority, failures, not_before, last_ok, last_answer) "
        "VALUES ($1, 0, 0, $2, '') "
        "ON CONFLICT (authority) DO UPDATE SET failures = 0, not_before = 0, "
        "last_ok = excluded.last_ok, last_answer = '', strikes = 0, struck_since = NULL, "
        "struck_at = NULL",
        authority,
        now,
    )


async def set_failed(
    tx: Transaction, authority: str, *, failures: int, not_before: int, answer: str
) -> None:
    """It failed once more; nothing is sent to it before not_before (ms)."""
    await tx.execute(
        "INSERT INTO host (authority, failures, not_before, last_answer) "
        "VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (authority) DO UPDATE SET failures = excluded.failures, "
        "not_before = excluded.not_before, last_answer = excluded.last_answer",
        authority,
        failures,
        not_before,
        answer,
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
        "INSERT INTO host (authority, failures, not_before, last_answer, scheme) "
        "VALUES ($1, 0, 0, '', $2) "
        "ON CONFLICT (authority) DO UPDATE SET scheme = excluded.scheme",
        authority,
        scheme,
    )


async def get_strikes(db: Queries, authority: str) -> tuple[int, int, int]:
    """How often a server was struck, first and last when (ms); zeros for never."""
    rows = await db.rows(
        "SELECT strikes, struck_since, struck_at FROM host WHERE authority = $1 "
        "AND struck_since IS NOT NULL AND struck_at IS NOT NULL",
        authority,
    )
    if not rows:
        return 0, 0, 0
    return int(rows[0]["strikes"]), int(rows[0]["struck_since"]), int(rows[0]["struck_at"])


async def set_strikes(
    tx: Transaction, authority: str, strikes: int, *, since: int, at: int
) -> None:
    """Note how often a server that has failed was struck, first and last when (ms)."""
    await tx.execute(
        "UPDATE host SET strikes = $1, struck_since = $2, struck_at = $3 WHERE authority = $4",
        strikes,
        since,
        at,
        authority,
    )


async def set_alive(tx: Transaction, authority: str, arrival_id: int) -> None:
    """A server has sent something itself: its strikes are taken back. What somebody else passed on
    (a pointer) says nothing of it."""
    await tx.execute(
        "UPDATE host SET strikes = 0, struck_since = NULL, struck_at = NULL "
        "WHERE authority = $1 AND strikes > 0 AND NOT EXISTS "
        "(SELECT 1 FROM arrival WHERE id = $2 AND pointer)",
        authority,
        arrival_id,
    )


async def is_any_reached(db: Queries, *, since: int, but: str) -> bool:
    """Whether any other server has answered since then (ms)."""
    return bool(
        await db.rows(
            "SELECT 1 AS one FROM host WHERE last_ok >= $1 AND authority <> $2 LIMIT 1", since, but
        )
    )


async def get_witness(db: Queries, *, but: str) -> Witness | None:
    """Somebody on the other server that answered last, and has not failed since."""
    rows = await db.rows(
        "SELECT a.authority, a.uri FROM host h JOIN actor a ON a.authority = h.authority "
        "WHERE h.authority <> $1 AND h.last_ok IS NOT NULL AND h.failures = 0 "
        f"AND {not_rejected('h.authority')} AND a.gone_at IS NULL "
        "ORDER BY h.last_ok DESC, a.id LIMIT 1",
        but,
    )
    return Witness(**rows[0]) if rows else None
