"""Whether somebody, a server or a text is blocked: the one place that is asked, on every way in.

The rules are kept ready for as long as their version is the one in the database, which is read each
time: so all processes follow at once, and it costs one small query. Where there is one process
only, as on SQLite, it knows by itself when they have changed.
"""

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from fediblog.actions.said import said_by
from fediblog.blog import Blog
from fediblog.domain.blocks import Rule, Rules
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import Note
from fediblog.store import rules as stored
from fediblog.store.actors import Actor
from fediblog.store.changes import Reads, note_known
from fediblog.store.database import Database, Queries


@dataclass(slots=True)
class _Kept:
    """The rules of one blog, as of a version. reads: since when, for who need not ask for it."""

    version: str | None = None
    rules: Rules = field(default_factory=Rules)
    reads: Reads | None = None


_kept: WeakKeyDictionary[Database, _Kept] = WeakKeyDictionary()


async def rules_in_force(blog: Blog, db: Queries | None = None) -> Rules:
    """All rules as they are now, or as a transaction sees them."""
    kept = _kept.setdefault(blog.db, _Kept())
    changes = blog.db.changes
    if db is None and kept.reads is not None and not changes.spoilt(kept.reads):
        note_known("rule")
        return kept.rules
    since = changes.now
    asked = db or blog.db
    version = await stored.get_version(asked)
    if kept.version != version:
        rules = Rules.of(
            Rule(each.id, each.kind, each.value, each.label, each.action, each.note)
            for each in await stored.list_in_force(asked)
        )
        kept.version, kept.rules = version, rules
    if db is None and blog.db.sqlite:
        kept.reads = Reads(since, {"rule"})
    return kept.rules


async def is_blocked(blog: Blog, authority: str) -> bool:
    """Whether nothing is taken from a server."""
    return (await rules_in_force(blog)).rejects(authority)


async def refusal(blog: Blog, uri: str, handle: str = "") -> str:
    """Why nothing is taken from somebody, or of something of theirs; empty if it is. uri: the id of
    an actor, or of anything else on their server."""
    rule = (await rules_in_force(blog)).person(uri, authority_of(uri).lower(), handle)
    return rule.reason if rule is not None and rule.rejects else ""


async def silenced_by(blog: Blog, db: Queries, uri: str, handle: str = "") -> int | None:
    """The number of the block because of which what somebody does is not shown."""
    rule = (await rules_in_force(blog, db)).person(uri, authority_of(uri).lower(), handle)
    return rule.id if rule is not None else None


async def words_of(blog: Blog, db: Queries, note: Note, author: Actor | None = None) -> Rule | None:
    """The block of what a note says, and of the name that stands above it."""
    rules = await rules_in_force(blog, db)
    if not rules.have_words:
        return None
    names = [author.name] if author else []
    return rules.words(*names, *said_by(note))
