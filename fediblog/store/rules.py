"""What the author keeps out, and what of what is here is not shown because of it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction
from fediblog.store.posts import Target, targets

_VERSION = "rules_version"
_COLUMNS = "id, kind, value, label, action, note, created_at, done_at, ended_at"


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A block as it is stored. done_at (ms): since when all that was here has followed it, None
    while that is under way. ended_at: it counts no longer, and what it has hidden comes back."""

    id: int
    kind: str
    value: str
    label: str
    action: str
    note: str
    created_at: int
    done_at: int | None
    ended_at: int | None


def on_server(column: str, value: str) -> str:
    """A condition: an authority is that of a server, or of one beneath it, at any port. Names of
    servers have nothing in them that LIKE takes for more than itself."""
    return (
        f"({column} = {value} OR {column} LIKE '%.' || {value} OR {column} LIKE {value} || ':%' "
        f"OR {column} LIKE '%.' || {value} || ':%')"
    )


def not_rejected(column: str) -> str:
    """A condition: nothing is rejected of a server."""
    return (
        "NOT EXISTS (SELECT 1 FROM rule k WHERE k.kind = 'server' AND k.action = 'reject' "
        f"AND k.ended_at IS NULL AND {on_server(column, 'k.value')})"
    )


async def get_version(db: Queries) -> str:
    """Another one whenever the rules are others.

    Asked for within a transaction it stays the same until that ends: what is written by the rules
    as they are is seen by whoever sets another one, and then lets follow it what is here.
    """
    lock = "FOR SHARE" if isinstance(db, Transaction) and not db.sqlite else ""
    rows = await db.rows(f"SELECT value FROM setting WHERE name = $1 {lock}", _VERSION)
    return str(rows[0]["value"]) if rows else ""


async def list_in_force(db: Queries) -> Sequence[StoredRule]:
    """Every rule that counts."""
    rows = await db.rows(f"SELECT {_COLUMNS} FROM rule WHERE ended_at IS NULL ORDER BY id")
    return [StoredRule(**row) for row in rows]


async def list_rules(
    db: Queries, kind: str | None, *, before: int | None, limit: int
) -> Sequence[StoredRule]:
    """The rules that count, of one kind or all, newest first."""
    wanted = "AND kind = $3" if kind else ""
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM rule WHERE ended_at IS NULL AND id < $1 {wanted} "
        "ORDER BY id DESC LIMIT $2",
        *([before or 2**62, limit] + ([kind] if kind else [])),
    )
    return [StoredRule(**row) for row in rows]


async def list_unfinished(db: Queries) -> Sequence[StoredRule]:
    """Rules that not all has followed yet, or that are being taken back."""
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM rule WHERE done_at IS NULL OR ended_at IS NOT NULL ORDER BY id"
    )
    return [StoredRule(**row) for row in rows]


async def get_rule(db: Queries, rule_id: int) -> StoredRule | None:
    """One rule by its row's number."""
    rows = await db.rows(f"SELECT {_COLUMNS} FROM rule WHERE id = $1", rule_id)
    return StoredRule(**rows[0]) if rows else None


async def find_rule(db: Queries, kind: str, value: str) -> StoredRule | None:
    """The rule for this person, server or words."""
    rows = await db.rows(f"SELECT {_COLUMNS} FROM rule WHERE kind = $1 AND value = $2", kind, value)
    return StoredRule(**rows[0]) if rows else None


async def set_rule(
    tx: Transaction, *, kind: str, value: str, label: str, action: str, note: str, now: int
) -> int:
    """Write a rule, new or with another action; its row's number."""
    rows = await tx.rows(
        "INSERT INTO rule (kind, value, label, action, note, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, value) DO UPDATE SET "
        "action = excluded.action, note = excluded.note, label = excluded.label, "
        "done_at = NULL, ended_at = NULL RETURNING id",
        kind,
        value,
        label,
        action,
        note,
        now,
    )
    await _renew(tx)
    return int(rows[0]["id"])


async def set_done(tx: Transaction, rule_id: int, now: int) -> None:
    """All that was here has followed it."""
    await tx.execute("UPDATE rule SET done_at = $1 WHERE id = $2", now, rule_id)


async def set_ended(tx: Transaction, rule_id: int, now: int) -> None:
    """It counts no longer."""
    await tx.execute("UPDATE rule SET ended_at = $1 WHERE id = $2", now, rule_id)
    await _renew(tx)


async def remove_rule(tx: Transaction, rule_id: int) -> None:
    """Nothing is hidden because of it any more."""
    await tx.execute("DELETE FROM rule WHERE id = $1 AND ended_at IS NOT NULL", rule_id)


async def list_replies_of(
    db: Queries, rule: StoredRule, *, limit: int
) -> Sequence[tuple[int, int]]:
    """(post, row number) of replies of a person or a server that are shown or held, by post."""
    rows = await db.rows(
        "SELECT r.post_id, r.id FROM reply r WHERE r.key IS NULL AND r.post_id IS NOT NULL "
        f"AND r.state IN ('shown', 'held') AND r.actor_id IN ({_ACTORS[rule.kind]}) "
        "ORDER BY r.post_id, r.id LIMIT $2",
        rule.value,
        limit,
    )
    return [(int(row["post_id"]), int(row["id"])) for row in rows]


@dataclass(frozen=True, slots=True)
class Texts:
    """What a reply says, and the name above it. attachments and poll: its JSON."""

    id: int
    post_id: int
    name: str
    warning: str
    html: str
    attachments: str
    poll: str


async def list_texts(db: Queries, *, before: int, limit: int) -> Sequence[Texts]:
    """What the replies say that are shown, the newest first."""
    rows = await db.rows(
        "SELECT r.id, r.post_id, a.name, r.warning, r.html, r.attachments, r.poll "
        "FROM reply r JOIN actor a ON a.id = r.actor_id WHERE r.key IS NULL "
        "AND r.state = 'shown' AND r.id < $1 ORDER BY r.id DESC LIMIT $2",
        before,
        limit,
    )
    return [Texts(**row) for row in rows]


async def hide_reply(tx: Transaction, reply_id: int, rule_id: int) -> None:
    """Note because of which rule a reply is not shown, and what it was before."""
    await tx.execute(
        "UPDATE reply SET hidden_by = $1, before_rule = state WHERE id = $2", rule_id, reply_id
    )


async def list_hidden_replies(
    db: Queries, rule_id: int, *, limit: int
) -> Sequence[tuple[int, int, str]]:
    """(post, row number, state before) of replies that are not shown because of a rule, by post."""
    rows = await db.rows(
        "SELECT post_id, id, before_rule FROM reply WHERE hidden_by = $1 AND post_id IS NOT NULL "
        "ORDER BY post_id, id LIMIT $2",
        rule_id,
        limit,
    )
    return [(int(row["post_id"]), int(row["id"]), str(row["before_rule"])) for row in rows]


async def release_reply(tx: Transaction, reply_id: int) -> None:
    """A reply is no longer kept off the page by a rule."""
    await tx.execute("UPDATE reply SET hidden_by = NULL, before_rule = '' WHERE id = $1", reply_id)


async def hide_reactions(tx: Transaction, rule: StoredRule) -> Sequence[Target]:
    """Show the reactions of a person or a server no longer; what they were to."""
    rows = await tx.rows(
        "UPDATE reaction SET hidden_by = $2 WHERE hidden_by IS NULL "
        f"AND actor_id IN ({_ACTORS[rule.kind]}) RETURNING target_kind, target_id",
        rule.value,
        rule.id,
    )
    return targets(rows)


async def hide_quotes(tx: Transaction, rule: StoredRule) -> Sequence[Target]:
    """Show the quotes of a person or a server no longer; what they quote."""
    rows = await tx.rows(
        "UPDATE quote SET hidden_by = $2 WHERE hidden_by IS NULL "
        f"AND actor_id IN ({_ACTORS[rule.kind]}) RETURNING target_kind, target_id",
        rule.value,
        rule.id,
    )
    return targets(rows)


async def release_reactions(tx: Transaction, rule_id: int) -> Sequence[Target]:
    """Show what a rule has hidden of reactions; what they are to."""
    rows = await tx.rows(
        "UPDATE reaction SET hidden_by = NULL WHERE hidden_by = $1 "
        "RETURNING target_kind, target_id",
        rule_id,
    )
    return targets(rows)


@dataclass(frozen=True, slots=True)
class HiddenQuote:
    """A quote that is not shown because of a rule, and who wrote it."""

    id: int
    uri: str
    authority: str
    handle: str
    name: str
    warning: str
    text: str


async def list_hidden_quotes(db: Queries, rule_id: int, *, limit: int) -> Sequence[HiddenQuote]:
    """Quotes that are not shown because of a rule."""
    rows = await db.rows(
        "SELECT q.id, a.uri, a.authority, a.handle, a.name, q.warning, q.text FROM quote q "
        "JOIN actor a ON a.id = q.actor_id WHERE q.hidden_by = $1 ORDER BY q.id LIMIT $2",
        rule_id,
        limit,
    )
    return [HiddenQuote(**row) for row in rows]


async def set_quote_hidden(tx: Transaction, quote_id: int, rule_id: int | None) -> Sequence[Target]:
    """Show a quote, or do not because of another rule; what it quotes."""
    rows = await tx.rows(
        "UPDATE quote SET hidden_by = $1 WHERE id = $2 RETURNING target_kind, target_id",
        rule_id,
        quote_id,
    )
    return targets(rows)


async def list_followers_of(db: Queries, rule: StoredRule, *, limit: int) -> Sequence[int]:
    """The followers' row numbers of a person or a server."""
    rows = await db.rows(
        f"SELECT f.id FROM follower f WHERE f.actor_id IN ({_ACTORS[rule.kind]}) "
        "ORDER BY f.id LIMIT $2",
        rule.value,
        limit,
    )
    return [int(row["id"]) for row in rows]


async def cancel_deliveries(tx: Transaction, rule: StoredRule, now: int) -> None:
    """Send nothing more to a person or a server that was queued. An inbox that a person shares with
    others still gets what is for these."""
    if rule.kind == "server":
        which = on_server("authority", _VALUE)
    else:
        which = f"inbox IN (SELECT inbox FROM actor WHERE id IN ({_ACTORS['person']}))"
    await tx.execute(
        "UPDATE delivery SET state = 'cancelled', finished_at = $2, last_answer = 'blocked' "
        f"WHERE state = 'queued' AND {which}",
        rule.value,
        now,
    )


async def count_affected(db: Queries, rule: StoredRule) -> dict[str, int]:
    """How many replies that are shown or held, reactions, quotes and followers are those of a
    person or a server."""
    actors = _ACTORS[rule.kind]
    counted = {
        "replies": "reply WHERE key IS NULL AND post_id IS NOT NULL "
        "AND state IN ('shown', 'held') AND",
        "reactions": "reaction WHERE hidden_by IS NULL AND",
        "quotes": "quote WHERE hidden_by IS NULL AND",
        "followers": "follower WHERE",
    }
    return {
        name: int(
            (
                await db.rows(
                    f"SELECT count(*) AS n FROM {table} actor_id IN ({actors})", rule.value
                )
            )[0]["n"]
        )
        for name, table in counted.items()
    }


async def count_hidden(db: Queries, rule_id: int) -> dict[str, int]:
    """How much is not shown because of a rule."""
    return {
        name: int(
            (await db.rows(f"SELECT count(*) AS n FROM {table} WHERE hidden_by = $1", rule_id))[0][
                "n"
            ]
        )
        for name, table in (("replies", "reply"), ("reactions", "reaction"), ("quotes", "quote"))
    }


async def _renew(tx: Transaction) -> None:
    """Have every process read the rules anew. No version comes twice, not even after one that was
    undone: somebody may have kept what it was of."""
    await tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        _VERSION,
        secrets.token_hex(8),
    )


#: A value that is compared with columns of several types.
_VALUE = "CAST($1 AS TEXT)"
_ACTORS = {
    "person": f"SELECT id FROM actor WHERE uri = {_VALUE} "
    f"OR (handle <> '' AND lower(handle) = {_VALUE})",
    "server": f"SELECT id FROM actor WHERE {on_server('authority', _VALUE)}",
}
