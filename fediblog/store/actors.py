"""Everybody we know, the blog's own actor included, and their public keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fediblog.store.database import Database, Queries, Transaction, places
from fediblog.store.pictures import NewPicture, set_uses

#: What `Actor` is made of.
COLUMNS = (
    "id, uri, authority, type, username, handle, handle_at, name, page_url, icon_url, avatar, "
    "inbox, shared_inbox, fetched_at, gone_at, moved_to, moved_at, blocks_us_at, block_id, "
    "allowed_at, created_at"
)
#: Where an actor, as `a`, gets what is for everybody: the inbox of the server, if there is one.
INBOX = "CASE WHEN a.shared_inbox <> '' THEN a.shared_inbox ELSE a.inbox END"
#: Joins, as `a`, whoever somebody, as `w`, is now: the same actor, or the one they moved to.
AS_THEY_ARE_NOW = (
    "JOIN actor a ON a.id = COALESCE((SELECT m.id FROM actor m WHERE m.uri = w.moved_to "
    "AND m.gone_at IS NULL), w.id)"
)


@dataclass(frozen=True, slots=True)
class Actor:
    """One actor. handle is user@host once WebFinger agreed, else empty; avatar is a file's name.

    moved_to: id of who is the same person now, else empty. blocks_us_at (ms): since when this
    person blocks the blog, by the Block with the id block_id. allowed_at (ms): since when their
    replies are shown without being asked about. created_at (ms): since when the account is there,
    by its own word.
    """

    id: int
    uri: str
    authority: str
    type: str
    username: str
    handle: str
    handle_at: int | None
    name: str
    page_url: str
    icon_url: str
    avatar: str
    inbox: str
    shared_inbox: str
    fetched_at: int
    gone_at: int | None
    moved_to: str
    moved_at: int | None
    blocks_us_at: int | None
    block_id: str
    allowed_at: int | None
    created_at: int | None


@dataclass(frozen=True, slots=True)
class NewActor:
    """What is known of an actor when it is written. pictures: those of its emojis."""

    uri: str
    authority: str
    type: str
    username: str
    name: str
    page_url: str
    icon_url: str
    inbox: str
    shared_inbox: str
    emojis: str = ""
    pictures: Sequence[NewPicture] = ()
    created_at: int | None = None


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A public key with the actor it belongs to."""

    key_id: str
    owner: str
    pem: str
    fetched_at: int


@dataclass(frozen=True, slots=True)
class DueAvatar:
    """An actor whose picture is to be fetched."""

    id: int
    icon_url: str


async def get_actor(db: Queries, uri: str) -> Actor | None:
    """The actor with this id."""
    rows = await db.rows(f"SELECT {COLUMNS} FROM actor WHERE uri = $1", uri)
    return Actor(**rows[0]) if rows else None


async def get_actor_by_number(db: Queries, actor_id: int) -> Actor | None:
    """The actor with this row's number."""
    rows = await db.rows(f"SELECT {COLUMNS} FROM actor WHERE id = $1", actor_id)
    return Actor(**rows[0]) if rows else None


async def get_actors(db: Queries, uris: Sequence[str]) -> Mapping[str, Actor]:
    """Those of these actors whom we know, by their ids, in the order of the ids."""
    if not uris:
        return {}
    rows = await db.rows(f"SELECT {COLUMNS} FROM actor WHERE uri IN ({places(len(uris))})", *uris)
    found = {str(row["uri"]): Actor(**row) for row in rows}
    return {uri: found[uri] for uri in uris if uri in found}


async def get_actor_by_handle(db: Queries, handle: str) -> Actor | None:
    """Who has this handle (lower case) by WebFinger's word; the one who was seen last."""
    rows = await db.rows(
        f"SELECT {COLUMNS} FROM actor WHERE handle_key = $1 AND handle <> '' "
        "AND gone_at IS NULL ORDER BY fetched_at DESC LIMIT 1",
        handle,
    )
    return Actor(**rows[0]) if rows else None


async def get_present_actor(db: Queries, actor_id: int) -> Actor | None:
    """Who the actor with this row's number is now, after all moves."""
    columns = ", ".join(f"a.{column}" for column in COLUMNS.split(", "))
    rows = await db.rows(
        f"SELECT {columns} FROM actor w {AS_THEY_ARE_NOW} WHERE w.id = $1", actor_id
    )
    return Actor(**rows[0]) if rows else None


async def get_key(db: Queries, key_id: str) -> StoredKey | None:
    """The key with this key id, and the id of its owner."""
    rows = await db.rows(
        "SELECT k.key_id, a.uri AS owner, k.pem, k.fetched_at "
        "FROM actor_key k JOIN actor a ON a.id = k.actor_id WHERE k.key_id = $1",
        key_id,
    )
    return StoredKey(**rows[0]) if rows else None


async def set_actor(tx: Transaction, actor: NewActor, now: int) -> int:
    """Write an actor, new or seen again; its row's number.

    A picture with another address is due to be fetched.
    """
    rows = await tx.rows(
        "INSERT INTO actor (uri, authority, type, username, handle, name, page_url, icon_url, "
        "avatar, avatar_at, inbox, shared_inbox, fetched_at, emojis, created_at) "
        "VALUES ($1, $2, $3, $4, '', $5, $6, $7, '', $8, $9, $10, $11, $12, $13) "
        "ON CONFLICT (uri) DO UPDATE SET type = excluded.type, username = excluded.username, "
        "handle = CASE WHEN actor.username = excluded.username THEN actor.handle ELSE '' END, "
        "handle_at = CASE WHEN actor.username = excluded.username THEN actor.handle_at END, "
        "name = excluded.name, page_url = excluded.page_url, "
        "avatar_at = CASE WHEN actor.icon_url = excluded.icon_url THEN actor.avatar_at "
        "ELSE excluded.avatar_at END, icon_url = excluded.icon_url, inbox = excluded.inbox, "
        "shared_inbox = excluded.shared_inbox, fetched_at = excluded.fetched_at, gone_at = NULL, "
        "emojis = excluded.emojis, created_at = excluded.created_at "
        "RETURNING id",
        actor.uri,
        actor.authority,
        actor.type,
        actor.username,
        actor.name,
        actor.page_url,
        actor.icon_url,
        now if actor.icon_url else None,
        actor.inbox,
        actor.shared_inbox,
        now,
        actor.emojis,
        actor.created_at,
    )
    number = int(rows[0]["id"])
    await set_uses(tx, "actor", number, actor.pictures)
    return number


async def set_handle(tx: Transaction, actor_id: int, handle: str, now: int) -> None:
    """Note what WebFinger says of an actor's handle; empty when it does not agree (K14)."""
    await tx.execute(
        "UPDATE actor SET handle = $1, handle_key = $2, handle_at = $3 WHERE id = $4",
        handle,
        handle.lower(),
        now,
        actor_id,
    )


async def set_key(tx: Transaction, key_id: str, actor_id: int, pem: str, now: int) -> None:
    """Write a key, new or changed. A key id stays with whom it belongs to."""
    await tx.execute(
        "INSERT INTO actor_key (key_id, actor_id, pem, fetched_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (key_id) DO UPDATE SET pem = excluded.pem, fetched_at = excluded.fetched_at "
        "WHERE actor_key.actor_id = excluded.actor_id",
        key_id,
        actor_id,
        pem,
        now,
    )


async def remove_other_keys(tx: Transaction, actor_id: int, kept: Sequence[str]) -> Sequence[str]:
    """Remove an actor's keys but those with one of these ids; the ids of the removed ones."""
    rows = await tx.rows(
        f"DELETE FROM actor_key WHERE key_id NOT IN ({places(len(kept))}) "
        f"AND actor_id = ${len(kept) + 1} RETURNING key_id",
        *kept,
        actor_id,
    )
    return [str(row["key_id"]) for row in rows]


async def hold_actor(tx: Transaction, actor_id: int) -> Actor | None:
    """An actor who is not deleted before the transaction ends; None if that has happened."""
    lock = "" if tx.sqlite else "FOR KEY SHARE"
    rows = await tx.rows(
        f"SELECT {COLUMNS} FROM actor WHERE id = $1 AND gone_at IS NULL {lock}", actor_id
    )
    return Actor(**rows[0]) if rows else None


async def lock_actor(tx: Transaction, actor_id: int) -> None:
    """Wait for whoever writes anything of an actor, and hold up who is about to."""
    if not tx.sqlite:
        await tx.rows("SELECT id FROM actor WHERE id = $1 FOR UPDATE", actor_id)


async def set_gone(tx: Transaction, actor_id: int, now: int) -> None:
    """Note that an actor has been deleted: name and picture go, the id stays."""
    await tx.execute(
        "UPDATE actor SET gone_at = $1, name = '', handle = '', icon_url = '', avatar = '', "
        "avatar_at = NULL WHERE id = $2",
        now,
        actor_id,
    )


async def set_moved(tx: Transaction, uri: str, target: str, now: int) -> None:
    """From now on an actor is shown as another one, or as whoever that one is by now.

    moved_to always leads to somebody who has not moved on, in one step: who moves on takes all
    along that had moved to them, and who moves back is shown as they were. So there is no circle.
    """
    rows = await tx.rows("SELECT moved_to FROM actor WHERE uri = $1", target)
    last = str(rows[0]["moved_to"]) if rows and rows[0]["moved_to"] else target
    if last == uri:
        await tx.execute("UPDATE actor SET moved_to = '' WHERE uri = $1", target)
        last = target
    await tx.execute("UPDATE actor SET moved_to = $1, moved_at = $2 WHERE uri = $3", last, now, uri)
    await tx.execute("UPDATE actor SET moved_to = $1 WHERE moved_to = $2", last, uri)


async def set_blocks_us(tx: Transaction, actor_id: int, *, at: int | None, block_id: str) -> None:
    """An actor blocks the blog, or no longer does (at is None)."""
    await tx.execute(
        "UPDATE actor SET blocks_us_at = $1, block_id = $2 WHERE id = $3", at, block_id, actor_id
    )


async def set_allowed(tx: Transaction, actor_id: int, at: int | None) -> None:
    """Show what somebody says without asking the author, since a time (ms); None: no longer."""
    await tx.execute("UPDATE actor SET allowed_at = $1 WHERE id = $2", at, actor_id)


async def list_allowed(db: Queries, *, limit: int) -> Sequence[Actor]:
    """Whose replies are shown without asking, the latest first."""
    rows = await db.rows(
        f"SELECT {COLUMNS} FROM actor WHERE allowed_at IS NOT NULL "
        "ORDER BY allowed_at DESC, id LIMIT $1",
        limit,
    )
    return [Actor(**row) for row in rows]


async def list_refusing_inboxes(db: Queries) -> Sequence[str]:
    """The personal inboxes of those who block the blog."""
    rows = await db.rows("SELECT inbox FROM actor WHERE blocks_us_at > 0")
    return [str(row["inbox"]) for row in rows]


async def get_page_urls(db: Queries, uris: Sequence[str]) -> Mapping[str, str]:
    """The profile pages of those of these actors whom we know, by actor id."""
    if not uris:
        return {}
    rows = await db.rows(
        f"SELECT uri, page_url FROM actor WHERE uri IN ({places(len(uris))})", *uris
    )
    return {str(row["uri"]): str(row["page_url"]) for row in rows}


async def claim_avatars(
    db: Database, *, now: int, again_at: int, limit: int
) -> Sequence[DueAvatar]:
    """Take up to limit actors whose picture is to be fetched now; it is due again at again_at (ms)
    unless `set_avatar` says otherwise."""
    lock = "" if db.sqlite else "FOR UPDATE SKIP LOCKED"
    async with db.transaction() as tx:
        rows = await tx.rows(
            "UPDATE actor SET avatar_at = $1 WHERE id IN ("
            f"SELECT id FROM actor WHERE avatar_at <= $2 ORDER BY avatar_at LIMIT $3 {lock}) "
            "RETURNING id, icon_url",
            again_at,
            now,
            limit,
        )
    return [DueAvatar(**row) for row in rows]


async def set_avatar(tx: Transaction, actor_id: int, avatar: str) -> None:
    """Note the file name of a picture that was fetched."""
    await tx.execute(
        "UPDATE actor SET avatar = $1, avatar_at = NULL WHERE id = $2", avatar, actor_id
    )


async def list_names(db: Queries, numbers: Sequence[int]) -> Mapping[int, tuple[str, str]]:
    """What people are called, and where their profiles are, by their rows' numbers."""
    if not numbers:
        return {}
    rows = await db.rows(
        f"SELECT id, name, username, page_url FROM actor WHERE id IN ({places(len(numbers))})",
        *numbers,
    )
    return {
        int(row["id"]): (str(row["name"] or row["username"]), str(row["page_url"])) for row in rows
    }
