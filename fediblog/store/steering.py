"""The author has deliveries tried now, or given up.

Neither touches a lease: an attempt that is under way goes on to its end, and nobody begins another
one beside it. What it brings counts as it always does (`set_finished` and `set_postponed` in
`store/outbox.py`): an attempt that arrives has arrived, also after the delivery was given up, and
one that fails has no say in what was given up meanwhile.
"""

from dataclasses import dataclass
from typing import Literal

from fediblog.store.database import Transaction
from fediblog.store.rules import not_rejected


@dataclass(frozen=True, slots=True)
class Which:
    """One delivery by its number, all of one activity by its number, or all to one server."""

    kind: Literal["one", "activity", "server"]
    value: int | str

    @property
    def condition(self) -> str:
        """On a delivery, as d, with the value as $2."""
        column = {"one": "d.id", "activity": "d.activity_id", "server": "d.authority"}[self.kind]
        return f"{column} = $2"


async def hasten(tx: Transaction, which: Which, now: int) -> int:
    """Let what waits be due now, with what stands before it in its lane; how many that are."""
    rows = await tx.rows(
        "UPDATE delivery SET next_at = $1 WHERE state = 'queued' AND next_at > $1 AND lane IN "
        f"(SELECT d.lane FROM delivery d WHERE {which.condition} AND d.state = 'queued') "
        "RETURNING id",
        now,
        which.value,
    )
    return len(rows)


async def queue_again(tx: Transaction, which: Which, now: int, *, since: int = 0) -> int:
    """Queue what has failed, or was given up, once more; how many deliveries that are.

    Only what is still true: nothing that something newer about the same object went to that inbox
    after, nothing whose text is erased, nothing that others said; and nobody who blocks the blog,
    or is blocked, gets anything. since (ms): leave alone what is older.

    Its attempts are counted on, so an earlier one that outlived its lease has no say.
    """
    rows = await tx.rows(
        "UPDATE delivery SET state = 'queued', next_at = $1, finished_at = NULL "
        "WHERE state = 'failed' AND id IN (SELECT d.id FROM delivery d "
        "JOIN activity a ON a.id = d.activity_id "
        f"WHERE {which.condition} AND d.state = 'failed' AND d.created_at >= $3 "
        "AND a.forwarded = $4 AND a.body <> $5 AND NOT EXISTS (SELECT 1 FROM delivery n "
        "WHERE n.lane = d.lane AND n.id > d.id AND n.state <> 'cancelled') "
        "AND d.inbox NOT IN (SELECT b.inbox FROM actor b WHERE b.blocks_us_at IS NOT NULL) "
        f"AND {not_rejected('d.authority')}) RETURNING id",
        now,
        which.value,
        since,
        False,
        b"",
    )
    return len(rows)


async def end_pauses(tx: Transaction, which: Which) -> None:
    """Let servers that are left alone for a while be asked again, if something waits for them."""
    await tx.execute(
        "UPDATE host SET not_before = 0 WHERE not_before > $1 AND authority IN "
        f"(SELECT d.authority FROM delivery d WHERE {which.condition} AND d.state = 'queued')",
        0,
        which.value,
    )


async def give_up(tx: Transaction, which: Which, now: int) -> int:
    """End what waits, as failed; how many deliveries that are. What the inbox said last is kept."""
    rows = await tx.rows(
        "UPDATE delivery SET state = 'failed', finished_at = $1, last_answer = "
        "CASE WHEN last_answer = '' THEN 'given up by you' "
        "ELSE 'given up by you; before that: ' || last_answer END "
        f"WHERE id IN (SELECT d.id FROM delivery d WHERE {which.condition} "
        "AND d.state = 'queued') RETURNING id",
        now,
        which.value,
    )
    return len(rows)
