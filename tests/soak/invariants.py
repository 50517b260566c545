"""What is true of the tables whenever no transaction is under way, however the last process ended.

Each is a query for the rows of which it is not true.
"""

from collections.abc import Mapping, Sequence

from fediblog.store.database import Database, Transaction

_AT_MOST = 5
_POST, _PAGE = 2**61, 2**60

INVARIANTS: Mapping[str, str] = {
    "a placed reply has a placed parent in the same thread": (
        "SELECT r.id FROM reply r JOIN reply p ON p.id = r.parent_id "
        "WHERE p.post_id IS NULL OR r.post_id IS NULL OR p.post_id <> r.post_id"
    ),
    "a reply is one deeper than its parent, and in its branch": (
        "SELECT r.id FROM reply r JOIN reply p ON p.id = r.parent_id "
        "WHERE r.depth <> p.depth + 1 OR r.branch_id IS NULL OR p.branch_id IS NULL "
        "OR r.branch_id <> p.branch_id"
    ),
    "a reply to a post is the top of its own branch": (
        "SELECT id FROM reply WHERE post_id IS NOT NULL AND parent_id IS NULL "
        "AND (depth <> 0 OR branch_id IS NULL OR branch_id <> id)"
    ),
    "a reply that waits is nowhere, and one that is nowhere waits": (
        "SELECT id FROM reply WHERE key IS NULL AND state <> 'deleted' "
        "AND (state = 'waiting') <> (post_id IS NULL)"
    ),
    "nothing waits for what is here": (
        "SELECT r.id FROM reply r JOIN reply p ON p.uri = r.in_reply_to "
        "WHERE r.state = 'waiting' AND p.post_id IS NOT NULL"
    ),
    "no reply is newer than its post": (
        "SELECT r.id FROM reply r JOIN post p ON p.id = r.post_id WHERE r.version > p.version"
    ),
    "the top of a branch knows whether anything of it is shown": (
        "SELECT r.id FROM reply r WHERE r.branch_id = r.id AND r.shows <> EXISTS (SELECT 1 "
        "FROM reply s WHERE s.post_id = r.post_id AND s.branch_id = r.id AND s.state = 'shown')"
    ),
    "only the top of a branch knows it": (
        "SELECT id FROM reply WHERE shows = TRUE AND (branch_id IS NULL OR branch_id <> id)"
    ),
    "likes of a reply are counted": (
        "SELECT r.id FROM reply r WHERE r.likes <> (SELECT count(DISTINCT x.actor_id) "
        "FROM reaction x WHERE x.target_kind = 'reply' AND x.target_id = r.id "
        "AND x.kind <> 'announce' AND x.hidden_by IS NULL)"
    ),
    "what is shown can be found, or is due to be read": (
        "SELECT r.id FROM reply r WHERE r.state = 'shown' "
        "AND NOT EXISTS (SELECT 1 FROM search_due d WHERE d.entry = r.id) "
        "AND NOT EXISTS (SELECT 1 FROM search_index s WHERE s.{row} = r.id)"
    ),
    "what is published can be found, or is due to be read": (
        "SELECT p.id FROM post p WHERE p.state = 'published' "
        f"AND NOT EXISTS (SELECT 1 FROM search_due d WHERE d.entry = p.id + {_POST}) "
        f"AND NOT EXISTS (SELECT 1 FROM search_index s WHERE s.{{row}} = p.id + {_POST})"
    ),
    "nothing else can be found": (
        "SELECT s.{row} AS id FROM search_index s LEFT JOIN reply r ON r.id = s.{row} "
        f"LEFT JOIN post p ON p.id = s.{{row}} - {_POST} "
        f"LEFT JOIN page g ON g.id = s.{{row}} - {_PAGE} "
        "WHERE COALESCE(r.state, '') <> 'shown' AND COALESCE(p.state, '') <> 'published' "
        "AND COALESCE(g.state, '') <> 'published'"
    ),
    "a reply that is deleted says nothing": (
        "SELECT id FROM reply WHERE state = 'deleted' AND (html <> '' OR source <> '')"
    ),
    "what is deleted stays deleted": (
        "SELECT r.id FROM reply r JOIN tombstone t ON t.uri = r.uri WHERE r.state <> 'deleted'"
    ),
    "a published post was told once, and has its day": (
        "SELECT p.id FROM post p WHERE p.state = 'published' AND (p.published_at IS NULL OR 1 <> "
        "(SELECT count(*) FROM activity a WHERE a.type = 'Create' AND a.object_uri LIKE "
        "'%/articles/' || p.key))"
    ),
    "what is not published was told to nobody": (
        "SELECT p.id FROM post p WHERE p.state IN ('draft', 'scheduled') AND (p.published_at "
        "IS NOT NULL OR EXISTS (SELECT 1 FROM activity a WHERE a.object_uri LIKE "
        "'%/articles/' || p.key))"
    ),
    "every follower has a delivery of every post": (
        "SELECT a.id FROM activity a WHERE a.type = 'Create' AND a.forwarded = FALSE AND "
        "(SELECT count(*) FROM delivery d WHERE d.activity_id = a.id) < "
        "(SELECT count(*) FROM follower WHERE since = 0)"
    ),
    "a delivery that has ended knows when, and one that has not does not": (
        "SELECT id FROM delivery WHERE (state = 'queued') <> (finished_at IS NULL) "
        "OR (state <> 'queued' AND lease_until > 0) OR (state = 'done' AND attempts = 0)"
    ),
    "a tag has the day of its post": (
        "SELECT t.id FROM post_tag t JOIN post p ON p.id = t.post_id "
        "WHERE COALESCE(t.published_at, 0) <> COALESCE(p.published_at, 0)"
    ),
    "what came in keeps its bytes until it is processed, and no longer": (
        "SELECT id FROM arrival WHERE (state = 'new' AND body IS NULL) "
        "OR (state IN ('done', 'ignored') AND (body IS NOT NULL OR lease_until > 0))"
    ),
    "a notification is about a reply that is there": (
        "SELECT n.id FROM notification n LEFT JOIN reply r ON r.id = n.about_id "
        "WHERE n.kind IN ('reply', 'held', 'private') AND r.id IS NULL"
    ),
    "the author was told of every reply that is shown": (
        "SELECT r.id FROM reply r WHERE r.state = 'shown' AND r.key IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM notification n WHERE n.mark = 'reply:' || r.id) "
        "AND (SELECT count(*) FROM notification) < 10000"
    ),
}


async def broken(db: Database | Transaction) -> Sequence[str]:
    """Which of them do not hold, each with the first rows that break it."""
    found = []
    row = "rowid" if db.sqlite else "id"
    for sentence, query in INVARIANTS.items():
        rows = await db.rows(f"{query.replace('{row}', row)} LIMIT {_AT_MOST}")
        if rows:
            found.append(f"{sentence}: not {[each['id'] for each in rows]}")
    return [*found, *await _damaged(db)]


async def _damaged(db: Database | Transaction) -> Sequence[str]:
    """What SQLite itself finds wrong with its file."""
    if not db.sqlite:
        return []
    [answer, *_] = await db.rows("PRAGMA integrity_check")
    missing = await db.rows("PRAGMA foreign_key_check")
    said = [] if answer["integrity_check"] == "ok" else [f"damaged: {answer['integrity_check']}"]
    return said + [f"a reference leads nowhere: {dict(each)}" for each in missing[:_AT_MOST]]
