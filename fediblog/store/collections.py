"""Collections elsewhere in which there may be replies to our threads, and whose turn it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction
from fediblog.store.rules import not_rejected

#: More failures do not make the pause any longer.
_MOST_FAILURES = 12


@dataclass(frozen=True, slots=True)
class DueCollection:
    """A collection to read. pages: what it consisted of when it was read last, as JSON."""

    id: int
    url: str
    authority: str
    pages: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Which collections of a thread have their turn: those not read since the round began, and
    whose last failure is long enough ago. Times are ms; pause: after a first failure, growing with
    the third power of their number."""

    post_id: int
    round_at: int
    now: int
    pause: int


async def add_collections(tx: Transaction, reply_id: int) -> None:
    """Remember where a reply's server lists what answers it, and what else is in the thread.

    Only of what everybody may see; an address that is known in the thread stays as it is.
    """
    await tx.execute(
        "INSERT INTO collection (post_id, reply_id, url, authority, pages, failures) "
        "SELECT f.post_id, f.reply_id, f.url, f.authority, '', 0 FROM ("
        "SELECT r.post_id, r.id AS reply_id, r.replies_url AS url, a.authority, r.state "
        "FROM reply r JOIN actor a ON a.id = r.actor_id WHERE r.id = $1 "
        "UNION ALL SELECT r.post_id, NULL, r.context_url, a.authority, r.state "
        "FROM reply r JOIN actor a ON a.id = r.actor_id WHERE r.id = $1) f "
        "WHERE f.url <> '' AND f.state = 'shown' AND f.post_id IS NOT NULL "
        "ON CONFLICT (post_id, url) DO NOTHING",
        reply_id,
    )


async def add_known(
    tx: Transaction, post_id: int, authority: str, urls: Mapping[str, int | None]
) -> None:
    """As `add_collections`, for addresses of one server that are known to be of what everybody may
    see; each with the row's number of the reply that it lists answers to, None for a thread."""
    for url, reply_id in urls.items():
        await tx.execute(
            "INSERT INTO collection (post_id, reply_id, url, authority, pages, failures) "
            "VALUES ($1, $2, $3, $4, '', 0) ON CONFLICT (post_id, url) DO NOTHING",
            post_id,
            reply_id,
            url,
            authority,
        )


async def list_due(
    db: Queries, turn: Turn, *, without: Collection[str], limit: int
) -> Sequence[DueCollection]:
    """Up to limit collections whose turn it is, the least recently read first.

    without: servers that are not asked now. Neither are those that are blocked.
    """
    names = ", ".join(f"${place}" for place in range(6, 6 + len(without)))
    others = f"AND c.authority NOT IN ({names}) " if names else ""
    rows = await db.rows(
        f"SELECT c.id, c.url, c.authority, c.pages {_DUE} {others}"
        "ORDER BY c.walked_at NULLS FIRST, c.id LIMIT $5",
        turn.post_id,
        turn.round_at,
        turn.now,
        turn.pause,
        limit,
        *without,
    )
    return [DueCollection(**row) for row in rows]


async def count_due(db: Queries, turn: Turn) -> int:
    """How many collections have their turn."""
    rows = await db.rows(
        f"SELECT count(*) AS n {_DUE}", turn.post_id, turn.round_at, turn.now, turn.pause
    )
    return int(rows[0]["n"])


#: A reply that has left the page takes its collection along.
_DUE = (
    "FROM collection c LEFT JOIN reply r ON r.id = c.reply_id WHERE c.post_id = $1 "
    "AND (c.walked_at IS NULL OR (c.walked_at < $2 AND c.walked_at <= "
    "$3 - CAST($4 AS BIGINT) * c.failures * c.failures * c.failures)) "
    "AND (c.reply_id IS NULL OR r.state IN ('shown', 'hidden')) "
    f"AND {not_rejected('c.authority')}"
)


async def set_walked(tx: Transaction, collection_id: int, pages: str, now: int) -> None:
    """It has been read."""
    await tx.execute(
        "UPDATE collection SET walked_at = $1, pages = $2, failures = 0 WHERE id = $3",
        now,
        pages,
        collection_id,
    )


async def set_host_failed(
    tx: Transaction, post_id: int, authority: str, *, round_at: int, now: int
) -> None:
    """A server fails: none of its collections in this thread is read in this round any more."""
    await tx.execute(
        "UPDATE collection SET walked_at = $1, failures = CASE WHEN failures < $2 "
        "THEN failures + 1 ELSE failures END WHERE post_id = $3 AND authority = $4 "
        "AND (walked_at IS NULL OR walked_at < $5)",
        now,
        _MOST_FAILURES,
        post_id,
        authority,
        round_at,
    )


async def set_failed(tx: Transaction, collection_id: int, now: int) -> None:
    """It could not be read."""
    await tx.execute(
        "UPDATE collection SET walked_at = $1, failures = CASE WHEN failures < $2 "
        "THEN failures + 1 ELSE failures END WHERE id = $3",
        now,
        _MOST_FAILURES,
        collection_id,
    )


async def forgive_failures(tx: Transaction, post_id: int) -> None:
    """Ask everybody in a thread again, as if nothing had ever failed."""
    await tx.execute("UPDATE collection SET failures = 0 WHERE post_id = $1", post_id)


async def remove_collection(tx: Transaction, collection_id: int) -> None:
    """There is no such collection any more."""
    await tx.execute("DELETE FROM collection WHERE id = $1", collection_id)


async def move_collection(tx: Transaction, reply_id: int, post_id: int) -> None:
    """A reply has come to another thread, and its collection with it unless that is there."""
    await tx.execute(
        "UPDATE collection SET post_id = $1 WHERE reply_id = $2 AND NOT EXISTS ("
        "SELECT 1 FROM collection o WHERE o.post_id = $1 AND o.url = collection.url)",
        post_id,
        reply_id,
    )
