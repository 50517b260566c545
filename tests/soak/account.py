"""What became of everything that was promised: the end of a soak."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fediblog.store.database import Database
from tests.durability.looking import thread_ids
from tests.processes import Server
from tests.soak.ledger import Ledger, Said
from tests.soak.mailboxes import Mailboxes, Receipt

#: For so long after a delivery was answered its record may be under way.
_IN_DOUBT_SECONDS = 10.0


@dataclass(slots=True)
class Account:
    """sent: requests of others, repeats included; acknowledged: activities, each once. stored and
    shown: replies in the database and in the threads. posts: that are out; delivered: of these, to
    how many inboxes altogether; again: how many of these came more than once, as they were in
    doubt. lost, doubled, wrong: in words, and empty for a blog that keeps its word."""

    sent: int = 0
    acknowledged: int = 0
    stored: int = 0
    shown: int = 0
    posts: int = 0
    delivered: int = 0
    again: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing was lost, doubled or half written."""
        return not (self.lost or self.doubled or self.wrong)


async def look_at_pages(account: Account, server: Server, ledger: Ledger) -> None:
    """Compare what is shown with what was promised."""
    for post in ledger.posts:
        if not post.article:
            continue
        listed = await thread_ids(server, post.article)
        promised = {
            uri
            for uri, said in ledger.notes.items()
            if said.article == post.article and not said.deleted
        }
        gone = {uri for uri, said in ledger.notes.items() if said.deleted}
        account.shown += len(promised & set(listed))
        account.lost += [f"not shown: {uri}" for uri in sorted(promised - set(listed))]
        account.doubled += [f"shown twice: {uri}" for uri in _repeated(listed)]
        account.wrong += [f"shown though deleted: {uri}" for uri in sorted(gone & set(listed))]


def _repeated(listed: Sequence[str]) -> Sequence[str]:
    return sorted({each for each in listed if listed.count(each) > 1})


async def look_at_tables(account: Account, db: Database, ledger: Ledger) -> None:
    """Compare what is stored with what was promised."""
    account.sent, account.acknowledged = ledger.sent, ledger.acknowledged
    account.wrong += ledger.odd
    replies = {
        row["uri"]: (row["state"], row["html"])
        for row in await db.rows("SELECT uri, state, html FROM reply")
    }
    for uri, said in ledger.notes.items():
        _compare(account, uri, said, replies.get(uri))
    for row in await db.rows("SELECT state, reason, count(*) AS n FROM arrival GROUP BY 1, 2"):
        if row["state"] in {"new", "failed"}:
            account.wrong.append(f"{row['n']} arrivals are {row['state']}: {row['reason']}")
    await _look_at_reactions(account, db, ledger)
    await _look_at_posts(account, db, ledger)


def _compare(account: Account, uri: str, said: Said, found: tuple[str, str] | None) -> None:
    if said.deleted:
        if found is not None and found[0] != "deleted":
            account.lost.append(f"the end of {uri}, which is {found[0]}")
    elif found is None:
        account.lost.append(f"the reply {uri}")
    else:
        account.stored += 1
        if found[0] != "shown":
            account.lost.append(f"the reply {uri} is {found[0]}")
        elif found[1] != said.html:
            account.lost.append(f"an edit of {uri}: {found[1]}, not {said.html}")


async def _look_at_reactions(account: Account, db: Database, ledger: Ledger) -> None:
    rows = await db.rows(
        "SELECT a.uri, x.kind, x.target_uri FROM reaction x JOIN actor a ON a.id = x.actor_id"
    )
    there = [(row["uri"], row["kind"], row["target_uri"]) for row in rows]
    account.lost += [f"the reaction {each}" for each in sorted(ledger.reactions - set(there))]
    if len(there) > len(set(there)):
        account.doubled.append(f"{len(there) - len(set(there))} reactions")


async def _look_at_posts(account: Account, db: Database, ledger: Ledger) -> None:
    rows = await db.rows("SELECT title, state, source FROM post")
    by_title: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        by_title.setdefault(row["title"], []).append((row["state"], row["source"]))
    account.doubled += [f"the post {title}" for title, there in by_title.items() if len(there) > 1]
    for post in ledger.posts:
        [(state, source), *_] = by_title.get(post.title, [("lost", "")])
        if state != "published":
            account.lost.append(f"{post.title} is {state}")
        elif source.strip() not in post.texts:
            account.lost.append(f"an edit of {post.title}: {source}, not {post.texts}")
    promised = {post.title for post in ledger.posts} | ledger.titles_in_doubt
    account.wrong += [f"nobody wrote {title}" for title in by_title if title not in promised]


async def look_at_mailboxes(
    account: Account,
    db: Database,
    mailboxes: Mailboxes,
    inboxes: Sequence[str],
    troubles: Sequence[tuple[float, float]],
) -> None:
    """Compare what has reached the followers with what was published.

    troubles: from when to when the server, or its database, was not there.
    """
    rows = await db.rows(
        "SELECT key FROM activity WHERE type = 'Create' AND forwarded = FALSE ORDER BY id"
    )
    keys = {row["key"] for row in rows}
    account.posts = len(keys)
    heard: set[tuple[str, str]] = set()
    for (inbox, activity), receipts in mailboxes.received.items():
        key = activity.rpartition("/")[2]
        if any(receipt.answered for receipt in receipts):
            heard.add((inbox, key))
        if len(receipts) > 1:
            account.again += 1
            if not _in_doubt(receipts, troubles):
                account.doubled.append(f"{activity} came to {inbox} {len(receipts)} times")
    expected = {(inbox, key) for inbox in inboxes for key in keys}
    account.delivered = len(expected & heard)
    account.lost += [f"{key} has not reached {inbox}" for inbox, key in sorted(expected - heard)]


def _in_doubt(receipts: Sequence[Receipt], troubles: Sequence[tuple[float, float]]) -> bool:
    """Whether, of each but the last, the blog cannot have known that it has arrived."""
    return all(
        not receipt.answered
        or any(
            begin - _IN_DOUBT_SECONDS <= receipt.at <= end + _IN_DOUBT_SECONDS
            for begin, end in troubles
        )
        for receipt in receipts[:-1]
    )
