"""What people elsewhere report to the author. Nothing of it is ever thrown away."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction


@dataclass(frozen=True, slots=True)
class Report:
    """One report. objects: JSON of the ids of what is ours in it. note: the author's, with its end.
    Times are ms.

    type, handle, name, username and authority are of the actor that sent it.
    """

    id: int
    content: str
    objects: str
    received_at: int
    closed_at: int | None
    note: str
    type: str
    handle: str
    name: str
    username: str
    authority: str


_SELECT = (
    "SELECT p.id, p.content, p.objects, p.received_at, p.closed_at, p.note, a.type, a.handle, "
    "a.name, a.username, a.authority FROM report p JOIN actor a ON a.id = p.actor_id"
)


async def add_report(
    tx: Transaction, *, actor_id: int, activity_id: str, content: str, objects: str, now: int
) -> int:
    """Write a report; its row's number. activity_id is empty when it came without one."""
    rows = await tx.rows(
        "INSERT INTO report (actor_id, activity_id, content, objects, received_at) "
        "VALUES ($1, $2, $3, $4, $5) RETURNING id",
        actor_id,
        activity_id,
        content,
        objects,
        now,
    )
    return int(rows[0]["id"])


async def is_reported(db: Queries, actor_id: int, activity_id: str) -> bool:
    """Whether this very report is here already."""
    rows = await db.rows(
        "SELECT 1 AS one FROM report WHERE actor_id = $1 AND activity_id = $2",
        actor_id,
        activity_id,
    )
    return bool(rows)


async def count_open(db: Queries) -> int:
    """How many reports nobody has closed."""
    rows = await db.rows("SELECT count(*) AS n FROM report WHERE closed_at IS NULL")
    return int(rows[0]["n"])


async def count_open_of(db: Queries, authority: str) -> int:
    """How many of these are from one server."""
    rows = await db.rows(
        "SELECT count(*) AS n FROM report p JOIN actor a ON a.id = p.actor_id "
        "WHERE p.closed_at IS NULL AND a.authority = $1",
        authority,
    )
    return int(rows[0]["n"])


async def get_report(db: Queries, report_id: int) -> Report | None:
    """One report by its row's number."""
    rows = await db.rows(f"{_SELECT} WHERE p.id = $1", report_id)
    return Report(**rows[0]) if rows else None


async def list_reports(
    db: Queries, *, closed: bool, before: int | None, limit: int
) -> Sequence[Report]:
    """Reports that are open, or those that are closed, newest first."""
    state = "IS NOT NULL" if closed else "IS NULL"
    rows = await db.rows(
        f"{_SELECT} WHERE p.closed_at {state} AND p.id < $1 ORDER BY p.id DESC LIMIT $2",
        before or 2**62,
        limit,
    )
    return [Report(**row) for row in rows]


async def set_closed(tx: Transaction, report_id: int, note: str, now: int) -> None:
    """The author has seen to it, and noted something or nothing."""
    await tx.execute(
        "UPDATE report SET closed_at = $1, note = $2 WHERE id = $3 AND closed_at IS NULL",
        now,
        note,
        report_id,
    )
