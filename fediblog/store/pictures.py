"""Pictures elsewhere that we show from here: which they are, who names them, which are due.

A picture is fetched and served only while something shown names it (requirement K22): a reply that
is shown, a post or a page that is published, a reaction, or the name of somebody who is seen
somewhere: a request that was refused makes nobody known, so it has nothing fetched.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fediblog.store.database import Database, Queries, Transaction, places

EMOJI: Final = "emoji"
ATTACHMENT: Final = "attachment"
ILLUSTRATION: Final = "illustration"
PREVIEW: Final = "preview"

#: Whether the actor with a number stands anywhere, for what they said or did.
_IS_SEEN = (
    "(EXISTS (SELECT 1 FROM reply s WHERE s.actor_id = {0} AND s.state = 'shown') "
    "OR EXISTS (SELECT 1 FROM reaction s WHERE s.actor_id = {0}) "
    "OR EXISTS (SELECT 1 FROM quote s WHERE s.actor_id = {0}) "
    "OR EXISTS (SELECT 1 FROM follower s WHERE s.actor_id = {0}))"
)
#: Whether something shown names the picture p: a reply, a post, a page, a reaction, or the name of
#: somebody who is seen, perhaps as who they were before they moved.
_NAMED = (
    "(EXISTS (SELECT 1 FROM picture_use u WHERE u.picture = p.name AND ("
    "(u.owner_kind = 'reply' AND EXISTS "
    "(SELECT 1 FROM reply r WHERE r.id = u.owner_id AND r.state = 'shown')) "
    "OR (u.owner_kind = 'post' AND EXISTS "
    "(SELECT 1 FROM post t WHERE t.id = u.owner_id AND t.state = 'published')) "
    "OR (u.owner_kind = 'page' AND EXISTS "
    "(SELECT 1 FROM page t WHERE t.id = u.owner_id AND t.state = 'published')) "
    f"OR (u.owner_kind = 'actor' AND ({_IS_SEEN.format('u.owner_id')} OR EXISTS "
    "(SELECT 1 FROM actor o JOIN actor m ON m.moved_to = o.uri "
    f"WHERE o.id = u.owner_id AND {_IS_SEEN.format('m.id')})))))"
    " OR EXISTS (SELECT 1 FROM reaction e WHERE e.picture = p.name))"
)


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A picture that something names. kind: EMOJI; ATTACHMENT of a reply; ILLUSTRATION in a post or
    a page; PREVIEW beside a link in one."""

    name: str
    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture that is here. url: where it is from; width and height: pixels of our file."""

    url: str
    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class DuePicture:
    """A picture to be fetched. attempts counts this one."""

    id: int
    name: str
    url: str
    kind: str
    attempts: int


async def add_pictures(tx: Transaction, pictures: Iterable[NewPicture]) -> None:
    """Make pictures known; new ones are due at once."""
    for picture in sorted(pictures, key=lambda each: each.name):
        await tx.execute(
            "INSERT INTO picture (name, url, kind, fetch_at) VALUES ($1, $2, $3, 0) "
            "ON CONFLICT (name) DO NOTHING",
            picture.name,
            picture.url,
            picture.kind,
        )


async def set_uses(
    tx: Transaction, owner_kind: str, owner_id: int, pictures: Sequence[NewPicture]
) -> None:
    """Note which pictures something names, and no others any more. owner_kind: reply, actor, post
    or page."""
    await tx.execute(
        "DELETE FROM picture_use WHERE owner_kind = $1 AND owner_id = $2", owner_kind, owner_id
    )
    await add_pictures(tx, pictures)
    for name in dict.fromkeys(picture.name for picture in pictures):
        await tx.execute(
            "INSERT INTO picture_use (picture, owner_kind, owner_id) VALUES ($1, $2, $3)",
            name,
            owner_kind,
            owner_id,
        )


async def hasten(tx: Transaction, owner_kind: str, owner_id: int) -> None:
    """What may have waited is shown now: its pictures are due at once."""
    await tx.execute(
        "UPDATE picture SET fetch_at = 0 WHERE fetch_at IS NOT NULL AND name IN "
        "(SELECT picture FROM picture_use WHERE owner_kind = $1 AND owner_id = $2)",
        owner_kind,
        owner_id,
    )


async def claim_pictures(
    db: Database, *, now: int, again_at: int, limit: int
) -> Sequence[DuePicture]:
    """Take up to limit pictures that are due and named by something shown.

    All that are due, the others too, come back at again_at (ms) unless `set_fetched` or
    `set_next_fetch` says otherwise.
    """
    lock = "" if db.sqlite else "FOR UPDATE SKIP LOCKED"
    async with db.transaction() as tx:
        rows = await tx.rows(
            "UPDATE picture SET fetch_at = $1, attempts = attempts + 1 WHERE id IN ("
            "SELECT p.id FROM picture p WHERE p.fetch_at <= $2 "
            f"AND {_NAMED} ORDER BY p.fetch_at LIMIT $3 {lock}) "
            "RETURNING id, name, url, kind, attempts",
            again_at,
            now,
            limit,
        )
        if len(rows) < limit:
            await tx.execute(
                f"UPDATE picture AS p SET fetch_at = $1 WHERE p.fetch_at <= $2 AND NOT {_NAMED}",
                again_at,
                now,
            )
    return [DuePicture(**row) for row in rows]


async def set_fetched(tx: Transaction, picture: DuePicture, width: int, height: int) -> bool:
    """The file is here, and the pages that show it have changed; False if nobody names it now."""
    rows = await tx.rows(
        "UPDATE picture SET width = $1, height = $2, fetch_at = NULL WHERE id = $3 RETURNING id",
        width,
        height,
        picture.id,
    )
    await tx.execute(
        "UPDATE post SET version = version + 1 WHERE id IN (SELECT r.post_id FROM reply r "
        "JOIN picture_use u ON u.owner_id = r.id AND u.owner_kind = 'reply' WHERE u.picture = $1) "
        "OR id IN (SELECT owner_id FROM picture_use WHERE owner_kind = 'post' AND picture = $1)",
        picture.name,
    )
    await tx.execute(
        "UPDATE reply SET version = (SELECT p.version FROM post p WHERE p.id = post_id) "
        "WHERE post_id IS NOT NULL AND id IN (SELECT owner_id FROM picture_use "
        "WHERE owner_kind = 'reply' AND picture = $1)",
        picture.name,
    )
    return bool(rows)


async def set_next_fetch(tx: Transaction, picture_id: int, at: int | None) -> None:
    """When to try again (ms); None: never."""
    await tx.execute("UPDATE picture SET fetch_at = $1 WHERE id = $2", at, picture_id)


async def is_shown(db: Queries, name: str) -> bool:
    """Whether a picture is here and something shown names it."""
    rows = await db.rows(
        f"SELECT 1 AS found FROM picture p WHERE p.name = $1 AND p.width IS NOT NULL AND {_NAMED}",
        name,
    )
    return bool(rows)


async def list_stored(db: Queries, owner_kind: str, owner_id: int) -> Sequence[StoredPicture]:
    """Those of the pictures that something names, and that are here."""
    rows = await db.rows(
        "SELECT p.url, p.name, p.width, p.height FROM picture_use u JOIN picture p "
        "ON p.name = u.picture WHERE u.owner_kind = $1 AND u.owner_id = $2 "
        "AND p.width IS NOT NULL",
        owner_kind,
        owner_id,
    )
    return [StoredPicture(**row) for row in rows]


async def list_sizes(db: Queries, names: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """(width, height) in pixels of those of these pictures that are here."""
    if not names:
        return {}
    rows = await db.rows(
        "SELECT name, width, height FROM picture WHERE width IS NOT NULL "
        f"AND name IN ({places(len(names))})",
        *names,
    )
    return {str(row["name"]): (int(row["width"]), int(row["height"])) for row in rows}


async def prune_pictures(tx: Transaction) -> Sequence[str]:
    """Forget the pictures that nothing names any more; their names, for their files to go."""
    await tx.execute(
        "DELETE FROM picture_use WHERE owner_kind = 'reply' AND NOT EXISTS (SELECT 1 FROM reply r "
        "WHERE r.id = owner_id AND r.state <> 'deleted')"
    )
    await tx.execute(
        "DELETE FROM picture_use WHERE owner_kind = 'actor' AND NOT EXISTS (SELECT 1 FROM actor a "
        "WHERE a.id = owner_id AND a.gone_at IS NULL)"
    )
    for kind in ("post", "page"):
        await tx.execute(
            f"DELETE FROM picture_use WHERE owner_kind = '{kind}' AND NOT EXISTS "
            f"(SELECT 1 FROM {kind} t WHERE t.id = owner_id AND t.state = 'published')"
        )
    rows = await tx.rows(
        "DELETE FROM picture WHERE NOT EXISTS (SELECT 1 FROM picture_use u "
        "WHERE u.picture = picture.name) AND NOT EXISTS (SELECT 1 FROM reaction e "
        "WHERE e.picture = picture.name) RETURNING name"
    )
    return [str(row["name"]) for row in rows]
