"""Likes, announces and emoji of posts and replies: one per actor, kind, target and emoji."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fediblog.store.actors import AS_THEY_ARE_NOW
from fediblog.store.database import Queries, Transaction, places
from fediblog.store.posts import Target, targets


@dataclass(frozen=True, slots=True)
class NewReaction:
    """What somebody does to a target. kind: like, announce or emoji. emoji: the character, or the
    name with its colons of one that has a picture. hidden_by: the number of the rule because of
    which it is not shown."""

    actor_id: int
    kind: str
    target: Target
    target_uri: str
    activity_id: str
    emoji: str = ""
    picture: str = ""
    hidden_by: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people reacted in one way. kind, emoji and picture as in NewReaction."""

    kind: str
    emoji: str
    picture: str
    count: int


@dataclass(frozen=True, slots=True)
class Reactor:
    """Somebody who reacted, and how. last: the row number of their latest reaction."""

    last: int
    actor_uri: str
    name: str
    username: str
    handle: str
    authority: str
    actor_page: str
    avatar: str
    emojis: str
    marks: tuple[Tally, ...]


KINDS = ("like", "announce", "emoji")


def _among(kinds: Collection[str]) -> str:
    """A condition: a reaction that is shown, and of one of these kinds."""
    named = ", ".join(f"'{kind}'" for kind in KINDS if kind in kinds) or "''"
    return f"hidden_by IS NULL AND kind IN ({named})"


async def set_reaction(tx: Transaction, new: NewReaction, now: int) -> None:
    """Keep a reaction; the same again only renews the id of its activity."""
    await tx.execute(
        "INSERT INTO reaction (actor_id, kind, target_kind, target_id, target_uri, activity_id, "
        "emoji, picture, received_at, hidden_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
        "ON CONFLICT (actor_id, kind, target_kind, target_id, emoji) "
        "DO UPDATE SET activity_id = excluded.activity_id, picture = excluded.picture",
        new.actor_id,
        new.kind,
        *new.target,
        new.target_uri,
        new.activity_id,
        new.emoji,
        new.picture,
        now,
        new.hidden_by,
    )


async def count_likes(tx: Transaction, changed: Iterable[Target]) -> None:
    """Write down for each of these replies how many like it, as in `count_reactions`. To be called
    once their post is locked, or two likes at once would each count one."""
    for kind, number in changed:
        if kind == "reply":
            await tx.execute(
                "UPDATE reply SET likes = (SELECT count(DISTINCT actor_id) FROM reaction WHERE "
                "target_kind = 'reply' AND target_id = $1 AND kind <> 'announce' "
                "AND hidden_by IS NULL) WHERE id = $1",
                number,
            )


async def count_of_actor(db: Queries, actor_id: int, target: Target) -> int:
    """How many reactions somebody has on a target."""
    rows = await db.rows(
        "SELECT count(*) AS n FROM reaction "
        "WHERE actor_id = $1 AND target_kind = $2 AND target_id = $3",
        actor_id,
        *target,
    )
    return int(rows[0]["n"])


async def remove_by_activity(tx: Transaction, actor_id: int, activity_id: str) -> Sequence[Target]:
    """Undo what an activity has done (G6); the targets that lost something."""
    rows = await tx.rows(
        "DELETE FROM reaction WHERE actor_id = $1 AND activity_id = $2 "
        "RETURNING target_kind, target_id",
        actor_id,
        activity_id,
    )
    return targets(rows)


async def remove_alike(
    tx: Transaction, *, actor_id: int, kind: str, target_uri: str, emoji: str
) -> Sequence[Target]:
    """Undo a reaction that is only described (G6); the targets that lost something."""
    rows = await tx.rows(
        "DELETE FROM reaction WHERE actor_id = $1 AND kind = $2 AND target_uri = $3 "
        "AND emoji = $4 RETURNING target_kind, target_id",
        actor_id,
        kind,
        target_uri,
        emoji,
    )
    return targets(rows)


async def remove_reactions_of(tx: Transaction, actor_id: int) -> Sequence[Target]:
    """Forget all of an actor that was deleted; the targets that lost something."""
    rows = await tx.rows(
        "DELETE FROM reaction WHERE actor_id = $1 RETURNING target_kind, target_id", actor_id
    )
    return targets(rows)


async def count_reactions(
    db: Queries, target: Target, kinds: Collection[str] = KINDS
) -> Mapping[str, int]:
    """How many people like a target, with whichever emoji, and how many announce it (G8)."""
    rows = await db.rows(
        "SELECT CASE WHEN kind = 'announce' THEN 'announce' ELSE 'like' END AS sort, "
        "count(DISTINCT actor_id) AS n FROM reaction WHERE target_kind = $1 AND target_id = $2 "
        f"AND {_among(kinds)} GROUP BY sort",
        *target,
    )
    return {str(row["sort"]): int(row["n"]) for row in rows}


async def count_people(db: Queries, target: Target, kinds: Collection[str] = KINDS) -> int:
    """How many people have reacted to a target in any way."""
    rows = await db.rows(
        "SELECT count(DISTINCT actor_id) AS n FROM reaction "
        f"WHERE target_kind = $1 AND target_id = $2 AND {_among(kinds)}",
        *target,
    )
    return int(rows[0]["n"])


async def tally(
    db: Queries, target_kind: str, target_ids: Sequence[int], kinds: Collection[str] = KINDS
) -> Mapping[int, Sequence[Tally]]:
    """For each target its reactions by their looks: likes, announces, then emoji by number."""
    if not target_ids:
        return {}
    rows = await db.rows(
        "SELECT target_id, kind, emoji, picture, count(*) AS n, min(id) AS first FROM reaction "
        f"WHERE target_id IN ({places(len(target_ids))}) "
        f"AND target_kind = ${len(target_ids) + 1} AND {_among(kinds)} "
        "GROUP BY target_id, kind, emoji, picture "
        "ORDER BY CASE kind WHEN 'like' THEN 0 WHEN 'announce' THEN 1 ELSE 2 END, n DESC, first",
        *target_ids,
        target_kind,
    )
    found: dict[int, list[Tally]] = {}
    for row in rows:
        looks = Tally(row["kind"], row["emoji"], row["picture"], int(row["n"]))
        found.setdefault(int(row["target_id"]), []).append(looks)
    return found


async def list_reactors(
    db: Queries,
    target: Target,
    *,
    before: int | None,
    limit: int,
    kinds: Collection[str] = KINDS,
) -> Sequence[Reactor]:
    """Who has reacted, each account once with all that it did, the latest first; shown as who they
    are now."""
    people = await db.rows(
        "SELECT w.id, l.last, a.uri AS actor_uri, a.name, a.username, a.handle, a.authority, "
        "a.page_url AS actor_page, a.avatar, a.emojis FROM actor w JOIN (SELECT actor_id, "
        "max(id) AS last FROM reaction WHERE target_kind = $1 AND target_id = $2 "
        f"AND {_among(kinds)} GROUP BY actor_id HAVING max(id) < $3) l "
        f"ON l.actor_id = w.id {AS_THEY_ARE_NOW} "
        "ORDER BY l.last DESC LIMIT $4",
        *target,
        before or 2**62,
        limit,
    )
    if not people:
        return []
    rows = await db.rows(
        "SELECT actor_id, kind, emoji, picture FROM reaction "
        f"WHERE actor_id IN ({places(len(people))}) "
        f"AND target_kind = ${len(people) + 1} AND target_id = ${len(people) + 2} "
        f"AND {_among(kinds)} ORDER BY id",
        *[person["id"] for person in people],
        *target,
    )
    marks: dict[int, list[Tally]] = {}
    for row in rows:
        mark = Tally(row["kind"], row["emoji"], row["picture"], 1)
        marks.setdefault(row["actor_id"], []).append(mark)
    return [
        Reactor(
            **{name: value for name, value in person.items() if name != "id"},
            marks=tuple(marks.get(person["id"], ())),
        )
        for person in people
    ]


async def count_between(
    db: Queries, target: Target, *, since: int, until: int
) -> Mapping[str, int]:
    """How many people have reacted to something in a time (ms, until not included), by kind."""
    rows = await db.rows(
        "SELECT kind, count(DISTINCT actor_id) AS n FROM reaction WHERE target_kind = $1 "
        "AND target_id = $2 AND received_at >= $3 AND received_at < $4 GROUP BY kind",
        *target,
        since,
        until,
    )
    return {str(row["kind"]): int(row["n"]) for row in rows}
