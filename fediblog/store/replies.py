"""The nodes of the trees: written when they arrive, attached when their parent is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from fediblog.store.database import Queries, Transaction, places
from fediblog.store.pictures import NewPicture, hasten, set_uses
from fediblog.store.search import mark, mark_new

#: Values in one statement.
_AT_ONCE = 500

_COLUMNS = (
    "r.id, r.uri, r.key, r.post_id, r.parent_id, r.branch_id, r.depth, r.in_reply_to, r.actor_id, "
    "a.uri AS actor_uri, r.state, r.public, r.html, r.source, r.warning, r.language, r.page_url, "
    "r.mentions, r.published_at, r.updated_at, r.received_at, r.fetch_attempts, r.conversation, "
    "r.orphan, r.sensitive, r.attachments, r.poll, r.emojis, r.reason, "
    "r.approval_key, r.request_id, r.fingerprint"
)
#: What is written of a node as it comes, in this order.
_NEW = (
    "uri, key, in_reply_to, actor_id, public, html, source, warning, language, page_url, mentions, "
    "published_at, updated_at, received_at, conversation, sensitive, attachments, poll, emojis, "
    "replies_url, context_url, fingerprint, fetch_attempts, lease_until"
)
_SELECT = f"SELECT {_COLUMNS} FROM reply r JOIN actor a ON a.id = r.actor_id"


@dataclass(frozen=True, slots=True)
class Reply:
    """One node. state: waiting, shown, held, hidden, private or deleted. Times are ms.

    key and source are set on the author's own answers only; mentions is JSON of [href, name] pairs,
    attachments and poll are JSON of what `actions.render_note` keeps. conversation: the thread's
    id as its server knows it. orphan: what it answers is gone, so it hangs from an ancestor.
    reason: why it is held or was put aside. approval_key: of the authorization that it has;
    request_id: of the request that it came with. fingerprint: as in ReplyText.
    """

    id: int
    uri: str
    key: str | None
    post_id: int | None
    parent_id: int | None
    branch_id: int | None
    depth: int
    in_reply_to: str
    actor_id: int
    actor_uri: str
    state: str
    public: bool
    html: str
    source: str
    warning: str
    language: str
    page_url: str
    mentions: str
    published_at: int
    updated_at: int | None
    received_at: int
    fetch_attempts: int
    conversation: str
    orphan: bool
    sensitive: bool
    attachments: str
    poll: str
    emojis: str
    reason: str
    approval_key: str | None
    request_id: str
    fingerprint: str

    def saying(self, text: "ReplyText") -> "Reply":
        """The node with another text."""
        return replace(self, **text.columns())

    @property
    def names_pictures(self) -> bool:
        """Whether it may show any."""
        return bool(self.attachments or self.emojis or "<img" in self.html)


@dataclass(frozen=True, slots=True)
class ReplyText:
    """What of a reply an edit can change. pictures: all that it names and that may be shown.
    fingerprint: the same for the same words, empty for few."""

    public: bool
    html: str
    source: str
    warning: str
    language: str
    page_url: str
    mentions: str
    updated_at: int | None
    sensitive: bool = False
    attachments: str = ""
    poll: str = ""
    emojis: str = ""
    pictures: Sequence[NewPicture] = ()
    fingerprint: str = ""

    def columns(self) -> dict[str, Any]:
        """What of it stands in the row of its reply, by name."""
        return {name: getattr(self, name) for name in _TEXT}


#: Its pictures have rows of their own.
_TEXT = tuple(each.name for each in fields(ReplyText) if each.name != "pictures")


@dataclass(frozen=True, slots=True)
class NewReply:
    """A node as it comes; without a place it waits. replies_url and context_url: where collections
    of its replies and of its thread are, empty for none."""

    uri: str
    key: str | None
    in_reply_to: str
    actor_id: int
    text: ReplyText
    published_at: int
    received_at: int
    conversation: str = ""
    replies_url: str = ""
    context_url: str = ""

    def planted(self, number: int, actor_uri: str, place: "Place", state: str) -> Reply:
        """The node as it is once it has this place and this state."""
        return Reply(
            id=number,
            uri=self.uri,
            key=self.key,
            post_id=place.post_id,
            parent_id=place.parent_id,
            branch_id=place.branch_id or number,
            depth=place.depth,
            in_reply_to=self.in_reply_to,
            actor_id=self.actor_id,
            actor_uri=actor_uri,
            state=state,
            published_at=self.published_at,
            received_at=self.received_at,
            fetch_attempts=0,
            conversation=self.conversation,
            orphan=False,
            reason="",
            approval_key=None,
            request_id="",
            **self.text.columns(),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node hangs: beneath a post, and beneath a reply or at the top (parent None)."""

    post_id: int
    parent_id: int | None
    branch_id: int | None
    depth: int


async def get_reply(db: Queries, uri: str) -> Reply | None:
    """The node with this id."""
    rows = await db.rows(f"{_SELECT} WHERE r.uri = $1", uri)
    return Reply(**rows[0]) if rows else None


async def lock_reply(tx: Transaction, uri: str) -> Reply | None:
    """The node with this id, for nobody else to change before the transaction ends, nor its
    thread."""
    return await _lock(tx, "uri", uri)


async def lock_reply_by_number(tx: Transaction, reply_id: int) -> Reply | None:
    """The node with this row's number, for nobody else to change before the transaction ends, nor
    its thread."""
    return await _lock(tx, "id", reply_id)


async def _lock(tx: Transaction, column: str, value: str | int) -> Reply | None:
    """Hold the post in whose thread a node hangs, then the node. Whoever writes nodes does it in
    this order, as `posts.touch` needs the post's row and writes other nodes: of two who take them
    in different orders the database would end one.

    A node that has got its place while it was waited for is let go again for that.
    """
    while True:
        thread = None if tx.sqlite else await _lock_thread(tx, column, value)
        if thread is None:
            await tx.savepoint()
        rows = await tx.rows(f"{_SELECT} WHERE r.{column} = $1 {tx.locking_rows}", value)
        reply = Reply(**rows[0]) if rows else None
        if tx.sqlite or thread is not None or reply is None or reply.post_id is None:
            return reply
        await tx.back_to_savepoint()


async def _lock_thread(tx: Transaction, column: str, value: str | int) -> int | None:
    """The number of the post, which is held; None while the node hangs nowhere."""
    rows = await tx.rows(
        f"SELECT id FROM post WHERE id = (SELECT post_id FROM reply WHERE {column} = $1) "
        f"{tx.locking_posts}",
        value,
    )
    return int(rows[0]["id"]) if rows else None


async def get_reply_by_key(db: Queries, key: str) -> Reply | None:
    """The author's answer with this key."""
    rows = await db.rows(f"{_SELECT} WHERE r.key = $1", key)
    return Reply(**rows[0]) if rows else None


async def get_reply_by_number(db: Queries, reply_id: int) -> Reply | None:
    """The node with this row's number."""
    rows = await db.rows(f"{_SELECT} WHERE r.id = $1", reply_id)
    return Reply(**rows[0]) if rows else None


async def list_known(db: Queries, uris: Sequence[str]) -> frozenset[str]:
    """Which of these ids are those of nodes."""
    known: set[str] = set()
    for start in range(0, len(uris), _AT_ONCE):
        some = uris[start : start + _AT_ONCE]
        rows = await db.rows(f"SELECT uri FROM reply WHERE uri IN ({places(len(some))})", *some)
        known |= {str(row["uri"]) for row in rows}
    return frozenset(known)


async def lock_waiting_for(tx: Transaction, uri: str) -> Sequence[Reply]:
    """Nodes that wait for this parent, as they are when nobody else can change them any more: what
    is being edited or placed meanwhile is waited for."""
    rows = await tx.rows(
        f"{_SELECT} WHERE r.in_reply_to = $1 AND r.state = 'waiting' {tx.locking_rows}", uri
    )
    return [Reply(**row) for row in rows]


async def is_awaited(db: Queries, uri: str) -> bool:
    """Whether anything that is here answers this id without hanging beneath it."""
    rows = await db.rows(
        "SELECT 1 AS one FROM reply WHERE in_reply_to = $1 AND (state = 'waiting' OR orphan) "
        "LIMIT 1",
        uri,
    )
    return bool(rows)


async def add_reply(tx: Transaction, new: NewReply) -> int | None:
    """Write a node that waits for its place; its row's number, None if it is there already."""
    return await _insert(tx, new, {"state": "waiting", "depth": 0})


async def next_number(tx: Transaction) -> int:
    """The row's number for a node that is about to be written by `plant`."""
    sql = "SELECT nextval(pg_get_serial_sequence('reply', 'id')) AS number"
    if tx.sqlite:
        # Nobody else writes; and a number that was given once is never given again.
        sql = "SELECT COALESCE(MAX(seq), 0) + 1 AS number FROM sqlite_sequence WHERE name = 'reply'"
    return int((await tx.rows(sql))[0]["number"])


async def plant(
    tx: Transaction,
    new: NewReply,
    number: int,
    place: Place,
    state: str,
    reason: str,
    *,
    version: int,
) -> bool:
    """Write a node where it belongs; whether it was not there already. state, reason: as in
    `attach`; version: of the post.

    As `add_reply` and `attach` do together: but nearly every index has the place in it, and to
    write into all of them twice is half of what a reply costs.
    """
    shown = state == "shown"
    placed = {
        "id": number,
        "state": state,
        "reason": reason,
        "post_id": place.post_id,
        "parent_id": place.parent_id,
        "branch_id": place.branch_id or number,
        "depth": place.depth,
        "version": version,
        "shows": shown and place.branch_id is None,
    }
    if await _insert(tx, new, placed) is None:
        return False
    if shown and place.branch_id is not None:
        await tx.execute(
            "UPDATE reply SET shows = TRUE WHERE id = $1 AND NOT shows", place.branch_id
        )
    if new.text.pictures:
        await hasten(tx, "reply", number)
    await mark_new(tx, "reply", number)
    return True


async def _insert(tx: Transaction, new: NewReply, placed: Mapping[str, object]) -> int | None:
    """placed: the columns that tell where it is, with their values."""
    text = new.text
    columns = f"{_NEW}, {', '.join(placed)}"
    rows = await tx.rows(
        f"INSERT INTO reply ({columns}) VALUES ({places(columns.count(',') + 1)}) "
        "ON CONFLICT (uri) DO NOTHING RETURNING id",
        new.uri,
        new.key,
        new.in_reply_to,
        new.actor_id,
        text.public,
        text.html,
        text.source,
        text.warning,
        text.language,
        text.page_url,
        text.mentions,
        new.published_at,
        text.updated_at,
        new.received_at,
        new.conversation,
        text.sensitive,
        text.attachments,
        text.poll,
        text.emojis,
        new.replies_url,
        new.context_url,
        text.fingerprint,
        0,
        0,
        *placed.values(),
    )
    if not rows:
        return None
    if text.pictures:
        await set_uses(tx, "reply", int(rows[0]["id"]), text.pictures)
    return int(rows[0]["id"])


async def attach(
    tx: Transaction, reply: Reply, place: Place, state: str, reason: str, *, orphan: bool
) -> bytes | None:
    """Give a waiting node its place, once. At the top a node is its own branch. reason: why it is
    not shown, for the author.

    Returns the activity with a proof that has waited with it, see `set_proof`.
    """
    rows = await tx.rows(
        "UPDATE reply SET post_id = $1, parent_id = $2, branch_id = $3, depth = $4, state = $5, "
        "orphan = $6, reason = $7, fetch_at = NULL WHERE id = $8 AND state = 'waiting' "
        "RETURNING proof_body",
        place.post_id,
        place.parent_id,
        place.branch_id or reply.id,
        place.depth,
        state,
        orphan,
        reason,
        reply.id,
    )
    if reply.names_pictures:
        await hasten(tx, "reply", reply.id)
    await mark_new(tx, "reply", reply.id)
    return bytes(rows[0]["proof_body"]) if rows and rows[0]["proof_body"] else None


async def set_proof(tx: Transaction, reply_id: int, proof: bytes | None) -> None:
    """Keep the activity that a node came in until it can go on to the followers, or no longer."""
    await tx.execute("UPDATE reply SET proof_body = $1 WHERE id = $2", proof, reply_id)


async def drop_proofs(tx: Transaction, received_before: int) -> None:
    """What has waited or was held since before then (ms) goes on to nobody any more (D4)."""
    await tx.execute(
        "UPDATE reply SET proof_body = NULL WHERE state IN ('waiting', 'held') "
        "AND received_at < $1 AND proof_body IS NOT NULL",
        received_before,
    )


async def list_orphans_of(db: Queries, uri: str) -> Sequence[Reply]:
    """Nodes that answer this id and hang from an ancestor because it was not to be had."""
    rows = await db.rows(f"{_SELECT} WHERE r.in_reply_to = $1 AND r.orphan", uri)
    return [Reply(**row) for row in rows]


async def list_beneath(db: Queries, reply_id: int) -> Sequence[int]:
    """The row numbers of everything beneath a node, level by level."""
    found: list[int] = []
    level = [reply_id]
    while level:
        below: list[int] = []
        for start in range(0, len(level), _AT_ONCE):
            some = level[start : start + _AT_ONCE]
            rows = await db.rows(
                f"SELECT id FROM reply WHERE parent_id IN ({places(len(some))})", *some
            )
            below += [int(row["id"]) for row in rows]
        found += below
        level = below
    return found


async def move(tx: Transaction, orphan: Reply, beneath: Sequence[int], place: Place) -> None:
    """Hang an orphan, with all that is beneath it, where it belongs."""
    await tx.execute(
        "UPDATE reply SET parent_id = $1, orphan = $2, shows = $2 WHERE id = $3",
        place.parent_id,
        False,
        orphan.id,
    )
    everything = [orphan.id, *beneath]
    for start in range(0, len(everything), _AT_ONCE):
        some = everything[start : start + _AT_ONCE]
        await tx.execute(
            f"UPDATE reply SET post_id = ${len(some) + 1}, branch_id = ${len(some) + 2}, "
            f"depth = depth + ${len(some) + 3} WHERE id IN ({places(len(some))})",
            *some,
            place.post_id,
            place.branch_id or orphan.id,
            place.depth - orphan.depth,
        )
    if orphan.post_id != place.post_id:
        for number in everything:
            await mark(tx, "reply", number)


async def find_conversation(db: Queries, conversation: str) -> int | None:
    """The row number of the post in whose thread something of this conversation hangs."""
    rows = await db.rows(
        "SELECT post_id FROM reply WHERE conversation = $1 AND post_id IS NOT NULL "
        "ORDER BY id LIMIT 1",
        conversation,
    )
    return int(rows[0]["post_id"]) if rows else None


async def set_text(
    tx: Transaction, reply_id: int, text: ReplyText, state: str, reason: str = ""
) -> None:
    """Write an edit. reason: why it is not shown, for the author."""
    await tx.execute(
        "UPDATE reply SET public = $1, html = $2, source = $3, warning = $4, language = $5, "
        "page_url = $6, mentions = $7, updated_at = $8, sensitive = $9, attachments = $10, "
        "poll = $11, emojis = $12, state = $13, reason = $14, fingerprint = $15 WHERE id = $16",
        text.public,
        text.html,
        text.source,
        text.warning,
        text.language,
        text.page_url,
        text.mentions,
        text.updated_at,
        text.sensitive,
        text.attachments,
        text.poll,
        text.emojis,
        state,
        reason,
        text.fingerprint,
        reply_id,
    )
    await set_uses(tx, "reply", reply_id, text.pictures)
    await mark(tx, "reply", reply_id)


async def set_state(tx: Transaction, reply_id: int, state: str, reason: str = "") -> None:
    """Hide a node, hold it, or show it. reason: why it is not shown, for the author."""
    await tx.execute(
        "UPDATE reply SET state = $1, reason = $2 WHERE id = $3", state, reason, reply_id
    )
    if state == "shown":
        await hasten(tx, "reply", reply_id)
    await mark(tx, "reply", reply_id)


async def set_approval(tx: Transaction, reply_id: int, key: str | None) -> None:
    """Give a node an authorization with this key, or take it back."""
    await tx.execute("UPDATE reply SET approval_key = $1 WHERE id = $2", key, reply_id)


async def set_request(tx: Transaction, reply_id: int, request_id: str) -> None:
    """Note by which request a node's server has asked for it."""
    await tx.execute("UPDATE reply SET request_id = $1 WHERE id = $2", request_id, reply_id)


async def get_approved(db: Queries, key: str) -> Reply | None:
    """The node that is shown and has the authorization with this key."""
    rows = await db.rows(f"{_SELECT} WHERE r.approval_key = $1 AND r.state = 'shown'", key)
    return Reply(**rows[0]) if rows else None


async def take_proof(tx: Transaction, reply_id: int) -> bytes | None:
    """The activity that was kept with a node, see `set_proof`; it is kept no longer."""
    rows = await tx.rows("SELECT proof_body FROM reply WHERE id = $1", reply_id)
    if not rows or not rows[0]["proof_body"]:
        return None
    await set_proof(tx, reply_id, None)
    return bytes(rows[0]["proof_body"])


async def list_held_beneath(db: Queries, reply_id: int, *reasons: str) -> Sequence[Reply]:
    """The nodes right beneath one that are held for one of these reasons."""
    rows = await db.rows(
        f"{_SELECT} WHERE r.parent_id = $1 AND r.state = 'held' "
        f"AND r.reason IN ({places(len(reasons), first=2)}) ORDER BY r.id",
        reply_id,
        *reasons,
    )
    return [Reply(**row) for row in rows]


async def list_held_of(db: Queries, actor_id: int) -> Sequence[int]:
    """The row numbers of what an actor has said that is held."""
    rows = await db.rows(
        "SELECT id FROM reply WHERE actor_id = $1 AND state = 'held' ORDER BY id", actor_id
    )
    return [int(row["id"]) for row in rows]


async def has_shown(db: Queries, actor_id: int) -> bool:
    """Whether anything that an actor has said is shown."""
    rows = await db.rows(
        "SELECT 1 AS one FROM reply WHERE actor_id = $1 AND state = 'shown' LIMIT 1", actor_id
    )
    return bool(rows)


async def count_alike(db: Queries, reply: Reply) -> int:
    """How many other replies say the same words, of anybody; up to 100 are counted."""
    if not reply.fingerprint:
        return 0
    rows = await db.rows(
        "SELECT count(*) AS n FROM "
        "(SELECT 1 FROM reply WHERE fingerprint = $1 AND id <> $2 LIMIT 100) found",
        reply.fingerprint,
        reply.id,
    )
    return int(rows[0]["n"])


async def count_held(db: Queries) -> int:
    """How many nodes are held for the author to decide."""
    rows = await db.rows("SELECT count(*) AS n FROM reply WHERE state = 'held'")
    return int(rows[0]["n"])


async def erase(tx: Transaction, reply_id: int) -> None:
    """Delete a node: its text goes, and what it said earlier; its place stays for what hangs
    beneath."""
    await _lock_thread(tx, "id", reply_id)
    await tx.execute("DELETE FROM reply_revision WHERE reply_id = $1", reply_id)
    await tx.execute(
        "UPDATE reply SET state = 'deleted', html = '', source = '', warning = '', mentions = '', "
        "attachments = '', poll = '', emojis = '', proof_body = NULL, fetch_at = NULL, reason = '' "
        "WHERE id = $1",
        reply_id,
    )
    await mark(tx, "reply", reply_id)


async def list_by_actor(db: Queries, actor_id: int) -> Sequence[Reply]:
    """Everything that an actor has said here and not deleted."""
    rows = await db.rows(f"{_SELECT} WHERE r.actor_id = $1 AND r.state <> 'deleted'", actor_id)
    return [Reply(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class ReplyBrief:
    """What a list says of a reply. post_id: of the post in whose thread it stands, if it does."""

    id: int
    uri: str
    state: str
    public: bool
    post_id: int | None


async def list_briefs(db: Queries, uris: Sequence[str]) -> Mapping[str, ReplyBrief]:
    """Those of these replies that are here, by their ids."""
    if not uris:
        return {}
    rows = await db.rows(
        f"SELECT id, uri, state, public, post_id FROM reply WHERE uri IN ({places(len(uris))})",
        *uris,
    )
    return {row["uri"]: ReplyBrief(**{**row, "public": bool(row["public"])}) for row in rows}
