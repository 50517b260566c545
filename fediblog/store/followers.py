"""Who follows the blog."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.actors import COLUMNS, INBOX, Actor
from fediblog.store.database import Database, Queries, Transaction, places


@dataclass(frozen=True, slots=True)
class Follower:
    """A follower with what is shown and needed of the actor. since: ms."""

    id: int
    actor_id: int
    uri: str
    handle: str
    name: str
    page_url: str
    avatar: str
    inbox: str
    shared_inbox: str
    follow_id: str
    since: int


@dataclass(frozen=True, slots=True)
class DueFollower:
    """A follower to ask for. inbox: where they get what is sent to the followers."""

    actor_id: int
    uri: str
    inbox: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Somebody who follows no longer because they could not be found. dropped_at: ms."""

    uri: str
    handle: str
    name: str
    page_url: str
    avatar: str
    reason: str
    dropped_at: int


_SELECT = (
    "SELECT f.id, f.actor_id, a.uri, a.handle, a.name, a.page_url, a.avatar, a.inbox, "
    "a.shared_inbox, f.follow_id, f.since FROM follower f JOIN actor a ON a.id = f.actor_id"
)


async def set_follower(tx: Transaction, actor_id: int, follow_id: str, now: int) -> None:
    """Add a follower; a repeated Follow brings its own id (G5)."""
    await tx.execute(
        "INSERT INTO follower (actor_id, follow_id, since) VALUES ($1, $2, $3) "
        "ON CONFLICT (actor_id) DO UPDATE SET follow_id = excluded.follow_id, check_at = NULL",
        actor_id,
        follow_id,
        now,
    )


async def remove_follower(tx: Transaction, actor_id: int) -> bool:
    """Remove a follower; whether there was one."""
    rows = await tx.rows("DELETE FROM follower WHERE actor_id = $1 RETURNING id", actor_id)
    return bool(rows)


async def get_follower(db: Queries, follower_id: int) -> Follower | None:
    """One follower by its row's number."""
    rows = await db.rows(f"{_SELECT} WHERE f.id = $1", follower_id)
    return Follower(**rows[0]) if rows else None


async def count_followers(db: Queries) -> int:
    """How many follow."""
    return int((await db.rows("SELECT count(*) AS n FROM follower"))[0]["n"])


async def list_followers(db: Queries, *, before: int | None, limit: int) -> Sequence[Follower]:
    """Followers, newest first; before: the row number where the last page ended."""
    rows = await db.rows(
        f"{_SELECT} WHERE f.id < $1 ORDER BY f.id DESC LIMIT $2", before or 2**62, limit
    )
    return [Follower(**row) for row in rows]


async def is_follower(db: Queries, actor_id: int) -> bool:
    """Whether an actor follows."""
    return bool(await db.rows("SELECT id FROM follower WHERE actor_id = $1", actor_id))


async def is_follow(db: Queries, actor_id: int, follow_id: str) -> bool:
    """Whether this is the id of the Follow by which an actor follows."""
    return bool(
        await db.rows(
            "SELECT id FROM follower WHERE actor_id = $1 AND follow_id = $2", actor_id, follow_id
        )
    )


async def list_followers_on(db: Queries, authority: str) -> Sequence[Actor]:
    """Everybody on a server who follows."""
    rows = await db.rows(
        f"SELECT {COLUMNS} FROM actor WHERE authority = $1 "
        "AND id IN (SELECT actor_id FROM follower) ORDER BY id",
        authority,
    )
    return [Actor(**row) for row in rows]


async def set_check(tx: Transaction, inbox: str, at: int) -> None:
    """Ask at some time (ms) for the followers whose inbox this is, unless that is planned."""
    await tx.execute(
        "UPDATE follower SET check_at = $1 WHERE check_at IS NULL AND actor_id IN "
        "(SELECT id FROM actor WHERE inbox = $2 OR shared_inbox = $2)",
        at,
        inbox,
    )


async def clear_check(tx: Transaction, actor_id: int) -> None:
    """A follower is there."""
    await tx.execute("UPDATE follower SET check_at = NULL WHERE actor_id = $1", actor_id)


async def claim_checks(
    db: Database, *, now: int, again_at: int, limit: int
) -> Sequence[DueFollower]:
    """Take up to limit followers to ask for now; they are due again at again_at (ms) if nobody
    clears that or drops them."""
    lock = "" if db.sqlite else "FOR UPDATE SKIP LOCKED"
    async with db.transaction() as tx:
        rows = await tx.rows(
            "UPDATE follower SET check_at = $1 WHERE id IN (SELECT id FROM follower "
            f"WHERE check_at <= $2 ORDER BY check_at LIMIT $3 {lock}) RETURNING actor_id",
            again_at,
            now,
            limit,
        )
        claimed = [int(row["actor_id"]) for row in rows]
        if not claimed:
            return []
        found = await tx.rows(
            f"SELECT a.id AS actor_id, a.uri, {INBOX} AS inbox FROM actor a "
            f"WHERE a.id IN ({places(len(claimed))})",
            *claimed,
        )
    return [DueFollower(**row) for row in found]


async def add_dropped(tx: Transaction, actor_id: int, reason: str, now: int) -> None:
    """Keep for the admin who was dropped, and why."""
    await tx.execute(
        "INSERT INTO dropped_follower (actor_id, reason, dropped_at) VALUES ($1, $2, $3)",
        actor_id,
        reason,
        now,
    )


async def list_dropped(db: Queries, *, limit: int) -> Sequence[Dropped]:
    """Who was dropped, the last ones first."""
    rows = await db.rows(
        "SELECT a.uri, a.handle, a.name, a.page_url, a.avatar, d.reason, d.dropped_at "
        "FROM dropped_follower d JOIN actor a ON a.id = d.actor_id ORDER BY d.id DESC LIMIT $1",
        limit,
    )
    return [Dropped(**row) for row in rows]


async def prune_dropped(tx: Transaction, before: int) -> None:
    """Forget who was dropped before a time (ms)."""
    await tx.execute("DELETE FROM dropped_follower WHERE dropped_at < $1", before)
