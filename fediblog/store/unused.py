"""What nothing here has to do with any more: people, servers, and deliveries of what is no news.

Each function looks at so many rows beyond a place and tells where to go on, so that no transaction
takes long however many rows there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction, places

#: Values in one statement.
_AT_ONCE = 500

#: Deliveries of a post and of an answer tell who is to hear of its end; of these nobody asks again.
_NO_NEWS = "('Accept', 'Reject')"
#: Nothing here needs an actor, as r, whom nobody has asked about since $1 but the blog's own, $2.
_UNUSED = (
    "r.fetched_at < $1 AND r.uri <> $2 AND r.blocks_us_at IS NULL AND r.allowed_at IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM actor m WHERE m.moved_to = r.uri) "
    "AND NOT EXISTS (SELECT 1 FROM rule u WHERE u.kind = 'person' AND u.value = r.uri)"
    + "".join(
        f" AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.actor_id = r.id)"
        for table in ("reply", "reaction", "follower", "dropped_follower", "quote", "report")
    )
)


@dataclass(frozen=True, slots=True)
class PrunedActors:
    """last: where to go on, 0 after the last row. avatars: names of files that nobody has now."""

    last: int
    avatars: Sequence[str]


async def prune_actors(
    tx: Transaction, *, after: int, seen_before: int, own: str, limit: int
) -> PrunedActors:
    """Forget who has nothing here any more and was last asked about before a time (ms).

    Their rows are locked before it is looked again whether they have nothing: on PostgreSQL
    somebody may be writing a reply of theirs at this moment. own: id of the blog's own actor.
    """
    rows = await tx.rows("SELECT id FROM actor WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
    last = int(rows[-1]["id"]) if len(rows) == limit else 0
    found = await tx.rows(
        f"SELECT r.id FROM actor r WHERE r.id > $3 AND r.id <= $4 AND {_UNUSED} {tx.locking_rows}",
        seen_before,
        own,
        after,
        int(rows[-1]["id"]) if rows else after,
    )
    numbers = [int(row["id"]) for row in found]
    if not numbers:
        return PrunedActors(last, ())
    unused = await tx.rows(
        f"SELECT r.id, r.avatar FROM actor r WHERE r.id IN ({places(len(numbers), first=3)}) "
        f"AND {_UNUSED}",
        seen_before,
        own,
        *numbers,
    )
    numbers = [int(row["id"]) for row in unused]
    if numbers:
        these = places(len(numbers))
        await tx.execute(f"DELETE FROM actor_key WHERE actor_id IN ({these})", *numbers)
        await tx.execute(
            f"DELETE FROM picture_use WHERE owner_kind = 'actor' AND owner_id IN ({these})",
            *numbers,
        )
        await tx.execute(f"DELETE FROM actor WHERE id IN ({these})", *numbers)
    return PrunedActors(last, [str(row["avatar"]) for row in unused if row["avatar"]])


async def list_used_avatars(db: Queries, names: Sequence[str]) -> Sequence[str]:
    """Those of these pictures that somebody has: many have the one that their server gave them."""
    used: list[str] = []
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        rows = await db.rows(
            f"SELECT DISTINCT avatar FROM actor WHERE avatar IN ({places(len(some))})", *some
        )
        used += [str(row["avatar"]) for row in rows]
    return used


async def prune_hosts(tx: Transaction, *, after: str, heard_before: int, limit: int) -> str:
    """Forget how servers did of which nobody is known and to which nothing was sent, if they have
    not been heard of, and have not failed, since a time (ms); where to go on, empty for the end."""
    rows = await tx.rows(
        "SELECT authority FROM host WHERE authority > $1 ORDER BY authority LIMIT $2", after, limit
    )
    if rows:
        await tx.execute(
            "DELETE FROM host WHERE authority > $1 AND authority <= $2 "
            "AND COALESCE(last_ok, 0) < $3 AND not_before < $3 AND COALESCE(struck_at, 0) < $3 "
            "AND NOT EXISTS (SELECT 1 FROM actor a WHERE a.authority = host.authority) "
            "AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.authority = host.authority)",
            after,
            str(rows[-1]["authority"]),
            heard_before,
        )
    return str(rows[-1]["authority"]) if len(rows) == limit else ""


async def prune_deliveries(tx: Transaction, *, after: int, made_before: int, limit: int) -> int:
    """Forget deliveries that have ended, of activities from before a time (ms) that were passed on
    or that answered a request; the number of the activity to go on after, 0 for the end."""
    rows = await tx.rows("SELECT id FROM activity WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
    if not rows:
        return 0
    pruned = await tx.rows(
        "DELETE FROM delivery WHERE id IN (SELECT d.id FROM activity a "
        "JOIN delivery d ON d.activity_id = a.id WHERE a.id > $1 AND a.id <= $2 "
        f"AND a.created_at < $3 AND (a.forwarded OR a.type IN {_NO_NEWS}) "
        "AND d.state IN ('done', 'failed', 'cancelled') ORDER BY d.activity_id LIMIT $4) "
        "RETURNING activity_id",
        after,
        int(rows[-1]["id"]),
        made_before,
        limit,
    )
    if len(pruned) == limit:
        return max(int(row["activity_id"]) for row in pruned) - 1
    return int(rows[-1]["id"]) if len(rows) == limit else 0
