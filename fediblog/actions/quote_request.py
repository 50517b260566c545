"""Somebody asks whether they may quote us (requirement E11b, FEP-044f).

Whoever may gets a QuoteAuthorization, at an address of its own, which their server shows to all
others. Each condition is one line of `_checked`; a request that fails one is rejected, and leaves
nothing here. A request that the author's own choice turns down leaves a row, for the author to see.
"""

from dataclasses import dataclass, replace

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.fetch_note import fetch_note, refuse_note
from fediblog.actions.know_actor import know_actor
from fediblog.actions.notify import note_quote
from fediblog.actions.read_quote import Quoted, find_quoted, new_quote
from fediblog.actions.rules import is_blocked, silenced_by, words_of
from fediblog.actions.schedule_walk import stir
from fediblog.actions.send import mint_key, send
from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.errors import RemoteInvalid
from fediblog.protocol import outgoing
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import Activity, Note
from fediblog.store import followers, outbox, quotes, replies, tombstones
from fediblog.store.actors import Actor
from fediblog.store.database import Queries, Transaction
from fediblog.store.quotes import Quote


async def receive_quote_request(blog: Blog, activity: Activity) -> Fate:
    """Answer it, each time it comes. Raises RemoteError when the note that is to quote us, or its
    author, has to be asked for and cannot be."""
    if not blog.addresses.is_ours(activity.object_id):
        return ignored("a request to quote nothing of ours")
    if not activity.instrument:
        return ignored("a request that does not say which note is to quote")
    if await is_blocked(blog, authority_of(activity.actor)):
        return ignored("its server is blocked")
    actor = await know_actor(blog, activity.actor)
    note = await _instrument(blog, activity)
    async with blog.db.transaction() as tx:
        fate = await _decide(blog, tx, activity, actor, note)
    return fate


async def undo_quote_request(blog: Blog, activity: Activity) -> Fate:
    """Who asked takes it back: the authorization goes, and the quote with it."""
    async with blog.db.transaction() as tx:
        removed = await quotes.remove_requested(tx, activity.object_id, activity.actor)
    return done("no longer quotes us") if removed else ignored("there was no such request")


async def _instrument(blog: Blog, activity: Activity) -> Note | None:
    """The note that is to quote us. Embedded it is believed from its author's own host, and nothing
    else is asked for: a note on another host cannot be theirs. None if it cannot be had."""
    if authority_of(activity.instrument) != authority_of(activity.actor):
        return None
    if activity.quoting is not None:
        return activity.quoting
    try:
        return await fetch_note(blog, activity.instrument)
    except RemoteInvalid:
        return None


async def _decide(
    blog: Blog, tx: Transaction, activity: Activity, actor: Actor, note: Note | None
) -> Fate:
    if note is not None:
        await tombstones.hold_id(tx, note.id)
    checked = await _checked(blog, tx, activity, note)
    if isinstance(checked, str):
        await _reject(blog, tx, activity, actor)
        return done(f"rejected: {checked}")
    words = await words_of(blog, tx, checked.note, actor)
    if words is not None and words.rejects:
        stored = await quotes.lock_quote(tx, checked.note.id)
        if stored is not None and stored.actor_id == actor.id and stored.state == "accepted":
            await quotes.set_answer(tx, stored, state="rejected", key=None, request_id=activity.id)
        await _reject(blog, tx, activity, actor)
        return done(f"rejected: {words.reason}")
    silenced = await silenced_by(blog, tx, actor.uri, actor.handle)
    silenced = silenced or (words.id if words else None)
    new = replace(new_quote(blog, checked.note, checked.quoted, actor.id), hidden_by=silenced)
    await quotes.set_quote(tx, new)
    await stir(blog, tx, checked.quoted.post_id)
    await note_quote(blog, tx, checked.note.id)
    quote = await quotes.lock_quote(tx, checked.note.id)
    if quote is None or quote.actor_id != actor.id or quote.target != checked.quoted.target:
        await _reject(blog, tx, activity, actor)
        return done("rejected: by what is here it is another's, or quotes something else")
    if quote.state == "accepted" or (
        quote.state != "revoked" and await _is_allowed(blog, tx, actor)
    ):
        await _accept(blog, tx, activity, actor, quote)
        return done("may quote us")
    if quote.state != "revoked":
        await quotes.set_answer(tx, quote, state="rejected", key=None, request_id=activity.id)
    await _reject(blog, tx, activity, actor)
    return done(
        "rejected: you took the permission back"
        if quote.state == "revoked"
        else "rejected: you do not let them quote you"
    )


@dataclass(frozen=True, slots=True)
class _Checked:
    note: Note
    quoted: Quoted


async def _checked(
    blog: Blog, db: Queries, activity: Activity, note: Note | None
) -> _Checked | str:
    """The note and what it quotes, or why it may not (K20)."""
    quoted = await find_quoted(blog, db, activity.object_id)
    if quoted is None:
        return "it is about nothing that is here"
    if note is None:
        return "the note that quotes cannot be had from its author's server"
    if refusal := refuse_note(blog, note, activity.actor):
        return refusal
    if not note.public:
        return "the note that quotes is not public"
    if await find_quoted(blog, db, note.quotes) != quoted:
        return "the note does not quote what the request is about"
    if await tombstones.is_deleted(db, note.id, activity.actor):
        return "the note that quotes was deleted"
    reply = await replies.get_reply(db, note.id)
    if reply is not None and reply.actor_uri != activity.actor:
        return "the note that quotes is somebody else's reply"
    return _Checked(note, quoted)


async def _is_allowed(blog: Blog, db: Queries, actor: Actor) -> bool:
    """By the author's choice as it is now."""
    policy = (await get_site(blog, db)).may_quote
    if policy == "followers":
        return await followers.is_follower(db, actor.id)
    return policy == "everyone"


async def _accept(
    blog: Blog, tx: Transaction, activity: Activity, actor: Actor, quote: Quote
) -> None:
    """With the same authorization however often they ask; only the last answer need arrive."""
    authorization = quote.key or mint_key(blog)
    about = blog.addresses.quote(authorization)
    await quotes.set_answer(tx, quote, state="accepted", key=authorization, request_id=activity.id)
    await outbox.cancel_answers(tx, actor.inbox, about, blog.now_ms())
    await send(
        blog,
        tx,
        lambda key: outgoing.accept_quote(blog.addresses, key, _asked(activity), authorization),
        object_uri=about,
        inboxes=[actor.inbox],
    )


async def _reject(blog: Blog, tx: Transaction, activity: Activity, actor: Actor) -> None:
    await outbox.cancel_answers(tx, actor.inbox, activity.id, blog.now_ms())
    await send(
        blog,
        tx,
        lambda key: outgoing.reject_quote(blog.addresses, key, _asked(activity)),
        object_uri=activity.id,
        inboxes=[actor.inbox],
    )


def _asked(activity: Activity) -> outgoing.QuoteRequest:
    return outgoing.QuoteRequest(
        activity.id, activity.actor, activity.object_id, activity.instrument
    )
