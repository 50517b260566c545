"""The author blocks people, servers and words, sees first what that hides, and takes it back.

From the moment that a rule is written it counts for all that comes. What is here already follows in
small transactions, however much it is; where that is cut short, housekeeping goes on with it.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from fediblog.actions.find_account import account_address
from fediblog.actions.find_account import reason as in_words
from fediblog.actions.follow import remove_follower
from fediblog.actions.judge import judge
from fediblog.actions.moderation import get_terms
from fediblog.actions.rules import rules_in_force
from fediblog.actions.said import said_in
from fediblog.blog import Blog
from fediblog.domain.blocks import ACTIONS, KINDS, LONGEST_VALUE, Rule, Rules, compiled
from fediblog.domain.plaintext import one_line
from fediblog.errors import Invalid, NotFound, RemoteError
from fediblog.protocol.addresses import authority_of
from fediblog.store import actors, collections, followers, outbox, posts, reactions, replies, rules
from fediblog.store.rules import StoredRule

_HOST = re.compile(r"[a-z0-9.:\[\]-]{1,253}")
_HANDLE = re.compile(r"@?([\w.~+-]{1,100}@[a-z0-9.:\[\]-]{1,253})", re.IGNORECASE)
_LONGEST_NOTE = 1000
_AT_ONCE = 200
#: For how long a form waits; housekeeping does the rest.
_SECONDS = 8.0
#: So many of the newest replies are compared with words.
MOST_COMPARED = 5000
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """A block as it was typed, checked. value: as it is compared; label: as it is shown."""

    kind: str
    value: str
    label: str
    action: str
    note: str

    @property
    def rule(self) -> StoredRule:
        """As it would be stored."""
        return StoredRule(
            0, self.kind, self.value, self.label, self.action, self.note, 0, None, None
        )


@dataclass(frozen=True, slots=True)
class Affected:
    """What a block would hide. listed: row numbers of the first replies. Of words only the newest
    replies are compared."""

    replies: int
    reactions: int
    quotes: int
    followers: int
    listed: Sequence[int]


async def checked_rule(blog: Blog, kind: str, value: str, action: str, note: str) -> Wanted:
    """What was typed for a block. A handle is looked up by network if it is not known. Raises
    Invalid with the field's name."""
    if kind not in KINDS:
        raise Invalid("Choose what to block.", field="kind")
    if action not in ACTIONS:
        raise Invalid("Choose what to do.", field="action")
    note, value = one_line(note), one_line(value)
    if len(note) > _LONGEST_NOTE:
        raise Invalid(f"A note can have at most {_LONGEST_NOTE:,} characters.", field="note")
    if not value or len(value) > LONGEST_VALUE:
        raise Invalid(f"Write 1 to {LONGEST_VALUE} characters.", field="value")
    if kind == "server":
        value = label = server_name(blog, value)
    elif kind == "person":
        value, label = await _person(blog, value)
    else:
        label = value
        try:
            compiled(value)
        except ValueError as error:
            raise Invalid(str(error), field="value") from error
    return Wanted(kind, value, label, action, note)


def server_name(blog: Blog, text: str) -> str:
    """A server's name as it is compared. Raises Invalid."""
    authority = authority_of(f"https://{text.strip().lower()}")
    if not authority or not _HOST.fullmatch(authority):
        raise Invalid(f"{text!r} is no server's name.", field="value")
    if authority == blog.addresses.authority or blog.addresses.authority.endswith(f".{authority}"):
        raise Invalid("This is the blog's own server.", field="value")
    return authority


def handle_of(blog: Blog, text: str) -> str:
    """Somebody's handle as it is compared. Raises Invalid."""
    match = _HANDLE.fullmatch(text)
    if match is None or len(text) > LONGEST_VALUE:
        raise Invalid("Write a handle as @user@server.example.", field="value")
    handle = match[1].lower()
    if handle == blog.addresses.handle.lower():
        raise Invalid("This is the blog itself.", field="value")
    return handle


async def preview(blog: Blog, wanted: Wanted) -> Affected:
    """What a block would hide, before it is set."""
    if wanted.kind == "words":
        found = await _with_words(blog, wanted.rule)
        return Affected(len(found), 0, 0, 0, [number for _, number in found[:_MOST_LISTED]])
    counts = await rules.count_affected(blog.db, wanted.rule)
    if wanted.action == "silence":
        counts["followers"] = 0
    listed = await rules.list_replies_of(blog.db, wanted.rule, limit=_MOST_LISTED)
    return Affected(**counts, listed=[number for _, number in listed])


async def add_rule(blog: Blog, wanted: Wanted) -> int:
    """Set a block, and let what is here follow it; the number of its row."""
    async with blog.db.transaction(at_length=True) as tx:
        number = await rules.set_rule(
            tx,
            kind=wanted.kind,
            value=wanted.value,
            label=wanted.label,
            action=wanted.action,
            note=wanted.note,
            now=blog.now_ms(),
        )
    await follow_rules(blog, seconds=_SECONDS)
    return number


async def end_rule(blog: Blog, rule_id: int) -> None:
    """Take a block back: what it has hidden comes back. Followers have to follow again. Raises
    NotFound."""
    async with blog.db.transaction(at_length=True) as tx:
        rule = await rules.get_rule(tx, rule_id)
        if rule is None or rule.ended_at is not None:
            raise NotFound("There is no such block.")
        await rules.set_ended(tx, rule_id, blog.now_ms())
    await follow_rules(blog, seconds=_SECONDS)


async def set_blocked(blog: Blog, host: str, blocked: bool) -> str:
    """Block a server, or take it back; its name as it is compared. Raises Invalid."""
    name = server_name(blog, host)
    if blocked:
        await add_rule(blog, Wanted("server", name, name, "reject", ""))
    elif (rule := await rules.find_rule(blog.db, "server", name)) and rule.ended_at is None:
        await end_rule(blog, rule.id)
    return name


async def follow_rules(blog: Blog, *, seconds: float = 600.0) -> None:
    """Let all that is here follow the rules that it has not followed yet, for so long at most."""
    until = time.monotonic() + seconds
    for rule in await rules.list_unfinished(blog.db):
        step = _release if rule.ended_at is not None else _hide
        while await step(blog, rule):
            if time.monotonic() > until:
                return
    blog.signals.threads.set()
    blog.signals.deliveries.set()


async def _hide(blog: Blog, rule: StoredRule) -> bool:
    """One step of hiding what a rule is about; whether there is more."""
    found = await _to_hide(blog, rule)
    if found:
        reason = Rule(rule.id, rule.kind, rule.value, rule.label, rule.action, rule.note).reason
        state = "held" if rule.kind == "words" else "hidden"
        async with blog.db.transaction(at_length=True) as tx:
            for post_id, group in groupby(found, key=lambda each: each[0]):
                numbers = [number for _, number in group]
                await posts.lock_thread(tx, post_id)
                for number in numbers:
                    reply = await replies.get_reply_by_number(tx, number)
                    if reply is None or reply.state not in {"shown", "held"}:
                        continue
                    await rules.hide_reply(tx, number, rule.id)
                    await replies.set_state(tx, number, state, reason)
                    await outbox.cancel_forwards(tx, reply.uri, blog.now_ms())
                await posts.touch(tx, post_id, numbers)
        if rule.kind != "words":
            return True
    if rule.kind != "words":
        async with blog.db.transaction(at_length=True) as tx:
            changed = await rules.hide_reactions(tx, rule)
            quoted = await rules.hide_quotes(tx, rule)
            await posts.touch_targets(tx, [*changed, *quoted])
            await reactions.count_likes(tx, changed)
            if rule.action == "reject":
                await rules.cancel_deliveries(tx, rule, blog.now_ms())
        if rule.action == "reject" and await _drop_followers(blog, rule):
            return True
    async with blog.db.transaction(at_length=True) as tx:
        await rules.set_done(tx, rule.id, blog.now_ms())
    return False


async def _to_hide(blog: Blog, rule: StoredRule) -> Sequence[tuple[int, int]]:
    if rule.kind == "words":
        return await _with_words(blog, rule)
    return await rules.list_replies_of(blog.db, rule, limit=_AT_ONCE)


async def _drop_followers(blog: Blog, rule: StoredRule) -> bool:
    """Remove followers, whose servers are told by a Reject; whether there were any."""
    found = await rules.list_followers_of(blog.db, rule, limit=_AT_ONCE)
    for number in found:
        follower = await followers.get_follower(blog.db, number)
        if follower is not None:
            await remove_follower(blog, follower)
            async with blog.db.transaction(at_length=True) as tx:
                reason = f"you have blocked {rule.label or rule.value}"
                await followers.add_dropped(tx, follower.actor_id, reason, blog.now_ms())
    return bool(found)


async def _release(blog: Blog, rule: StoredRule) -> bool:
    """One step of bringing back what a rule has hidden; whether there is more."""
    found = await rules.list_hidden_replies(blog.db, rule.id, limit=_AT_ONCE)
    in_force = await rules_in_force(blog)
    async with blog.db.transaction(at_length=True) as tx:
        for post_id, group in groupby(found, key=lambda each: each[0]):
            numbers = []
            await posts.lock_thread(tx, post_id)
            terms = await get_terms(tx, post_id)
            for _, number, before in group:
                await rules.release_reply(tx, number)
                reply = await replies.get_reply_by_number(tx, number)
                if reply is None or reply.state not in {"held", "hidden"}:
                    continue
                verdict = await judge(blog, tx, reply, terms, reply.parent_id)
                if before == "shown" and verdict.rule is None:
                    await replies.set_state(tx, number, "shown" if reply.public else "private")
                else:
                    await replies.set_state(tx, number, verdict.state, verdict.reason)
                if verdict.rule is not None:
                    await rules.hide_reply(tx, number, verdict.rule)
                await collections.add_collections(tx, number)
                numbers.append(number)
            await posts.touch(tx, post_id, numbers)
        quoted = [] if found else await rules.list_hidden_quotes(tx, rule.id, limit=_AT_ONCE)
        for quote in quoted:
            other = in_force.person(quote.uri, quote.authority, quote.handle)
            other = other or in_force.words(quote.name, quote.warning, quote.text)
            changed = await rules.set_quote_hidden(tx, quote.id, other.id if other else None)
            await posts.touch_targets(tx, changed)
        if not found and not quoted:
            changed = await rules.release_reactions(tx, rule.id)
            await posts.touch_targets(tx, changed)
            await reactions.count_likes(tx, changed)
            await rules.remove_rule(tx, rule.id)
    return bool(found or quoted)


async def _with_words(blog: Blog, rule: StoredRule) -> Sequence[tuple[int, int]]:
    """(post, row number) of the newest replies that have the words, by post."""
    matcher = Rules.of([Rule(rule.id, "words", rule.value, rule.label, rule.action, rule.note)])
    found: list[tuple[int, int]] = []
    before = 2**62
    for _ in range(MOST_COMPARED // _AT_ONCE):
        rows = await rules.list_texts(blog.db, before=before, limit=_AT_ONCE)
        found += [
            (each.post_id, each.id)
            for each in rows
            if matcher.words(
                each.name, *said_in(each.warning, each.html, each.attachments, each.poll)
            )
        ]
        if len(rows) < _AT_ONCE:
            break
        before = rows[-1].id
    return sorted(found)


async def _person(blog: Blog, text: str) -> tuple[str, str]:
    """(what is compared, what is shown) of somebody, named by a handle or by an actor's id."""
    if text.startswith(("https://", "http://")):
        if blog.addresses.is_ours(text):
            raise Invalid("This is the blog itself.", field="value")
        known = await actors.get_actor(blog.db, text)
        return text, f"@{known.handle}" if known and known.handle else text
    handle = handle_of(blog, text)
    stored = await actors.get_actor_by_handle(blog.db, handle)
    if stored is not None:
        return stored.uri, f"@{handle}"
    try:
        return await account_address(blog, handle), f"@{handle}"
    except RemoteError as error:
        raise Invalid(f"@{handle} cannot be found: {in_words(error)}.", field="value") from error
