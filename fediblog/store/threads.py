"""Reading threads: one page of branches with their authors, the collections, the admin's lists.

A thread is paged branch by branch (a top-level reply with all beneath it), in the order that the
reader chose, by keys of an index, so a page costs the same however long the thread is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from fediblog.store.actors import AS_THEY_ARE_NOW, INBOX
from fediblog.store.database import Queries, Row, places
from fediblog.store.rules import not_rejected

Order = Literal["oldest", "newest", "liked"]

#: What an order sorts the top of each branch by, and in which direction. Rows that are alike in it
#: follow their own number, in the same direction.
_RANKS: Mapping[Order, tuple[str, str, str]] = {
    "oldest": ("published_at", ">", "ASC"),
    "newest": ("published_at", "<", "DESC"),
    "liked": ("likes", "<", "DESC"),
}
_FIRST = (-1, -1)
_LAST = (2**62, 2**62)

_COLUMNS = (
    "r.id, r.uri, r.key, r.post_id, r.parent_id, r.branch_id, r.depth, r.state, r.html, r.source, "
    "r.warning, r.language, r.page_url, r.published_at, r.updated_at, r.orphan, r.sensitive, "
    "r.attachments, r.poll, r.emojis, r.likes, r.reason, a.uri AS actor_uri, a.name, a.username, "
    "a.handle, a.authority, a.page_url AS actor_page, a.avatar, a.emojis AS actor_emojis"
)
_SELECT = f"SELECT {_COLUMNS} FROM reply r JOIN actor w ON w.id = r.actor_id {AS_THEY_ARE_NOW}"


class ThreadReply(NamedTuple):
    """A reply with what is shown of its author, who may have moved since. Times are ms;
    attachments, poll and emojis are the JSON that `actions.render_note` makes, actor_emojis that of
    `actions.know_actor`. orphan: what it answers is gone. reason: why it is held or put aside.

    In the order of the columns, as a page has a hundred: by their names they took 11 µs each."""

    id: int
    uri: str
    key: str | None
    post_id: int | None
    parent_id: int | None
    branch_id: int | None
    depth: int
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
    likes: int
    reason: str
    actor_uri: str
    name: str
    username: str
    handle: str
    authority: str
    actor_page: str
    avatar: str
    actor_emojis: str


def _read(row: Row) -> ThreadReply:
    return ThreadReply(*row.values())


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row that was seen. rank: what it is sorted by, a time in ms or a number of likes."""

    rank: int
    row: int


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where a page of a thread begins: after a top-level reply, or inside of one branch after one
    of its replies. The beginning of the thread without `after`."""

    order: Order = "oldest"
    branch: int | None = None
    after: Cursor | None = None


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Some replies in no order. rest: where the branch goes on, if it was cut because it is longer
    than a page; later: where the next branch begins."""

    replies: Sequence[ThreadReply]
    rest: PageStart | None = None
    later: PageStart | None = None


class _Branch(NamedTuple):
    """size: how many replies it has, counted up to one more than a page."""

    id: int
    rank: int
    size: int


async def get_thread(
    db: Queries, post_id: int, start: PageStart, *, limit: int, everything: bool = False
) -> ThreadPage:
    """A page of a post's thread, of whole branches as far as they fit.

    Only a branch that is longer than a page is cut, by the times of its replies; its pages are of
    it alone. everything: also branches of which nothing is shown.
    """
    if start.branch is not None:
        return await _part(db, post_id, start, limit, everything=everything)
    branches = await _branches(db, post_id, start, limit, everything=everything)
    fitting: list[_Branch] = []
    room = limit
    for branch in branches:
        room -= branch.size
        if room < 0:
            break
        fitting.append(branch)
    if not branches:
        return ThreadPage(())
    if not fitting:
        alone = PageStart(start.order, branches[0].id)
        return await _part(db, post_id, alone, limit, everything=everything)
    last = fitting[-1]
    more = len(branches) > len(fitting)
    rows = await db.rows(
        f"{_SELECT} WHERE r.post_id = ${len(fitting) + 1} AND r.branch_id IN "
        f"({places(len(fitting))})",
        *[branch.id for branch in fitting],
        post_id,
    )
    return ThreadPage(
        [_read(row) for row in rows],
        later=PageStart(start.order, after=Cursor(last.rank, last.id)) if more else None,
    )


async def _branches(
    db: Queries, post_id: int, start: PageStart, limit: int, *, everything: bool
) -> Sequence[_Branch]:
    """Enough branches for a page and one more, in their order."""
    rank, beyond, direction = _RANKS[start.order]
    nowhere = _FIRST if start.order == "oldest" else _LAST
    after = (start.after.rank, start.after.row) if start.after else nowhere
    # A part of the index, so those of which nothing is shown cost nothing, however many they are.
    wanted = "r.depth = 0" if everything else "r.shows = TRUE"
    # A time, or a number of likes, which is no larger number for PostgreSQL unless it is told so.
    beyond_after = f"(r.{rank}, r.id) {beyond} (CAST($2 AS BIGINT), $3)"
    rows = await db.rows(
        f"SELECT r.id, r.{rank} AS rank, (SELECT count(*) FROM (SELECT 1 FROM reply e "
        "WHERE e.post_id = r.post_id AND e.branch_id = r.id LIMIT $4) n) AS size "
        f"FROM reply r WHERE r.post_id = $1 AND {wanted} AND {beyond_after} "
        f"ORDER BY r.{rank} {direction}, r.id {direction} LIMIT $4",
        post_id,
        *after,
        limit + 1,
    )
    return [_Branch(*row.values()) for row in rows]


async def _part(
    db: Queries, post_id: int, start: PageStart, limit: int, *, everything: bool
) -> ThreadPage:
    """A part of one branch by the times of its replies; its top is in the first one."""
    tops = await db.rows(f"{_SELECT} WHERE r.id = $1 AND r.post_id = $2", start.branch, post_id)
    if not tops:
        return ThreadPage(())
    top = _read(tops[0])
    found = [] if start.after else [top]
    room = limit - len(found)
    after = (start.after.rank, start.after.row) if start.after else _FIRST
    rows = await db.rows(
        f"{_SELECT} WHERE r.post_id = $1 AND r.branch_id = $2 AND r.id <> $2 "
        "AND (r.published_at, r.id) > ($3, $4) ORDER BY r.published_at, r.id LIMIT $5",
        post_id,
        top.id,
        *after,
        room + 1,
    )
    found += [_read(row) for row in rows[:room]]
    rest = replace(start, after=_seen(found[-1], "oldest")) if len(rows) > room else None
    following = PageStart(start.order, after=_seen(top, start.order))
    later = await _branches(db, post_id, following, 0, everything=everything)
    return ThreadPage(found, rest, following if later else None)


def _seen(reply: ThreadReply, order: Order) -> Cursor:
    return Cursor(reply.likes if order == "liked" else reply.published_at, reply.id)


async def get_thread_reply(db: Queries, reply_id: int) -> ThreadReply | None:
    """One reply of a thread by its row's number."""
    rows = await db.rows(f"{_SELECT} WHERE r.id = $1 AND r.post_id IS NOT NULL", reply_id)
    return _read(rows[0]) if rows else None


async def find_page(
    db: Queries, reply: ThreadReply, *, limit: int, everything: bool = False
) -> PageStart:
    """Where a page begins that has a reply of a thread: the first page, if it is on that."""
    first = await get_thread(
        db, reply.post_id or 0, PageStart(), limit=limit, everything=everything
    )
    if any(each.id == reply.id for each in first.replies):
        return PageStart()
    rows = await db.rows(
        "SELECT t.published_at, (SELECT count(*) FROM (SELECT 1 FROM reply e WHERE "
        "e.post_id = t.post_id AND e.branch_id = t.id LIMIT $2) n) AS size "
        "FROM reply t WHERE t.id = $1",
        reply.branch_id,
        limit + 1,
    )
    if rows[0]["size"] <= limit or reply.id == reply.branch_id:
        return PageStart(after=Cursor(rows[0]["published_at"], (reply.branch_id or 0) - 1))
    return PageStart(branch=reply.branch_id, after=Cursor(reply.published_at, reply.id - 1))


async def list_replies(db: Queries, ids: Iterable[int]) -> Sequence[ThreadReply]:
    """These replies, in no order."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    rows = await db.rows(f"{_SELECT} WHERE r.id IN ({places(len(wanted))})", *wanted)
    return [_read(row) for row in rows]


async def list_changed(
    db: Queries, post_id: int, *, since: int, limit: int
) -> Sequence[ThreadReply]:
    """The replies of a thread that came or have changed since a version of its post, the earliest
    changes first."""
    rows = await db.rows(
        f"{_SELECT} WHERE r.post_id = $1 AND r.version > $2 ORDER BY r.version, r.id LIMIT $3",
        post_id,
        since,
        limit,
    )
    return [_read(row) for row in rows]


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
    return [_read(row) for row in rows]


async def list_by_state(
    db: Queries, state: str | None, *, before: int | None, limit: int
) -> Sequence[ThreadReply]:
    """Other people's replies in one state, or in all, newest first, for the admin."""
    wanted = "AND r.state = $3" if state else ""
    rows = await db.rows(
        f"{_SELECT} WHERE r.key IS NULL AND r.id < $1 {wanted} ORDER BY r.id DESC LIMIT $2",
        *([before or 2**62, limit] + ([state] if state else [])),
    )
    return [_read(row) for row in rows]


async def list_held(db: Queries, *, after: int, limit: int) -> Sequence[ThreadReply]:
    """Replies that are held for the author to decide, the one that came first first.

    after: the row number where the last page ended.
    """
    rows = await db.rows(
        f"{_SELECT} WHERE r.state = 'held' AND r.id > $1 ORDER BY r.id LIMIT $2", after, limit
    )
    return [_read(row) for row in rows]


async def list_recent_inboxes(db: Queries, *, since: int, limit: int) -> Sequence[str]:
    """The inboxes, shared first, of who has replied or reacted to anything since then (ms), the
    latest first; none of a blocked server."""
    rows = await db.rows(
        f"SELECT {INBOX} AS address, "
        "max(t.received_at) AS latest FROM ("
        "SELECT actor_id, received_at FROM reply WHERE COALESCE(key, '') = '' "
        "AND state = 'shown' AND received_at >= $1 "
        "UNION ALL SELECT actor_id, received_at FROM reaction WHERE received_at >= $1"
        ") t JOIN actor a ON a.id = t.actor_id WHERE a.gone_at IS NULL "
        f"AND {not_rejected('a.authority')} "
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
