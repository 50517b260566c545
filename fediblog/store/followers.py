"""Who follows the blog."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction


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


_SELECT = (
    "SELECT f.id, f.actor_id, a.uri, a.handle, a.name, a.page_url, a.avatar, a.inbox, "
    "a.shared_inbox, f.follow_id, f.since FROM follower f JOIN actor a ON a.id = f.actor_id"
)


async def set_follower(tx: Transaction, actor_id: int, follow_id: str, now: int) -> None:
    """Add a follower; a repeated Follow brings its own id (G5)."""
    await tx.execute(
        "INSERT INTO follower (actor_id, follow_id, since) VALUES ($1, $2, $3) "
        "ON CONFLICT (actor_id) DO UPDATE SET follow_id = excluded.follow_id",
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


async def is_follow(db: Queries, actor_id: int, follow_id: str) -> bool:
    """Whether this is the id of the Follow by which an actor follows."""
    return bool(
        await db.rows(
            "SELECT id FROM follower WHERE actor_id = $1 AND follow_id = $2", actor_id, follow_id
        )
    )
