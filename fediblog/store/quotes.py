"""Quotes: notes elsewhere that quote a post or an answer of the author, and what we said to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fediblog.store.actors import AS_THEY_ARE_NOW
from fediblog.store.database import Queries, Transaction, places
from fediblog.store.posts import Target, targets, touch_targets

_FIELDS = (
    "r.id, r.uri, r.key, r.actor_id, a.uri AS actor_uri, a.inbox AS actor_inbox, r.target_uri, "
    "r.target_kind, r.target_id, r.request_id, r.state, r.public, r.text, r.warning, r.language, "
    "r.page_url, r.published_at, r.updated_at"
)
_PERSON = (
    "a.name, a.username, a.handle, a.authority, a.page_url AS actor_page, a.avatar, "
    "a.emojis AS actor_emojis"
)
_FROM = "FROM quote r JOIN actor a ON a.id = r.actor_id"
_WITH_PERSON = (
    f"SELECT {_FIELDS}, {_PERSON} FROM quote r JOIN actor w ON w.id = r.actor_id {AS_THEY_ARE_NOW}"
)
#: What readers see: also what nobody asked for, but never what we refused or took back.
_SHOWN = "r.public AND r.hidden_by IS NULL AND r.state IN ('seen', 'accepted')"
#: Quotes of one post and of the author's answers beneath it.
_OF_POST = (
    "((r.target_kind = 'post' AND r.target_id = ${0}) OR (r.target_kind = 'reply' AND r.target_id "
    "IN (SELECT id FROM reply WHERE post_id = ${0} AND key IS NOT NULL)))"
)


@dataclass(frozen=True, slots=True)
class Quote:
    """One quote. state: seen (nobody asked), accepted, rejected or revoked. Times are ms.

    key: of the authorization, once one was given. target_uri: the id of what is quoted. text is
    plain text, which a warning covers if there is one. request_id: of the last QuoteRequest.
    """

    id: int
    uri: str
    key: str | None
    actor_id: int
    actor_uri: str
    actor_inbox: str
    target_uri: str
    target_kind: str
    target_id: int
    request_id: str
    state: str
    public: bool
    text: str
    warning: str
    language: str
    page_url: str
    published_at: int
    updated_at: int | None

    @property
    def target(self) -> Target:
        """What it quotes."""
        return self.target_kind, self.target_id


@dataclass(frozen=True, slots=True)
class QuoteWithPerson(Quote):
    """A quote with what is shown of who wrote it, who may have moved since."""

    name: str
    username: str
    handle: str
    authority: str
    actor_page: str
    avatar: str
    actor_emojis: str


@dataclass(frozen=True, slots=True)
class NewQuote:
    """A public quote as it comes, or is edited. hidden_by: the number of the rule because of which
    it is not shown."""

    uri: str
    actor_id: int
    target: Target
    target_uri: str
    text: str
    warning: str
    language: str
    page_url: str
    published_at: int
    updated_at: int | None
    received_at: int
    hidden_by: int | None = None


async def get_quote(db: Queries, uri: str) -> Quote | None:
    """The quote with this id."""
    rows = await db.rows(f"SELECT {_FIELDS} {_FROM} WHERE r.uri = $1", uri)
    return Quote(**rows[0]) if rows else None


async def get_quote_by_key(db: Queries, key: str) -> Quote | None:
    """The quote whose authorization has this key."""
    rows = await db.rows(f"SELECT {_FIELDS} {_FROM} WHERE r.key = $1", key)
    return Quote(**rows[0]) if rows else None


async def lock_quote(tx: Transaction, uri: str) -> Quote | None:
    """The quote with this id, for nobody else to change before the transaction ends."""
    rows = await tx.rows(f"SELECT {_FIELDS} {_FROM} WHERE r.uri = $1 {tx.locking_rows}", uri)
    return Quote(**rows[0]) if rows else None


async def lock_quote_by_number(tx: Transaction, quote_id: int) -> Quote | None:
    """The quote with this row's number, likewise."""
    rows = await tx.rows(f"SELECT {_FIELDS} {_FROM} WHERE r.id = $1 {tx.locking_rows}", quote_id)
    return Quote(**rows[0]) if rows else None


async def set_quote(tx: Transaction, new: NewQuote) -> bool:
    """Write a quote as seen, or renew what it says; whether anything was written.

    Not if it is somebody else's (K7), nor if what is here is newer. An answer that was given stays,
    unless it now quotes something else: then nobody has been asked yet. What was revoked stays so.
    """
    same = (
        "(quote.target_kind = excluded.target_kind AND quote.target_id = excluded.target_id "
        "OR quote.state = 'revoked')"
    )
    rows = await tx.rows(
        "INSERT INTO quote (uri, actor_id, target_kind, target_id, target_uri, text, warning, "
        "language, page_url, published_at, updated_at, received_at, request_id, state, public, "
        "hidden_by) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', 'seen', $13, $14) "
        "ON CONFLICT (uri) DO UPDATE SET "
        f"state = CASE WHEN {same} THEN quote.state ELSE 'seen' END, "
        f"key = CASE WHEN {same} THEN quote.key END, "
        "target_kind = excluded.target_kind, target_id = excluded.target_id, "
        "target_uri = excluded.target_uri, text = excluded.text, warning = excluded.warning, "
        "language = excluded.language, page_url = excluded.page_url, public = excluded.public, "
        "updated_at = excluded.updated_at, hidden_by = excluded.hidden_by "
        "WHERE quote.actor_id = excluded.actor_id "
        "AND COALESCE(excluded.updated_at, 0) >= COALESCE(quote.updated_at, 0) "
        "RETURNING target_kind, target_id",
        new.uri,
        new.actor_id,
        *new.target,
        new.target_uri,
        new.text,
        new.warning,
        new.language,
        new.page_url,
        new.published_at,
        new.updated_at,
        new.received_at,
        True,
        new.hidden_by,
    )
    await touch_targets(tx, targets(rows))
    return bool(rows)


async def set_answer(
    tx: Transaction, quote: Quote, *, state: str, key: str | None, request_id: str
) -> None:
    """Note what we answered to a request. state: accepted, with a key, or rejected."""
    rows = await tx.rows(
        "UPDATE quote SET state = $1, key = $2, request_id = $3 WHERE id = $4 "
        "RETURNING target_kind, target_id",
        state,
        key,
        request_id,
        quote.id,
    )
    await touch_targets(tx, targets(rows))


async def set_revoked(tx: Transaction, quote_id: int) -> None:
    """Take a quote off the page; its authorization, if there is one, is not given out any more."""
    rows = await tx.rows(
        "UPDATE quote SET state = 'revoked' WHERE id = $1 RETURNING target_kind, target_id",
        quote_id,
    )
    await touch_targets(tx, targets(rows))


async def set_seen(tx: Transaction, quote_id: int) -> None:
    """Put a quote that was revoked back onto the page, without an authorization."""
    rows = await tx.rows(
        "UPDATE quote SET state = 'seen', key = NULL WHERE id = $1 "
        "RETURNING target_kind, target_id",
        quote_id,
    )
    await touch_targets(tx, targets(rows))


async def withdraw_quote(tx: Transaction, quote: Quote, updated_at: int | None) -> None:
    """It quotes nothing of ours any more, or is no longer public: nothing of it is kept but, if
    it was revoked, that it was."""
    await tx.execute(
        "UPDATE quote SET text = '', warning = '', public = $1, updated_at = $2 "
        "WHERE id = $3 AND state = 'revoked'",
        False,
        updated_at,
        quote.id,
    )
    rows = await tx.rows(
        "DELETE FROM quote WHERE id = $1 AND state <> 'revoked' RETURNING target_kind, target_id",
        quote.id,
    )
    await touch_targets(tx, targets(rows))


async def remove_quote(tx: Transaction, uri: str, actor_uri: str) -> bool:
    """Forget a quote that this actor has deleted; whether there was one of theirs."""
    rows = await tx.rows(
        "DELETE FROM quote WHERE uri = $1 AND actor_id = (SELECT id FROM actor WHERE uri = $2) "
        "RETURNING target_kind, target_id",
        uri,
        actor_uri,
    )
    await touch_targets(tx, targets(rows))
    return bool(rows)


async def remove_requested(tx: Transaction, request_id: str, actor_uri: str) -> bool:
    """Forget a quote whose request its author takes back; whether there was one. What was revoked
    is remembered."""
    rows = await tx.rows(
        "DELETE FROM quote WHERE request_id = $1 AND state <> 'revoked' AND actor_id = "
        "(SELECT id FROM actor WHERE uri = $2) RETURNING target_kind, target_id",
        request_id,
        actor_uri,
    )
    await touch_targets(tx, targets(rows))
    return bool(rows)


async def remove_quotes_of(tx: Transaction, actor_id: int) -> None:
    """Forget everything with which an actor that was deleted has quoted us."""
    rows = await tx.rows(
        "DELETE FROM quote WHERE actor_id = $1 RETURNING target_kind, target_id", actor_id
    )
    await touch_targets(tx, targets(rows))


async def count_shown(db: Queries, kind: str, numbers: Sequence[int]) -> Mapping[int, int]:
    """How many quotes readers see of each of these posts, or of these answers (kind "reply")."""
    if not numbers:
        return {}
    rows = await db.rows(
        "SELECT r.target_id, count(*) AS n FROM quote r WHERE r.target_id IN "
        f"({places(len(numbers))}) AND r.target_kind = ${len(numbers) + 1} AND {_SHOWN} "
        "GROUP BY r.target_id",
        *numbers,
        kind,
    )
    return {int(row["target_id"]): int(row["n"]) for row in rows}


async def list_shown(
    db: Queries, target: Target, *, before: int | None, limit: int
) -> Sequence[QuoteWithPerson]:
    """The quotes of a post or an answer that readers see, newest first."""
    rows = await db.rows(
        f"{_WITH_PERSON} WHERE r.target_kind = $1 AND r.target_id = $2 "
        f"AND r.id < $3 AND {_SHOWN} ORDER BY r.id DESC LIMIT $4",
        *target,
        before or 2**62,
        limit,
    )
    return [QuoteWithPerson(**row) for row in rows]


async def list_quotes(
    db: Queries, state: str | None, post_id: int | None, *, before: int | None, limit: int
) -> Sequence[QuoteWithPerson]:
    """All quotes, or those in one state, or of one post and the answers beneath it, newest first:
    for the admin."""
    values: list[int | str] = [before or 2**62, limit]
    wanted = ""
    if state:
        values.append(state)
        wanted += f" AND r.state = ${len(values)}"
    if post_id:
        values.append(post_id)
        wanted += f" AND {_OF_POST.format(len(values))}"
    rows = await db.rows(
        f"{_WITH_PERSON} WHERE r.id < $1{wanted} ORDER BY r.id DESC LIMIT $2",
        *values,
    )
    return [QuoteWithPerson(**row) for row in rows]


async def list_by_number(db: Queries, numbers: Sequence[int]) -> Mapping[int, QuoteWithPerson]:
    """Quotes by their rows' numbers."""
    if not numbers:
        return {}
    rows = await db.rows(f"{_WITH_PERSON} WHERE r.id IN ({places(len(numbers))})", *numbers)
    return {int(row["id"]): QuoteWithPerson(**row) for row in rows}
