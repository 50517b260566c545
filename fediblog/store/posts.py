"""Posts, their slugs and their tags."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from fediblog.errors import NotFound
from fediblog.store.database import Queries, Row, Transaction, places
from fediblog.store.media import set_uses
from fediblog.store.search import mark, mark_thread

_COLUMNS = (
    "id, key, slug, state, title, source, html, excerpt, language, created_at, published_at, "
    "updated_at, deleted_at, version, pinned_at, mentions, gallery, category, category_slug, "
    "source_line, licence, lead_id, lead_alt, lead_caption, contents, words, comment_policy, "
    "close_after, warning, publish_at, delete_at, edited_at, note, resent_at"
)
_OF_A_POST = ", ".join(f"p.{column}" for column in _COLUMNS.split(", "))
#: Values in one statement.
_AT_ONCE = 500
#: Ends with which replies have changed.
_MARK = "UPDATE reply SET version = (SELECT p.version FROM post p WHERE p.id = post_id) WHERE"


Target = tuple[str, int]
"""What people react to or quote: ("post" or "reply", row number)."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as written, and as part of an address."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post. state: draft, scheduled, published, deleting (that can still be taken back) or
    deleted. Times are ms; source is Markdown.

    mentions: JSON of [actor id, @handle] pairs, empty for none. pinned_at: since when it stands
    above the others, None if it does not. gallery: its pictures go along in place of a link to it.
    source_line and lead_caption: a line of Markdown. licence: an SPDX name. lead_id: row number of
    its lead picture. contents: it begins with a list of its headings. comment_policy and
    close_after: who may reply, and for how many days; empty and None for what the blog says.
    warning: plain text, empty for none. publish_at, delete_at: when that is done, None if it is not
    to be. edited_at: when its text was written last; updated_at: when everybody was last told so.
    note: what the author has to know of its publication. resent_at: when the followers were last
    shown it again.
    """

    id: int
    key: str
    slug: str
    state: str
    title: str
    source: str
    html: str
    excerpt: str
    language: str
    created_at: int
    published_at: int | None
    updated_at: int | None
    deleted_at: int | None
    version: int
    pinned_at: int | None
    mentions: str
    gallery: bool
    category: str
    category_slug: str
    source_line: str
    licence: str
    lead_id: int | None
    lead_alt: str
    lead_caption: str
    contents: bool
    words: int
    comment_policy: str
    close_after: int | None
    warning: str
    publish_at: int | None
    delete_at: int | None
    edited_at: int | None
    note: str
    resent_at: int | None
    tags: tuple[Tag, ...]

    @property
    def is_out(self) -> bool:
        """Whether others have it, or may: also while its deletion can be taken back."""
        return self.state in {"published", "deleting"} and self.published_at is not None

    @property
    def written_at(self) -> int:
        """Since when it says what it says now."""
        return self.edited_at or self.updated_at or self.published_at or self.created_at


@dataclass(frozen=True, slots=True)
class PostText:
    """Everything of a post that an edit writes."""

    slug: str
    title: str
    source: str
    html: str
    excerpt: str
    language: str
    tags: tuple[Tag, ...]
    mentions: str = ""
    gallery: bool = False
    category: str = ""
    category_slug: str = ""
    source_line: str = ""
    licence: str = ""
    lead_id: int | None = None
    lead_alt: str = ""
    lead_caption: str = ""
    contents: bool = False
    words: int = 0
    comment_policy: str = ""
    close_after: int | None = None
    warning: str = ""


#: What an edit writes into the post's row: everything but its tags.
_WRITTEN = tuple(field.name for field in fields(PostText) if field.name != "tags")


@dataclass(frozen=True, slots=True)
class Among:
    """Which of the published posts: those with a tag or in a category, by their slugs, and those of
    a time, from since and before until (ms). pinned: False leaves out those that are pinned."""

    tag: str | None = None
    category: str | None = None
    since: int = 0
    until: int = 2**62
    pinned: bool = True


EVERY_POST = Among()


async def get_post(db: Queries, key: str) -> Post | None:
    """The post with this key, whatever its state."""
    return await _one(db, "WHERE key = $1", key)


async def find_out(db: Queries, key: str) -> int | None:
    """The row's number of the post with this key, if others have it or may (`Post.is_out`)."""
    rows = await db.rows(
        "SELECT id FROM post WHERE key = $1 AND state IN ('published', 'deleting') "
        "AND published_at IS NOT NULL",
        key,
    )
    return int(rows[0]["id"]) if rows else None


async def get_post_by_number(db: Queries, post_id: int) -> Post | None:
    """The post with this row's number."""
    return await _one(db, "WHERE id = $1", post_id)


async def get_post_by_slug(db: Queries, slug: str) -> Post | None:
    """The post that has this slug, or once had it."""
    return await _one(db, "WHERE slug = $1", slug) or await _one(
        db, "WHERE id = (SELECT post_id FROM post_slug WHERE slug = $1)", slug
    )


async def list_by_number(db: Queries, numbers: Sequence[int]) -> Mapping[int, Post]:
    """The posts with these rows' numbers, by their number."""
    if not numbers:
        return {}
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM post WHERE id IN ({places(len(numbers))})", *numbers
    )
    return {post.id: post for post in await _with_tags(db, rows)}


async def get_post_of_reply(db: Queries, reply_id: int) -> Post | None:
    """The post in whose thread the reply with this row's number hangs."""
    return await _one(db, "WHERE id = (SELECT post_id FROM reply WHERE id = $1)", reply_id)


async def list_titles(db: Queries, keys: Sequence[str]) -> Mapping[str, str]:
    """The titles of posts, by their keys."""
    if not keys:
        return {}
    rows = await db.rows(f"SELECT key, title FROM post WHERE key IN ({places(len(keys))})", *keys)
    return {row["key"]: row["title"] for row in rows}


async def lock_writing(tx: Transaction) -> None:
    """Let nobody else write posts and pages until this transaction ends: two might choose the same
    slug, and an edit might bring back what is deleted meanwhile."""
    await tx.execute("UPDATE setting SET value = value WHERE name = 'origin'")


async def is_slug_taken(db: Queries, slug: str, *, except_post: int | None) -> bool:
    """Whether another post has, or had, this slug."""
    rows = await db.rows(
        "SELECT id FROM post WHERE slug = $1 UNION SELECT post_id FROM post_slug WHERE slug = $1",
        slug,
    )
    return any(row["id"] != except_post for row in rows)


async def list_published(
    db: Queries, *, before: tuple[int, int] | None, limit: int, among: Among = EVERY_POST
) -> Sequence[Post]:
    """Published posts, newest first; before: (published_at, row number) of the last one seen."""
    end = (among.until, 0)
    values: list[int | str] = [*min(before or end, end), limit, among.since]
    date, number, source = "p.published_at", "p.id", "post p"
    conditions = ["p.state = 'published'"]
    if among.tag is not None:
        # Its tag knows when a post came out, so the newest are found however many have the tag.
        date, number = "t.published_at", "t.post_id"
        source = "post_tag t JOIN post p ON p.id = t.post_id"
        values.append(among.tag)
        conditions.append(f"t.slug = ${len(values)}")
    conditions.append(f"{date} >= $4 AND {date} <= $1 AND ({date} < $1 OR {number} < $2)")
    if among.category is not None:
        values.append(among.category)
        conditions.append(f"p.category_slug = ${len(values)}")
    if not among.pinned:
        conditions.append("p.pinned_at IS NULL")
    rows = await db.rows(
        f"SELECT {_OF_A_POST} FROM {source} WHERE {' AND '.join(conditions)} "
        f"ORDER BY {date} DESC, {number} DESC LIMIT $3",
        *values,
    )
    return await _with_tags(db, rows)


async def list_pinned(db: Queries) -> Sequence[Post]:
    """The pinned posts, the one that was pinned last first."""
    rows = await db.rows(
        # No index of states: SQLite would rather read every published post.
        f"SELECT {_COLUMNS} FROM post WHERE pinned_at > 0 AND state || '' = 'published' "
        "ORDER BY pinned_at DESC, id DESC"
    )
    return await _with_tags(db, rows)


async def count_pinned(db: Queries) -> int:
    """How many posts are pinned, with those whose deletion can still be taken back."""
    rows = await db.rows("SELECT count(*) AS n FROM post WHERE pinned_at IS NOT NULL")
    return int(rows[0]["n"])


async def list_posts(
    db: Queries, *, before: int | None, limit: int, state: str = "", words: str = ""
) -> Sequence[Post]:
    """Posts in every state, newest first; before: the row number where the last page ended.

    state: only those in it. words: only those in whose title or text this stands, whatever its
    capitals (on SQLite those of the Latin alphabet).
    """
    values: list[int | str] = [before or 2**62, limit]
    conditions = ["id < $1"]
    if state:
        values.append(state)
        conditions.append(f"state = ${len(values)}")
    if words:
        values.append(f"%{_literally(words.lower())}%")
        among = f"LIKE ${len(values)} ESCAPE '!'"
        conditions.append(f"(lower(title) {among} OR lower(source) {among})")
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM post WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT $2",
        *values,
    )
    return await _with_tags(db, rows)


async def count_by_state(db: Queries) -> Mapping[str, int]:
    """How many posts are in each state."""
    rows = await db.rows("SELECT state, count(*) AS n FROM post GROUP BY state")
    return {str(row["state"]): int(row["n"]) for row in rows}


async def list_due_publications(db: Queries, now: int, limit: int) -> Sequence[str]:
    """The keys of scheduled posts that are to be published by now, those that have waited longest
    first."""
    rows = await db.rows(
        "SELECT key FROM post WHERE publish_at <= $1 AND state = 'scheduled' "
        "ORDER BY publish_at, id LIMIT $2",
        now,
        limit,
    )
    return [str(row["key"]) for row in rows]


async def list_due_deletions(db: Queries, now: int, limit: int) -> Sequence[str]:
    """The keys of posts whose deletion cannot be taken back any more."""
    rows = await db.rows(
        "SELECT key FROM post WHERE delete_at <= $1 AND state = 'deleting' "
        "ORDER BY delete_at, id LIMIT $2",
        now,
        limit,
    )
    return [str(row["key"]) for row in rows]


async def get_last_page(db: Queries, per_page: int) -> tuple[int, int] | None:
    """(published_at, row number) of the post before the oldest so many; None if that are all."""
    rows = await db.rows(
        "SELECT published_at, id FROM post WHERE state = 'published' "
        "ORDER BY published_at, id LIMIT 1 OFFSET $1",
        per_page,
    )
    return (int(rows[0]["published_at"]), int(rows[0]["id"])) if rows else None


async def count_published(db: Queries) -> int:
    """How many posts are published."""
    rows = await db.rows("SELECT count(*) AS n FROM post WHERE state = 'published'")
    return int(rows[0]["n"])


async def get_tag_name(db: Queries, slug: str) -> str | None:
    """How a tag is written in the newest published post that has it."""
    rows = await db.rows(
        "SELECT t.name FROM post_tag t JOIN post p ON p.id = t.post_id "
        "WHERE t.slug = $1 AND t.published_at > 0 AND p.state = 'published' "
        "ORDER BY t.published_at DESC LIMIT 1",
        slug,
    )
    return str(rows[0]["name"]) if rows else None


async def list_used_tags(db: Queries, slugs: Sequence[str]) -> Collection[str]:
    """Those of these slugs of tags that a published post has."""
    if not slugs:
        return set()
    rows = await db.rows(
        "SELECT DISTINCT t.slug FROM post_tag t JOIN post p ON p.id = t.post_id "
        f"WHERE p.state = 'published' AND t.slug IN ({places(len(slugs))})",
        *slugs,
    )
    return {str(row["slug"]) for row in rows}


async def list_categories(db: Queries) -> Sequence[str]:
    """Every category that a post has, as it is written in the newest one."""
    rows = await db.rows(
        "SELECT category FROM post WHERE id IN (SELECT max(id) FROM post "
        "WHERE category_slug <> '' GROUP BY category_slug) ORDER BY category_slug"
    )
    return [str(row["category"]) for row in rows]


async def list_tag_names(db: Queries, most: int) -> Sequence[str]:
    """The tags that most posts have, drafts too, as each is written in the newest of them."""
    rows = await db.rows(
        "SELECT t.name FROM (SELECT max(id) AS latest, count(*) AS uses FROM post_tag "
        "GROUP BY slug ORDER BY count(*) DESC, max(id) DESC LIMIT $1) g "
        "JOIN post_tag t ON t.id = g.latest ORDER BY g.uses DESC, t.id DESC",
        most,
    )
    return [str(row["name"]) for row in rows]


async def get_category_name(db: Queries, slug: str) -> str | None:
    """How a category is written in the newest published post that is in it."""
    rows = await db.rows(
        "SELECT category FROM post WHERE category_slug = $1 AND state = 'published' "
        "ORDER BY published_at DESC LIMIT 1",
        slug,
    )
    return str(rows[0]["category"]) if rows else None


async def add_post(tx: Transaction, key: str, text: PostText, now: int) -> int:
    """Write a new draft; its row's number."""
    rows = await tx.rows(
        f"INSERT INTO post (key, state, created_at, version, {', '.join(_WRITTEN)}) "
        f"VALUES ($1, 'draft', $2, 1, {places(len(_WRITTEN), first=3)}) RETURNING id",
        key,
        now,
        *_written(text),
    )
    post_id = int(rows[0]["id"])
    await _set_tags(tx, post_id, text.tags)
    await set_uses(tx, "post", post_id, text.html)
    return post_id


async def set_text(
    tx: Transaction, post: Post, text: PostText, *, edited_at: int, updated_at: int | None
) -> None:
    """Write an edit; a slug that changes after the publication stays as a redirect. updated_at:
    when everybody is told, or was told last."""
    changes = ", ".join(f"{name} = ${place}" for place, name in enumerate(_WRITTEN, start=4))
    await tx.execute(
        f"UPDATE post SET updated_at = $1, edited_at = $2, note = '', version = version + 1, "
        f"{changes} WHERE id = $3",
        updated_at,
        edited_at,
        post.id,
        *_written(text),
    )
    await tx.execute("DELETE FROM post_slug WHERE slug = $1", text.slug)
    if text.slug != post.slug and post.published_at is not None:
        await tx.execute(
            "INSERT INTO post_slug (slug, post_id) VALUES ($1, $2)", post.slug, post.id
        )
    await _set_tags(tx, post.id, text.tags)
    await set_uses(tx, "post", post.id, text.html)
    await mark(tx, "post", post.id)


async def set_html(tx: Transaction, post: Post, html: str, words: int) -> None:
    """Write other HTML of the same Markdown, unless the post was edited since it was read."""
    written = await tx.rows(
        "UPDATE post SET html = $1, words = $2, version = version + 1 "
        "WHERE id = $3 AND version = $4 RETURNING id",
        html,
        words,
        post.id,
        post.version,
    )
    if written:
        await mark(tx, "post", post.id)


async def set_published(tx: Transaction, post_id: int, now: int, note: str = "") -> None:
    """Publish a draft, or a scheduled post. note: what the author has to know of it."""
    await tx.execute(
        "UPDATE post SET state = 'published', published_at = $1, publish_at = NULL, "
        "edited_at = NULL, note = $2, version = version + 1 WHERE id = $3",
        now,
        note,
        post_id,
    )
    await tx.execute("UPDATE post_tag SET published_at = $1 WHERE post_id = $2", now, post_id)
    await mark(tx, "post", post_id)


async def set_mentions(tx: Transaction, post_id: int, mentions: str, html: str, words: int) -> None:
    """Write whom a text mentions, and its HTML with them linked."""
    await tx.execute(
        "UPDATE post SET mentions = $1, html = $2, words = $3, version = version + 1 WHERE id = $4",
        mentions,
        html,
        words,
        post_id,
    )


async def set_scheduled(tx: Transaction, post_id: int, publish_at: int | None) -> None:
    """Have a post published then (ms); None makes it a draft again."""
    await tx.execute(
        "UPDATE post SET state = $1, publish_at = $2, note = '', version = version + 1 "
        "WHERE id = $3",
        "draft" if publish_at is None else "scheduled",
        publish_at,
        post_id,
    )


async def set_held(tx: Transaction, post_id: int, note: str) -> None:
    """Make a scheduled post that cannot be published a draft again. note: the reason."""
    await tx.execute(
        "UPDATE post SET state = 'draft', publish_at = NULL, note = $1, version = version + 1 "
        "WHERE id = $2",
        note,
        post_id,
    )


async def set_resent(tx: Transaction, post_id: int, now: int) -> None:
    """The followers are shown the post again."""
    await tx.execute("UPDATE post SET resent_at = $1 WHERE id = $2", now, post_id)


async def set_deleting(tx: Transaction, post_id: int, delete_at: int) -> None:
    """Take a post from everywhere, and delete it then (ms)."""
    await tx.execute(
        "UPDATE post SET state = 'deleting', delete_at = $1, version = version + 1 WHERE id = $2",
        delete_at,
        post_id,
    )
    await mark(tx, "post", post_id)


async def set_undeleted(tx: Transaction, post_id: int) -> None:
    """Bring a post back that is being deleted, in the state in which it was."""
    await tx.execute(
        "UPDATE post SET state = CASE WHEN published_at IS NOT NULL THEN 'published' "
        "WHEN publish_at IS NOT NULL THEN 'scheduled' ELSE 'draft' END, delete_at = NULL, "
        "version = version + 1 WHERE id = $1",
        post_id,
    )
    await mark(tx, "post", post_id)
    await mark_thread(tx, post_id)


async def set_deleted(tx: Transaction, post_id: int, now: int) -> None:
    """Delete a post: its text goes, its id and its slugs stay taken."""
    await tx.execute(
        "UPDATE post SET state = 'deleted', title = '', source = '', html = '', excerpt = '', "
        "mentions = '', category = '', category_slug = '', source_line = '', licence = '', "
        "lead_id = NULL, lead_alt = '', lead_caption = '', words = 0, pinned_at = NULL, "
        "warning = '', note = '', publish_at = NULL, delete_at = NULL, "
        "deleted_at = $1, version = version + 1 WHERE id = $2",
        now,
        post_id,
    )
    await tx.execute("DELETE FROM post_revision WHERE post_id = $1", post_id)
    await tx.execute("DELETE FROM post_tag WHERE post_id = $1", post_id)
    await set_uses(tx, "post", post_id, "")
    await mark(tx, "post", post_id)


async def set_pinned(tx: Transaction, post_id: int, pinned_at: int | None) -> None:
    """Pin a post, or take it down."""
    await tx.execute(
        "UPDATE post SET pinned_at = $1, version = version + 1 WHERE id = $2", pinned_at, post_id
    )


async def lock_thread(tx: Transaction, post_id: int) -> None:
    """Hold the row of a post until the transaction ends, before nodes of its thread are written."""
    if not tx.sqlite:
        await tx.rows(f"SELECT id FROM post WHERE id = $1 {tx.locking_posts}", post_id)


async def renew(tx: Transaction, post_id: int) -> int:
    """What is seen of the post has changed, and something in its thread: the new version, which
    whoever calls this gives to that. Nobody else writes in the thread until the transaction ends,
    so versions are seen in their order."""
    tx.in_thread(post_id)
    rows = await tx.rows(
        "UPDATE post SET version = version + 1 WHERE id = $1 RETURNING version", post_id
    )
    if not rows:
        raise NotFound
    return int(rows[0]["version"])


async def touch(tx: Transaction, post_id: int, replies: Sequence[int] = ()) -> None:
    """What is seen of the post has changed, and of these replies in its thread: they get its new
    version, and the tops of their branches know whether anything is shown there. The post's row is
    locked first, so versions are seen in their order, and no two look at a branch at once."""
    tx.in_thread(post_id)
    await tx.execute("UPDATE post SET version = version + 1 WHERE id = $1", post_id)
    for start in range(0, len(replies), _AT_ONCE):
        some = replies[start : start + _AT_ONCE]
        await tx.execute(f"{_MARK} id IN ({places(len(some))})", *some)
        await tx.execute(
            "UPDATE reply SET shows = NOT shows WHERE id IN "
            f"(SELECT branch_id FROM reply WHERE id IN ({places(len(some))})) AND shows <> EXISTS "
            "(SELECT 1 FROM reply s WHERE s.post_id = reply.post_id AND s.state = 'shown' "
            "AND s.branch_id = reply.id)",
            *some,
        )


async def list_versions(db: Queries, post_ids: Sequence[int]) -> Mapping[int, int]:
    """The versions of those of these posts that are published."""
    found: dict[int, int] = {}
    for start in range(0, len(post_ids), _AT_ONCE):
        some = post_ids[start : start + _AT_ONCE]
        rows = await db.rows(
            "SELECT id, version FROM post WHERE state = 'published' "
            f"AND id IN ({places(len(some))})",
            *some,
        )
        found |= {int(row["id"]): int(row["version"]) for row in rows}
    return found


async def touch_threads_of(tx: Transaction, actor_id: int) -> None:
    """What is seen of somebody in every thread has changed."""
    await tx.execute(
        "UPDATE post SET version = version + 1 WHERE id IN "
        "(SELECT post_id FROM reply WHERE actor_id = $1)",
        actor_id,
    )
    await tx.execute(f"{_MARK} actor_id = $1 AND post_id IS NOT NULL", actor_id)


async def touch_targets(tx: Transaction, changed: Iterable[Target]) -> None:
    """What is seen of the posts has changed that these are, or hang beneath."""
    for kind, number in changed:
        post = "$1" if kind == "post" else "(SELECT post_id FROM reply WHERE id = $1)"
        rows = await tx.rows(
            f"UPDATE post SET version = version + 1 WHERE id = {post} RETURNING id", number
        )
        for row in rows:
            tx.in_thread(int(row["id"]))
        if kind == "reply":
            await tx.execute(f"{_MARK} id = $1 AND post_id IS NOT NULL", number)


def targets(rows: Iterable[Row]) -> Sequence[Target]:
    """The targets in rows with a target_kind and a target_id, each once."""
    return sorted({(str(row["target_kind"]), int(row["target_id"])) for row in rows})


async def _one(db: Queries, where: str, value: str | int) -> Post | None:
    rows = await db.rows(f"SELECT {_COLUMNS} FROM post {where}", value)
    posts = await _with_tags(db, rows)
    return posts[0] if posts else None


async def _with_tags(db: Queries, rows: Sequence[Row]) -> list[Post]:
    """Two queries for any number of posts."""
    if not rows:
        return []
    numbers = [row["id"] for row in rows]
    tags = await db.rows(
        "SELECT post_id, slug, name FROM post_tag "
        f"WHERE post_id IN ({places(len(numbers))}) ORDER BY id",
        *numbers,
    )
    by_post: dict[int, list[Tag]] = {}
    for tag in tags:
        by_post.setdefault(tag["post_id"], []).append(Tag(tag["slug"], tag["name"]))
    return [Post(**row, tags=tuple(by_post.get(row["id"], ()))) for row in rows]


def _literally(words: str) -> str:
    """Words for LIKE in which no character stands for others; "!" escapes."""
    return words.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _written(text: PostText) -> list[str | int | bool | None]:
    return [getattr(text, name) for name in _WRITTEN]


async def _set_tags(tx: Transaction, post_id: int, tags: Sequence[Tag]) -> None:
    await tx.execute("DELETE FROM post_tag WHERE post_id = $1", post_id)
    for tag in tags:
        await tx.execute(
            "INSERT INTO post_tag (post_id, slug, name, published_at) "
            "SELECT id, $2, $3, published_at FROM post WHERE id = $1",
            post_id,
            tag.slug,
            tag.name,
        )
