"""When each loop was last seen at work."""

from collections.abc import Mapping

from fediblog.store.database import Queries, Transaction


async def set_pulses(tx: Transaction, pulses: Mapping[str, int]) -> None:
    """Write when each of these was at work (ms), unless somebody has seen it later."""
    await tx.execute_many(
        "INSERT INTO pulse (name, beat_at) VALUES ($1, $2) "
        "ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at "
        "WHERE pulse.beat_at < excluded.beat_at",
        sorted(pulses.items()),
    )


async def touch_pulse(tx: Transaction) -> None:
    """Write one of them as it is: a database that takes this takes everything."""
    await tx.execute(
        "UPDATE pulse SET beat_at = beat_at WHERE name = (SELECT min(name) FROM pulse)"
    )


async def get_pulses(db: Queries) -> Mapping[str, int]:
    """When each was last at work (ms)."""
    return {
        str(row["name"]): int(row["beat_at"])
        for row in await db.rows("SELECT name, beat_at FROM pulse")
    }
