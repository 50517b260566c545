"""What the author may want to know: one line each, which may be counted up."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction, places

#: Nobody looks at a number above this.
_MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class NewNotification:
    """What happens. mark: what the same thing has in common when it happens again."""

    kind: str
    mark: str
    about_id: int | None = None
    actor_id: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Notification:
    """One line. count: how often it happened, changed_at: when for the last time (ms)."""

    id: int
    kind: str
    about_id: int | None
    actor_id: int | None
    words: str
    count: int
    changed_at: int
    read_at: int | None


_SELECT = "SELECT id, kind, about_id, actor_id, words, count, changed_at, read_at FROM notification"


async def add_notification(tx: Transaction, new: NewNotification, now: int) -> None:
    """Write a line, or count up the one with this mark, which is unread again then."""
    await tx.execute(
        "INSERT INTO notification (kind, mark, about_id, actor_id, words, count, changed_at) "
        "VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (mark) DO UPDATE SET "
        "count = notification.count + 1, actor_id = excluded.actor_id, words = excluded.words, "
        "changed_at = excluded.changed_at, read_at = NULL, mailed_at = NULL",
        new.kind,
        new.mark,
        new.about_id,
        new.actor_id,
        new.words,
        now,
    )


async def add_once(tx: Transaction, new: NewNotification, now: int) -> None:
    """Write a line, unless there has been one with this mark."""
    await tx.execute(
        "INSERT INTO notification (kind, mark, about_id, actor_id, words, count, changed_at) "
        "VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (mark) DO NOTHING",
        new.kind,
        new.mark,
        new.about_id,
        new.actor_id,
        new.words,
        now,
    )


async def get_notification(db: Queries, number: int) -> Notification | None:
    """One line by its row's number."""
    rows = await db.rows(f"{_SELECT} WHERE id = $1", number)
    return Notification(**rows[0]) if rows else None


async def list_notifications(
    db: Queries, *, kinds: Sequence[str] = (), unread: bool, before: int | None, limit: int
) -> Sequence[Notification]:
    """Lines, the one that began last first. kinds: those alone, if there are any."""
    where = "WHERE id < $1"
    if unread:
        where += " AND read_at IS NULL"
    if kinds:
        where += f" AND kind IN ({places(len(kinds), first=3)})"
    rows = await db.rows(
        f"{_SELECT} {where} ORDER BY id DESC LIMIT $2", before or 2**62, limit, *kinds
    )
    return [Notification(**row) for row in rows]


async def count_unread(db: Queries, kinds: Sequence[str] = ()) -> int:
    """How many nobody has read, counted no further than a hundred."""
    wanted = f"AND kind IN ({places(len(kinds), first=2)})" if kinds else ""
    rows = await db.rows(
        f"SELECT count(*) AS n FROM (SELECT 1 AS one FROM notification WHERE read_at IS NULL "
        f"{wanted} LIMIT $1) AS unread",
        _MOST_COUNTED,
        *kinds,
    )
    return int(rows[0]["n"])


async def set_read(tx: Transaction, *, newest: int, changed_before: int, now: int) -> None:
    """All of them are read up to this row, unless they were counted up later than that time."""
    await tx.execute(
        "UPDATE notification SET read_at = $1 "
        "WHERE read_at IS NULL AND id <= $2 AND changed_at <= $3",
        now,
        newest,
        changed_before,
    )


async def set_one_read(tx: Transaction, number: int, now: int) -> None:
    """This one is read."""
    await tx.execute(
        "UPDATE notification SET read_at = $1 WHERE id = $2 AND read_at IS NULL", now, number
    )


async def list_unmailed(
    db: Queries, kinds: Sequence[str], *, since: int, limit: int
) -> Sequence[Notification]:
    """What is neither read nor mailed, of these kinds and since then (ms), oldest first."""
    if not kinds:
        return []
    rows = await db.rows(
        f"{_SELECT} WHERE mailed_at IS NULL AND changed_at >= $1 AND read_at IS NULL "
        f"AND kind IN ({places(len(kinds), first=3)}) ORDER BY changed_at, id LIMIT $2",
        since,
        limit,
        *kinds,
    )
    return [Notification(**row) for row in rows]


async def set_mailed(tx: Transaction, mailed: Sequence[Notification], now: int) -> None:
    """They have been mailed as they were then."""
    await tx.execute_many(
        "UPDATE notification SET mailed_at = $1 WHERE id = $2 AND changed_at = $3",
        [(now, each.id, each.changed_at) for each in mailed],
    )


async def prune_notifications(tx: Transaction, *, before: int, most: int) -> None:
    """What is older than that (ms) goes, and the oldest of what is more than so many."""
    await tx.execute("DELETE FROM notification WHERE changed_at < $1", before)
    await tx.execute(
        "DELETE FROM notification WHERE id <= "
        "(SELECT id FROM notification ORDER BY id DESC LIMIT 1 OFFSET $1)",
        most,
    )
