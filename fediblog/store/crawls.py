"""When each thread is walked through for replies elsewhere, and how far a round has come."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Database, Queries, Transaction

_COLUMNS = "post_id, step, next_at, round_at, finished_at, asked, total, found"


@dataclass(frozen=True, slots=True)
class Crawl:
    """The walks through one thread. Times are ms.

    step: how many have begun since the last activity. next_at: when the next one begins, or the
    one under way goes on. round_at: when the one under way began. asked, total and found: how many
    collections it has read, how many there are to read, and how many replies were new.
    """

    post_id: int
    step: int
    next_at: int | None
    round_at: int | None
    finished_at: int | None
    asked: int
    total: int
    found: int


async def get_crawl(db: Queries, post_id: int) -> Crawl | None:
    """The walks through a post's thread; None while nothing has happened in it."""
    rows = await db.rows(f"SELECT {_COLUMNS} FROM crawl WHERE post_id = $1", post_id)
    return Crawl(**rows[0]) if rows else None


async def set_stirred(tx: Transaction, post_id: int, at: int) -> None:
    """Something happened in a thread: the next walk is at this time (ms), or sooner if one was due
    sooner, and the pauses after it are short again."""
    await tx.execute(
        "INSERT INTO crawl (post_id, step, next_at) VALUES ($1, 0, $2) "
        "ON CONFLICT (post_id) DO UPDATE SET step = 0, next_at = CASE WHEN crawl.next_at IS NULL "
        "OR crawl.next_at > excluded.next_at THEN excluded.next_at ELSE crawl.next_at END",
        post_id,
        at,
    )


async def set_due(tx: Transaction, post_id: int, now: int) -> None:
    """Walk now, besides the walks that are due anyway."""
    await tx.execute(
        "INSERT INTO crawl (post_id, step, next_at) VALUES ($1, 0, $2) "
        "ON CONFLICT (post_id) DO UPDATE SET next_at = excluded.next_at, step = CASE "
        "WHEN crawl.round_at IS NULL AND crawl.step > 0 AND crawl.next_at > excluded.next_at "
        "THEN crawl.step - 1 ELSE crawl.step END",
        post_id,
        now,
    )


async def claim_crawls(db: Database, *, now: int, lease_until: int, limit: int) -> Sequence[Crawl]:
    """Take up to limit threads that are due: a new round, or one that did not come to its end.
    Nobody else does until the lease ends (ms)."""
    lock = "" if db.sqlite else "FOR UPDATE SKIP LOCKED"
    async with db.transaction() as tx:
        rows = await tx.rows(
            "UPDATE crawl SET lease_until = $1, round_at = COALESCE(round_at, $2), "
            "step = CASE WHEN round_at IS NULL THEN step + 1 ELSE step END, "
            "asked = CASE WHEN round_at IS NULL THEN 0 ELSE asked END, "
            "total = CASE WHEN round_at IS NULL THEN 0 ELSE total END, "
            "found = CASE WHEN round_at IS NULL THEN 0 ELSE found END WHERE id IN ("
            "SELECT id FROM crawl WHERE next_at <= $2 AND lease_until <= $2 "
            f"ORDER BY next_at LIMIT $3 {lock}) RETURNING {_COLUMNS}",
            lease_until,
            now,
            limit,
        )
    return [Crawl(**row) for row in rows]


async def add_progress(tx: Transaction, post_id: int, *, asked: int, found: int) -> None:
    """So many more collections were read, and so many more replies found."""
    await tx.execute(
        "UPDATE crawl SET asked = asked + $1, found = found + $2 WHERE post_id = $3",
        asked,
        found,
        post_id,
    )


async def set_remaining(tx: Transaction, post_id: int, remaining: int) -> None:
    """So many collections are left to read in this round."""
    await tx.execute("UPDATE crawl SET total = asked + $1 WHERE post_id = $2", remaining, post_id)


async def set_paused(tx: Transaction, post_id: int, until: int) -> None:
    """The round goes on then (ms)."""
    await tx.execute(
        "UPDATE crawl SET next_at = $1, lease_until = 0 WHERE post_id = $2", until, post_id
    )


async def get_step(tx: Transaction, post_id: int) -> int:
    """How many walks have begun since the last activity; nobody changes it before the end."""
    lock = "UPDATE crawl SET step = step WHERE post_id = $1 RETURNING step"
    rows = await tx.rows(lock, post_id)
    return int(rows[0]["step"]) if rows else 0


async def set_finished(tx: Transaction, post_id: int, *, next_at: int, now: int) -> None:
    """The round is at its end; the next one begins at next_at (ms)."""
    await tx.execute(
        "UPDATE crawl SET next_at = $1, finished_at = $2, round_at = NULL, lease_until = 0 "
        "WHERE post_id = $3",
        next_at,
        now,
        post_id,
    )


async def set_stopped(tx: Transaction, post_id: int) -> None:
    """There is no thread any more."""
    await tx.execute(
        "UPDATE crawl SET next_at = NULL, round_at = NULL, lease_until = 0 WHERE post_id = $1",
        post_id,
    )


async def release_crawls(tx: Transaction) -> None:
    """End every lease, when the only process that could hold one has just started."""
    await tx.execute("UPDATE crawl SET lease_until = 0 WHERE lease_until > 0")
