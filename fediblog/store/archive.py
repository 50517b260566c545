"""What there is, counted: posts by day, tag and category, and where each post is.

The posts' own rows are long, so what is counted here is read from their indexes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries

_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Count:
    """A tag or a category, as it was written last, how many posts it has, and when the newest of
    them was published (ms)."""

    slug: str
    name: str
    posts: int
    newest: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post is, by its slug and its publication (ms), and when it was changed last (ms)."""

    slug: str
    published_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class Title:
    """A published post as it stands in a list of titles; published_at in ms."""

    id: int
    slug: str
    title: str
    language: str
    published_at: int


async def count_by_day(db: Queries) -> Sequence[tuple[int, int]]:
    """(a moment in ms at which a day begins, how many posts it has), the newest day first."""
    rows = await db.rows(
        f"SELECT published_at / {_DAY} AS day, count(*) AS n FROM post WHERE state = 'published' "
        "GROUP BY day ORDER BY day DESC"
    )
    return [(int(row["day"]) * _DAY, int(row["n"])) for row in rows]


async def find_around(db: Queries, since: int, until: int) -> tuple[int | None, int | None]:
    """When the last post before a time, from since and before until (ms), and the first one after
    it were published."""
    rows = await db.rows(
        "SELECT (SELECT max(published_at) FROM post WHERE state = 'published' "
        "AND published_at < $1) AS earlier, (SELECT min(published_at) FROM post "
        "WHERE state = 'published' AND published_at >= $2) AS later",
        since,
        until,
    )
    return rows[0]["earlier"], rows[0]["later"]


async def list_tags(db: Queries) -> Sequence[Count]:
    """Every tag of a published post."""
    rows = await db.rows(
        "SELECT t.slug, t.name, g.posts, g.newest FROM (SELECT count(*) AS posts, "
        "max(t.id) AS latest, max(p.published_at) AS newest FROM post p "
        "JOIN post_tag t ON t.post_id = p.id WHERE p.state = 'published' GROUP BY t.slug) g "
        "JOIN post_tag t ON t.id = g.latest"
    )
    return [Count(**row) for row in rows]


async def list_categories(db: Queries) -> Sequence[Count]:
    """Every category of a published post. A deleted one has none; so drafts alone are left out, and
    the index tells all of it."""
    rows = await db.rows(
        "SELECT p.category_slug AS slug, p.category AS name, g.posts, g.newest FROM ("
        "SELECT count(*) AS posts, max(id) AS latest, max(published_at) AS newest FROM post "
        "WHERE published_at IS NOT NULL AND category_slug > '' GROUP BY category_slug) g "
        "JOIN post p ON p.id = g.latest"
    )
    return [Count(**row) for row in rows]


async def list_titles(
    db: Queries, *, before: tuple[int, int] | None, since: int, until: int, limit: int
) -> Sequence[Title]:
    """The published posts of a time, from since and before until (ms), newest first.

    before: (published_at, row number) of the last one seen.
    """
    end = (until, 0)
    rows = await db.rows(
        "SELECT id, slug, title, language, published_at FROM post WHERE state = 'published' "
        "AND published_at >= $4 AND (published_at < $1 OR (published_at = $1 AND id < $2)) "
        "ORDER BY published_at DESC, id DESC LIMIT $3",
        *min(before or end, end),
        limit,
        since,
    )
    return [Title(**row) for row in rows]


async def list_places(db: Queries, *, skip: int, limit: int) -> Sequence[Place]:
    """Where published posts are, the oldest first: so many after the first ones."""
    rows = await db.rows(
        "SELECT slug, published_at, coalesce(updated_at, published_at) AS changed_at FROM post "
        "WHERE id IN (SELECT id FROM post WHERE state = 'published' ORDER BY published_at, id "
        "LIMIT $1 OFFSET $2) ORDER BY published_at, id",
        limit,
        skip,
    )
    return [Place(**row) for row in rows]
