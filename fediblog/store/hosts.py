"""Remote servers: how they do."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction, places
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
class Standing:
    """How often in a row a server could not be reached; how often it was struck, first and last
    when (ms), with zeros for never."""

    failures: int
    strikes: int
    struck_since: int
    struck_at: int


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody on a server that answered lately. uri: an actor's id."""

    authority: str
    uri: str


async def list_standing(db: Queries, authorities: Collection[str]) -> Mapping[str, Standing]:
    """How servers stand, by authority; of one that is not known, that it never failed."""
    rows = await db.rows(
        "SELECT authority, failures, strikes, struck_since, struck_at FROM host "
        f"WHERE authority IN ({places(len(authorities))})",
        *authorities,
    )
    known = {
        str(row["authority"]): Standing(
            row["failures"],
            row["strikes"],
            row["struck_since"] or 0,
            row["struck_at"] or 0,
        )
        for row in rows
    }
    return {authority: known.get(authority, Standing(0, 0, 0, 0)) for authority in authorities}


async def set_reached(tx: Transaction, authorities: Iterable[str], now: int) -> None:
    """They answered: they are well."""
    await tx.execute_many(
        "INSERT INTO host (authority, failures, not_before, last_ok, last_answer) "
        "VALUES ($1, 0, 0, $2, '') "
        "ON CONFLICT (authority) DO UPDATE SET failures = 0, not_before = 0, "
        "last_ok = excluded.last_ok, last_answer = '', strikes = 0, struck_since = NULL, "
        "struck_at = NULL",
        [(authority, now) for authority in sorted(authorities)],
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


async def set_alive(tx: Transaction, authority: str) -> None:
    """A server has sent something itself: its strikes are taken back. What somebody else passed on
    (a pointer) says nothing of it."""
    await tx.execute(
        "UPDATE host SET strikes = 0, struck_since = NULL, struck_at = NULL "
        "WHERE authority = $1 AND strikes > 0",
        authority,
    )


async def get_last_reached(db: Queries, *, since: int, but: str) -> str | None:
    """The other server that answered last, if that was since then (ms)."""
    rows = await db.rows(
        "SELECT authority FROM host WHERE last_ok >= $1 AND authority <> $2 "
        "ORDER BY last_ok DESC LIMIT 1",
        since,
        but,
    )
    return str(rows[0]["authority"]) if rows else None


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
