"""Who tried to sign in: when, from where, with what, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fediblog.store.database import Queries, Transaction

Way = Literal["password", "code", "recovery", "passkey", "link"]
"""With what somebody tried: recovery is a recovery code."""

Result = Literal["in", "half", "wrong", "throttled"]
"""What came of it. half: the password was right, and a second factor is asked for."""

_ALIKE_MS = 15 * 60 * 1000
_COLUMNS = "id, at, way, result, browser, address, times"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, or several alike within a quarter of an hour. at: the last of them, in ms."""

    id: int
    at: int
    way: Way
    result: Result
    browser: str
    address: str
    times: int


async def add_attempt(
    tx: Transaction, way: Way, result: Result, *, browser: str, address: str, now: int
) -> None:
    """Write a try down; one that is like the last from that address only counts there."""
    alike = await tx.rows(
        "UPDATE attempt SET times = times + 1, at = $1 WHERE id = "
        "(SELECT max(id) FROM attempt WHERE address = $2) "
        "AND way = $3 AND result = $4 AND browser = $5 AND at > $6 RETURNING id",
        now,
        address,
        way,
        result,
        browser,
        now - _ALIKE_MS,
    )
    if not alike:
        await tx.execute(
            "INSERT INTO attempt (at, way, result, browser, address, times) "
            "VALUES ($1, $2, $3, $4, $5, 1)",
            now,
            way,
            result,
            browser,
            address,
        )


async def list_attempts(db: Queries, *, before: int | None, limit: int) -> Sequence[Attempt]:
    """Tries, the newest first; before: the number of the row where the last page ended."""
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM attempt WHERE id < $1 ORDER BY id DESC LIMIT $2",
        before or 2**62,
        limit,
    )
    return [Attempt(**row) for row in rows]


async def prune_attempts(tx: Transaction, *, before: int, most: int) -> None:
    """Forget tries from before that time (ms), and all but the newest so many."""
    await tx.execute(
        "DELETE FROM attempt WHERE at < $1 OR id <= "
        "(SELECT COALESCE(max(id), 0) FROM attempt) - $2",
        before,
        most,
    )
