"""What stands in for a second factor that is lost: codes that work once each."""

from collections.abc import Iterable

from fediblog.store.database import Queries, Transaction


async def set_recovery_codes(tx: Transaction, hashes: Iterable[str]) -> None:
    """Put new ones in the place of all that there are."""
    await tx.execute("DELETE FROM recovery_code")
    await tx.execute_many(
        "INSERT INTO recovery_code (code_hash) VALUES ($1)", [(each,) for each in hashes]
    )


async def take_recovery_code(tx: Transaction, code_hash: str) -> bool:
    """Use one up: of two who try, one succeeds."""
    rows = await tx.rows(
        "DELETE FROM recovery_code WHERE code_hash = $1 RETURNING code_hash", code_hash
    )
    return bool(rows)


async def count_recovery_codes(db: Queries) -> int:
    """How many are left."""
    return int((await db.rows("SELECT count(*) AS n FROM recovery_code"))[0]["n"])
