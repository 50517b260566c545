"""Reading threads: one page of branches with their authors, the collections, the admin's lists.

A thread is paged branch by branch (a top-level reply with all beneath it), by row numbers, so a
page costs the same however long the thread is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fediblog.store.actors import AS_THEY_ARE_NOW, INBOX
from fediblog.store.database import Queries, places

_WHOLE_BRANCH = 2**62

_COLUMNS = (
    "r.id, r.uri, r.key, r.post_id, r.parent_id, r.branch_id, r.state, r.html, r.source, "
    "r.warning, r.language, r.page_url, r.published_at, r.updated_at, r.orphan, r.sensitive, "
    "r.attachments, r.poll, r.emojis, a.uri AS actor_uri, a.name, a.username, a.handle, "
    "a.authority, a.page_url AS actor_page, a.avatar, a.emojis AS actor_emojis"
)
_SELECT = f"SELECT {_COLUMNS} FROM reply r JOIN actor w ON w.id = r.actor_id {AS_THEY_ARE_NOW}"


@dataclass(frozen=True, slots=True)
class ThreadReply:
    """A reply with what is shown of its author, who may have moved since. Times are ms;
    attachments, poll and emojis are the JSON that `actions.render_note` makes, actor_emojis that of
    `actions.know_actor`. orphan: what it answers is gone."""

    id: int
    uri: str
    key: str | None
    post_id: int | None
    parent_id: int | None
    branch_id: int | None
    state: str
    html: str
    source: str
    warning: str
    language: str
    page_url: str
    published_at: int
    updated_at: int | None
    orphan: bool
    sensitive: bool
    attachments: str
    poll: str
    emojis: str
    actor_uri: str
    name: str
    username: str
    handle: str
    authority: str
    actor_page: str
    avatar: str
    actor_emojis: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of a thread begins: after this reply, or after the whole branch for row 0."""

    branch: int
    row: int


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Some replies, branch by branch; more_after: where the next page begins."""

    replies: Sequence[ThreadReply]
    more_after: Cursor | None


async def get_thread(db: Queries, post_id: int, *, after: Cursor, limit: int) -> ThreadPage:
    """A page of a post's thread in one query, of whole branches as far as they fit.

    Only a branch that is longer than a page is cut, and goes on on the next one.
    """
    rows = await db.rows(
        f"{_SELECT} WHERE r.post_id = $1 AND (r.branch_id > $2 "
        "OR (r.branch_id = $2 AND r.id > $3)) ORDER BY r.branch_id, r.id LIMIT $4",
        post_id,
        after.branch,
        after.row or _WHOLE_BRANCH,
        limit + 1,
    )
    found = [ThreadReply(**row) for row in rows]
    if len(found) <= limit:
        return ThreadPage(found, None)
    cut = found[limit].branch_id
    whole = [reply for reply in found if reply.branch_id != cut]
    shown = whole or found[:limit]
    last = shown[-1]
    return ThreadPage(shown, Cursor(last.branch_id or 0, 0 if whole else last.id))


async def get_thread_reply(db: Queries, reply_id: int) -> ThreadReply | None:
    """One reply of a thread by its row's number."""
    rows = await db.rows(f"{_SELECT} WHERE r.id = $1 AND r.post_id IS NOT NULL", reply_id)
    return ThreadReply(**rows[0]) if rows else None


async def find_page(db: Queries, reply_id: int, *, limit: int) -> Cursor:
    """Where a page begins that has the branch of a reply: the first page, if it is on that."""
    rows = await db.rows(
        "SELECT r.branch_id, (SELECT count(*) FROM reply e WHERE e.post_id = r.post_id "
        "AND e.branch_id <= r.branch_id) AS n FROM reply r WHERE r.id = $1",
        reply_id,
    )
    if not rows or rows[0]["branch_id"] is None or rows[0]["n"] <= limit:
        return Cursor(0, 0)
    return Cursor(int(rows[0]["branch_id"]) - 1, 0)


async def count_states(db: Queries, post_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """For each post how many replies it has in each state."""
    if not post_ids:
        return {}
    rows = await db.rows(
        "SELECT post_id, state, count(*) AS n FROM reply "
        f"WHERE post_id IN ({places(len(post_ids))}) GROUP BY post_id, state",
        *post_ids,
    )
    counts: dict[int, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["post_id"], {})[row["state"]] = int(row["n"])
    return counts


async def count_shown(db: Queries) -> int:
    """How many replies are shown on the whole blog."""
    rows = await db.rows("SELECT count(*) AS n FROM reply WHERE state = 'shown'")
    return int(rows[0]["n"])


async def list_children(
    db: Queries, post_id: int, parent_id: int | None, *, after: int, limit: int
) -> Sequence[tuple[int, str]]:
    """(row number, id) of the shown replies right beneath a post or a reply, as they came."""
    beneath = "parent_id IS NULL" if parent_id is None else "parent_id = $4"
    rows = await db.rows(
        f"SELECT id, uri FROM reply WHERE post_id = $1 AND state = 'shown' AND id > $2 "
        f"AND {beneath} ORDER BY id LIMIT $3",
        *([post_id, after, limit] + ([] if parent_id is None else [parent_id])),
    )
    return [(int(row["id"]), str(row["uri"])) for row in rows]


async def count_children(db: Queries, post_id: int, parent_id: int | None) -> int:
    """How many shown replies there are right beneath a post or a reply."""
    beneath = "parent_id IS NULL" if parent_id is None else "parent_id = $2"
    rows = await db.rows(
        f"SELECT count(*) AS n FROM reply WHERE post_id = $1 AND state = 'shown' AND {beneath}",
        *([post_id] + ([] if parent_id is None else [parent_id])),
    )
    return int(rows[0]["n"])


async def list_context(
    db: Queries, post_id: int, *, after: int, limit: int
) -> Sequence[tuple[int, str]]:
    """(row number, id) of every shown reply of a thread, in order of arrival."""
    rows = await db.rows(
        "SELECT id, uri FROM reply WHERE post_id = $1 AND state = 'shown' AND id > $2 "
        "ORDER BY id LIMIT $3",
        post_id,
        after,
        limit,
    )
    return [(int(row["id"]), str(row["uri"])) for row in rows]


async def list_newest(
    db: Queries, post_id: int, *, before: int | None, limit: int
) -> Sequence[ThreadReply]:
    """The shown replies of a thread, answers of the author too, the one that came last first.

    before: the row number where the last page ended.
    """
    rows = await db.rows(
        f"{_SELECT} WHERE r.post_id = $1 AND r.state = 'shown' AND r.id < $2 "
        "ORDER BY r.id DESC LIMIT $3",
        post_id,
        before or 2**62,
        limit,
    )
    return [ThreadReply(**row) for row in rows]


async def list_by_state(
    db: Queries, state: str | None, *, before: int | None, limit: int
) -> Sequence[ThreadReply]:
    """Other people's replies in one state, or in all, newest first, for the admin."""
    wanted = "AND r.state = $3" if state else ""
    rows = await db.rows(
        f"{_SELECT} WHERE r.key IS NULL AND r.id < $1 {wanted} ORDER BY r.id DESC LIMIT $2",
        *([before or 2**62, limit] + ([state] if state else [])),
    )
    return [ThreadReply(**row) for row in rows]


async def list_recent_inboxes(db: Queries, *, since: int, limit: int) -> Sequence[str]:
    """The inboxes, shared first, of who has replied or reacted to anything since then (ms), the
    latest first; none of a blocked server."""
    rows = await db.rows(
        f"SELECT {INBOX} AS address, "
        "max(t.received_at) AS latest FROM ("
        "SELECT actor_id, received_at FROM reply WHERE key IS NULL AND state = 'shown' "
        "UNION ALL SELECT actor_id, received_at FROM reaction"
        ") t JOIN actor a ON a.id = t.actor_id WHERE t.received_at >= $1 AND a.gone_at IS NULL "
        "AND a.authority NOT IN (SELECT authority FROM host WHERE blocked) "
        "GROUP BY address ORDER BY latest DESC LIMIT $2",
        since,
        limit,
    )
    return [str(row["address"]) for row in rows]


async def list_participant_inboxes(db: Queries, post_id: int) -> Sequence[str]:
    """The inboxes, shared first, of everybody who has replied in a thread, liked or shared it,
    where they are now. Whoever blocks the blog is left out (G11)."""
    rows = await db.rows(
        f"SELECT DISTINCT {INBOX} "
        f"AS address FROM actor w {AS_THEY_ARE_NOW} WHERE a.gone_at IS NULL "
        "AND a.blocks_us_at IS NULL AND (w.id IN "
        "(SELECT actor_id FROM reply WHERE post_id = $1 AND key IS NULL AND state = 'shown') "
        "OR w.id IN (SELECT actor_id FROM reaction WHERE target_kind = 'post' AND target_id = $1))",
        post_id,
    )
    return [str(row["address"]) for row in rows]
