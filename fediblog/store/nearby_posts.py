"""Posts to go on to from another one: before it, after it, and about the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries
from fediblog.store.posts import Post

_COLUMNS = "id, slug, title, language, published_at"
#: Of each tag only the newest posts are looked at: a page costs the same in a large blog.
_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class PostLink:
    """A published post, as far as a link to it needs it. published_at in ms."""

    id: int
    slug: str
    title: str
    language: str
    published_at: int


async def get_neighbours(db: Queries, post: Post) -> tuple[PostLink | None, PostLink | None]:
    """The published posts before and after one in time; None at either end."""
    queries = [
        f"SELECT * FROM (SELECT {_COLUMNS} FROM post WHERE state = 'published' "
        f"AND published_at {sign}= $1 AND (published_at <> $1 OR id {sign} $2) "
        f"ORDER BY published_at {order}, id {order} LIMIT 1) AS {name}"
        for sign, order, name in (("<", "DESC", "earlier"), (">", "ASC", "later"))
    ]
    here = (post.published_at or 0, post.id)
    rows = await db.rows(" UNION ALL ".join(queries), *here)
    found = sorted((PostLink(**row) for row in rows), key=_when)
    earlier = next((each for each in found if _when(each) < here), None)
    return earlier, next((each for each in found if _when(each) > here), None)


async def list_related(db: Queries, post: Post, limit: int) -> Sequence[PostLink]:
    """Published posts that share most with one, newest first among equals: each tag counts once,
    and so does the category."""
    near = [
        f"SELECT * FROM (SELECT post_id FROM post_tag WHERE slug = ${place} "
        f"AND published_at > 0 ORDER BY published_at DESC LIMIT {_LOOKED_AT}) AS tag{place}"
        for place, _ in enumerate(post.tags, start=3)
    ]
    slugs = [tag.slug for tag in post.tags]
    if post.category_slug:
        place = len(slugs) + 3
        near.append(
            f"SELECT * FROM (SELECT id AS post_id FROM post WHERE category_slug = ${place} "
            f"ORDER BY published_at DESC LIMIT {_LOOKED_AT}) AS category"
        )
        slugs.append(post.category_slug)
    if not near:
        return []
    columns = ", ".join(f"p.{name}" for name in _COLUMNS.split(", "))
    rows = await db.rows(
        f"SELECT {columns} FROM ({' UNION ALL '.join(near)}) AS near "
        "JOIN post p ON p.id = near.post_id WHERE p.state = 'published' AND p.id <> $1 "
        f"GROUP BY {columns} "
        "ORDER BY count(*) DESC, p.published_at DESC, p.id DESC LIMIT $2",
        post.id,
        limit,
        *slugs,
    )
    return [PostLink(**row) for row in rows]


def _when(link: PostLink) -> tuple[int, int]:
    return link.published_at, link.id
