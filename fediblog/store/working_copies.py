"""What is being typed and not saved yet, for each window in which it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction

_COLUMNS = "id, place, window_key, based_on, form, saved_at"


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """The fields of a form (JSON) as they were at saved_at (ms).

    place, window_key: for what, and in which window, they are typed. based_on: the fingerprint of
    what was there when the form was opened.
    """

    id: int
    place: str
    window_key: str
    based_on: str
    form: str
    saved_at: int


async def get_copy(db: Queries, number: int) -> WorkingCopy | None:
    """The copy with this row's number."""
    rows = await db.rows(f"SELECT {_COLUMNS} FROM working_copy WHERE id = $1", number)
    return WorkingCopy(**rows[0]) if rows else None


async def list_copies(db: Queries, place: str, *, limit: int) -> Sequence[WorkingCopy]:
    """The newest copies of what is typed for one place, newest first."""
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM working_copy WHERE place = $1 "
        "ORDER BY saved_at DESC, id DESC LIMIT $2",
        place,
        limit,
    )
    return [WorkingCopy(**row) for row in rows]


async def put_copy(
    tx: Transaction, place: str, window: str, based_on: str, form: str, now: int
) -> None:
    """Keep what a window has now, in place of what it had before."""
    await tx.execute(
        "INSERT INTO working_copy (place, window_key, based_on, form, saved_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (place, window_key) DO UPDATE SET "
        "based_on = excluded.based_on, form = excluded.form, saved_at = excluded.saved_at",
        place,
        window,
        based_on,
        form,
        now,
    )


async def keep_newest(tx: Transaction, place: str, most: int) -> None:
    """Throw away the oldest copies of a place that has more than so many."""
    await tx.execute(
        "DELETE FROM working_copy WHERE place = $1 AND id NOT IN (SELECT id FROM working_copy "
        "WHERE place = $1 ORDER BY saved_at DESC, id DESC LIMIT $2)",
        place,
        most,
    )


async def remove_copy(tx: Transaction, number: int) -> None:
    """Throw one copy away."""
    await tx.execute("DELETE FROM working_copy WHERE id = $1", number)


async def remove_window(tx: Transaction, place: str, window: str) -> None:
    """Throw away what one window has for a place."""
    await tx.execute("DELETE FROM working_copy WHERE place = $1 AND window_key = $2", place, window)


async def remove_place(tx: Transaction, place: str) -> None:
    """Throw away every copy of what is typed for one place."""
    await tx.execute("DELETE FROM working_copy WHERE place = $1", place)


async def prune_copies(tx: Transaction, before: int) -> None:
    """Throw away what nobody has touched since that time (ms)."""
    await tx.execute("DELETE FROM working_copy WHERE saved_at < $1", before)
