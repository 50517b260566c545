"""Other servers as the author sees them: how they do, and what there is between them and us."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, containing

#: Nobody needs to know how many more there are, and counting them takes time.
MOST_COUNTED = 1000
#: Among so many of the newest replies those of a server are looked for.
_REPLIES_LOOKED_AT = 5000
_COLUMNS = (
    "h.authority, h.failures, h.not_before, h.last_ok, h.last_answer, h.scheme, h.strikes, "
    "h.struck_since, h.struck_at"
)


@dataclass(frozen=True, slots=True)
class Server:
    """How a server does. Times are ms. not_before: nothing is sent to it until then. scheme: how it
    takes signatures. strikes: on how many days it failed since it was last heard of."""

    authority: str
    failures: int
    not_before: int
    last_ok: int | None
    last_answer: str
    scheme: str
    strikes: int
    struck_since: int | None
    struck_at: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is of a server, each at most MOST_COUNTED: followers and other people known here,
    deliveries that wait for it and that failed for good."""

    followers: int
    people: int
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a server. follows: the blog."""

    uri: str
    handle: str
    name: str
    page_url: str
    follows: bool


@dataclass(frozen=True, slots=True)
class ServerReply:
    """A reply from a server. received_at: ms."""

    id: int
    state: str
    handle: str
    author: str
    post_title: str | None
    received_at: int


async def list_servers(
    db: Queries, text: str, *, after: tuple[int, str] | None, limit: int
) -> Sequence[Server]:
    """Servers that have to do with us, those with most failures in a row first, then by name.

    text: what their names contain. after: failures and name of the last one seen.
    """
    failures, authority = after or (2**31 - 1, "")
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM host h WHERE (h.failures < $1 OR "
        "(h.failures = $1 AND h.authority > $2)) AND h.authority LIKE $3 ESCAPE '!' "
        "ORDER BY h.failures DESC, h.authority LIMIT $4",
        failures,
        authority,
        containing(text),
        limit,
    )
    return [Server(**row) for row in rows]


async def get_server(db: Queries, authority: str) -> Server | None:
    """How one server does; None for one with which there has been nothing yet."""
    rows = await db.rows(f"SELECT {_COLUMNS} FROM host h WHERE h.authority = $1", authority)
    return Server(**rows[0]) if rows else None


async def count_of_servers(db: Queries, authorities: Sequence[str]) -> Mapping[str, Counts]:
    """What there is of each of these servers, whether anything is known of it or not."""
    if not authorities:
        return {}
    people = "SELECT 1 FROM actor a WHERE a.authority = asked.authority AND a.gone_at IS NULL"
    followers = f"{people} AND EXISTS (SELECT 1 FROM follower f WHERE f.actor_id = a.id)"
    deliveries = "SELECT 1 FROM delivery d WHERE d.authority = asked.authority AND d.state ="
    counts = {
        "followers": followers,
        "people": people,
        "waiting": f"{deliveries} 'queued'",
        "failed": f"{deliveries} 'failed'",
    }
    columns = ", ".join(
        f"(SELECT count(*) FROM ({query} LIMIT {MOST_COUNTED}) {name}_counted) AS {name}"
        for name, query in counts.items()
    )
    asked = ", ".join(f"(CAST(${place} AS TEXT))" for place in range(1, len(authorities) + 1))
    rows = await db.rows(
        f"WITH asked (authority) AS (VALUES {asked}) SELECT asked.authority, {columns} FROM asked",
        *authorities,
    )
    return {
        str(row["authority"]): Counts(**{name: int(row[name]) for name in counts}) for row in rows
    }


async def list_people(db: Queries, authority: str, *, limit: int) -> Sequence[Person]:
    """Who is known of a server, followers first."""
    rows = await db.rows(
        "SELECT a.uri, a.handle, a.name, a.page_url, EXISTS "
        "(SELECT 1 FROM follower f WHERE f.actor_id = a.id) AS follows FROM ("
        "SELECT * FROM actor WHERE authority = $1 AND gone_at IS NULL LIMIT $2) a "
        "ORDER BY follows DESC, a.id DESC LIMIT $3",
        authority,
        MOST_COUNTED,
        limit,
    )
    return [Person(**{**row, "follows": bool(row["follows"])}) for row in rows]


async def list_replies_of(db: Queries, authority: str, *, limit: int) -> Sequence[ServerReply]:
    """The newest replies from a server, among the newest of all."""
    rows = await db.rows(
        "SELECT r.id, r.state, a.handle, a.name AS author, p.title AS post_title, r.received_at "
        "FROM (SELECT id, state, actor_id, post_id, received_at FROM reply "
        "WHERE key IS NULL AND state <> 'deleted' ORDER BY id DESC LIMIT $2) r "
        "JOIN actor a ON a.id = r.actor_id LEFT JOIN post p ON p.id = r.post_id "
        "WHERE a.authority = $1 ORDER BY r.id DESC LIMIT $3",
        authority,
        _REPLIES_LOOKED_AT,
        limit,
    )
    return [ServerReply(**row) for row in rows]
