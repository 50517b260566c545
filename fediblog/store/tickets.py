"""What is good once and for a short time: half of a sign-in, a challenge, an application's code."""

import json
from collections.abc import Mapping
from typing import Literal

from fediblog.store.database import Queries, Transaction

Kind = Literal["half", "passkey", "new_passkey", "totp", "consent", "code"]
"""half: the password was right. passkey and new_passkey: a challenge. totp: a secret that is being
set up. consent: what a program asks for. code: what it may exchange for a token."""

#: Strangers can ask for some of these; older ones make room.
_MOST = 1000


async def add_ticket(
    tx: Transaction,
    kind: Kind,
    token_hash: str,
    value: Mapping[str, str],
    *,
    now: int,
    expires_at: int,
) -> None:
    """Keep one until it is taken or has expired; those that have expired go."""
    await tx.execute("DELETE FROM ticket WHERE expires_at <= $1", now)
    await tx.execute(
        "DELETE FROM ticket WHERE token_hash IN (SELECT token_hash FROM ticket WHERE kind = $1 "
        "ORDER BY expires_at DESC LIMIT 1000 OFFSET $2)",
        kind,
        _MOST - 1,
    )
    await tx.execute(
        "INSERT INTO ticket (token_hash, kind, value, expires_at) VALUES ($1, $2, $3, $4)",
        token_hash,
        kind,
        json.dumps(value),
        expires_at,
    )


async def get_ticket(
    db: Queries, kind: Kind, token_hash: str, now: int
) -> Mapping[str, str] | None:
    """What one stands for, None if there is none or it has expired."""
    rows = await db.rows(
        "SELECT value FROM ticket WHERE token_hash = $1 AND kind = $2 AND expires_at > $3",
        token_hash,
        kind,
        now,
    )
    return _value(str(rows[0]["value"])) if rows else None


async def take_ticket(
    tx: Transaction, kind: Kind, token_hash: str, now: int
) -> Mapping[str, str] | None:
    """The same, and it is used up: of two who take it, one succeeds."""
    rows = await tx.rows(
        "DELETE FROM ticket WHERE token_hash = $1 AND kind = $2 AND expires_at > $3 "
        "RETURNING value",
        token_hash,
        kind,
        now,
    )
    return _value(str(rows[0]["value"])) if rows else None


async def remove_tickets(tx: Transaction) -> None:
    """End everything that is under way, as a new password must."""
    await tx.execute("DELETE FROM ticket")


async def prune_tickets(tx: Transaction, now: int) -> None:
    """Forget those that have expired."""
    await tx.execute("DELETE FROM ticket WHERE expires_at <= $1", now)


def _value(stored: str) -> Mapping[str, str]:
    value: Mapping[str, str] = json.loads(stored)
    return value
