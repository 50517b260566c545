"""When each loop was last seen at work."""

from collections.abc import Mapping

from fediblog.store.database import Queries, Transaction

#: The row that is no loop's.
_TOUCHED = "readiness"


async def set_pulses(tx: Transaction, pulses: Mapping[str, int]) -> None:
    """Write when each of these was at work (ms), unless somebody has seen it later."""
    await tx.execute_many(
        "INSERT INTO pulse (name, beat_at) VALUES ($1, $2) "
        "ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at "
        "WHERE pulse.beat_at < excluded.beat_at",
        sorted(pulses.items()),
    )


async def touch_pulse(tx: Transaction) -> None:
    """Write something here that was not there before: a database that takes this takes everything.
    SQLite writes nothing to the disk for a row that stays as it was."""
    await tx.execute(
        "INSERT INTO pulse (name, beat_at) VALUES ($1, 1) "
        "ON CONFLICT (name) DO UPDATE SET beat_at = pulse.beat_at + 1",
        _TOUCHED,
    )


async def get_pulses(db: Queries) -> Mapping[str, int]:
    """When each was last at work (ms)."""
    return {
        str(row["name"]): int(row["beat_at"])
        for row in await db.rows("SELECT name, beat_at FROM pulse WHERE name <> $1", _TOUCHED)
    }
