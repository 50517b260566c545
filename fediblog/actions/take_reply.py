"""A reply comes, or is edited: its node in the tree.

One place for every way in: delivered, fetched as somebody's parent, told of by an Update. A reply
whose parent is unknown waits for it. What is decided by what is stored is decided inside the
transaction that writes it.
"""

from dataclasses import replace

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.fetch_note import fetch_note, refuse_note
from fediblog.actions.forward import forward
from fediblog.actions.judge import judge, judge_text
from fediblog.actions.know_actor import know_actor
from fediblog.actions.moderation import get_terms
from fediblog.actions.place_reply import find_place, plant_reply
from fediblog.actions.render_note import render_note
from fediblog.actions.rules import refusal, words_of
from fediblog.actions.schedule_walk import stir
from fediblog.actions.take_quote import take_quote
from fediblog.blog import Blog
from fediblog.domain.policy import Verdict
from fediblog.domain.polls import differ_in_votes
from fediblog.errors import RemoteGone
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import REPLY_TYPES, Activity, Note
from fediblog.store import (
    actors,
    collections,
    outbox,
    posts,
    replies,
    revisions,
    rules,
    tombstones,
    waiting,
)
from fediblog.store.actors import Actor
from fediblog.store.database import Transaction
from fediblog.store.moments import to_ms
from fediblog.store.replies import NewReply, Place, Reply, ReplyText

_MOST_WAITING_PER_HOST = 1000


async def receive_create(blog: Blog, activity: Activity, proof: bytes | None) -> Fate:
    """A Create, with its object embedded or, from some servers, by id alone (G15).

    proof: its bytes, if others can know them by a proof of their own: then they go on to the
    followers (D2).
    """
    note = activity.note or await _fetch_of_actor(blog, activity)
    if note is None:
        return ignored(f"a Create of {activity.object_type[:50] or 'nothing'}")
    if refusal := refuse_note(blog, note, activity.actor):
        return ignored(refusal)
    return await take_note(blog, note, proof)


async def receive_update(blog: Blog, activity: Activity, proof: bytes | None) -> Fate:
    """An edit. One that cannot be told from what is stored is asked for at its origin (N4), and
    then nobody can say whether its bytes are what is shown. proof: as in receive_create."""
    note = activity.note or await _fetch_of_actor(blog, activity)
    if note is None:
        return ignored(f"an Update of {activity.object_type[:50] or 'nothing'}")
    if refusal := refuse_note(blog, note, activity.actor):
        return ignored(refusal)
    stored = await replies.get_reply(blog.db, note.id)
    if stored is None:
        return await take_note(blog, note, proof)
    if stored.actor_uri != note.attributed_to:
        return ignored("an edit of somebody else's reply")
    await take_quote(blog, note)
    text = await render_note(blog, note)
    if _is_newer(note, stored):
        return await _edit(blog, note, text, proof, confirmed=False)
    if _is_same(text, stored):
        return ignored("an edit that is known already")
    if _counts_votes(text, stored):
        # Mastodon tells of them under the time of the last edit (I7), so they need no question.
        return await _edit(blog, note, text, proof, confirmed=True)
    if stored.public and not note.public and not _is_older(note, stored):
        # Its origin would not show it to us; and whoever takes something back needs no witness.
        return await _edit(blog, note, text, None, confirmed=True)
    fetched = await fetch_note(blog, note.id)
    if fetched is None:
        return ignored("an edit that its origin does not confirm")
    return await take_fetched(blog, fetched)


async def take_fetched(blog: Blog, note: Note) -> Fate:
    """A note as its origin has it now: a new reply, or another text of one that is here."""
    stored = await replies.get_reply(blog.db, note.id)
    if stored is None:
        return await take_note(blog, note)
    if stored.actor_uri != note.attributed_to:
        return ignored("its origin says that somebody else wrote it")
    await take_quote(blog, note, confirmed=True)
    text = await render_note(blog, note)
    if _is_same(text, stored):
        return ignored("it is here already")
    return await _edit(blog, note, text, None, confirmed=True)


async def take_newer(blog: Blog, note: Note) -> Fate:
    """A note that its own server lists somewhere: a new reply, or an edit if it is a later one."""
    stored = await replies.get_reply(blog.db, note.id)
    if stored is None:
        return await take_note(blog, note)
    if stored.actor_uri != note.attributed_to or not _is_newer(note, stored):
        return ignored("it is here already")
    return await _edit(blog, note, await render_note(blog, note), None, confirmed=False)


async def take_note(blog: Blog, note: Note, proof: bytes | None = None) -> Fate:
    """Put a note of known origin where it belongs: a reply into the tree, what quotes us among the
    quotes, or both. Raises RemoteError if its author is unknown and cannot be had. proof: as in
    receive_create."""
    if note.type == "Note" and note.name and not note.content:
        return ignored("a vote in a poll")
    if reason := await refusal(blog, note.attributed_to):
        return ignored(f"not taken: {reason}")
    quoted = await take_quote(blog, note)
    if (rule := await words_of(blog, blog.db, note)) and rule.rejects:
        return quoted or ignored(f"not taken: {rule.reason}")
    if note.in_reply_to is None:
        return quoted or ignored("no reply")
    if not await _may_matter(blog, note.in_reply_to):
        return quoted or ignored("a reply to a post that is not here")
    try:
        actor = await know_actor(blog, note.attributed_to)
    except RemoteGone:
        return ignored("its author is gone")
    return await _add(blog, note, note.in_reply_to, actor, proof)


async def _add(blog: Blog, note: Note, parent_uri: str, actor: Actor, proof: bytes | None) -> Fate:
    text = await render_note(blog, note)
    async with blog.db.transaction() as tx:
        tx.only_in_threads()
        await tombstones.hold_id(tx, note.id)
        if await tombstones.is_deleted(tx, note.id, note.attributed_to):
            return ignored("it was deleted before it came")
        if (author := await actors.hold_actor(tx, actor.id)) is None:
            return ignored("its author is gone")
        new = _new_reply(blog, note, parent_uri, author, text)
        waits = False
        if stored := await replies.get_reply(tx, note.id):
            fate = await _take_again(blog, tx, note, text, proof, stored)
        elif place := await find_place(blog, tx, parent_uri):
            fate = await _plant(blog, tx, new, author, place, proof)
        else:
            fate = await _wait(blog, tx, new, author, proof)
            waits = True
    # Not before the commit: the loops would find nothing.
    if fate is None:
        return await _edit(blog, note, text, proof, confirmed=False)
    if waits:
        blog.signals.fetches.set()
    return fate


async def _plant(
    blog: Blog, tx: Transaction, new: NewReply, author: Actor, place: Place, proof: bytes | None
) -> Fate:
    """The parent is here. What came goes on to the followers, or is kept until it may."""
    planted = await plant_reply(blog, tx, new, author, place)
    if planted is None:
        return ignored("it is here already")
    number, verdict = planted
    if proof and verdict.state == "shown":
        await forward(blog, tx, proof)
    elif proof and verdict.state == "held":
        await replies.set_proof(tx, number, proof)
    return done(_in_words(verdict))


async def _take_again(
    blog: Blog,
    tx: Transaction,
    note: Note,
    text: ReplyText,
    proof: bytes | None,
    stored: Reply,
) -> Fate | None:
    """It is here already, perhaps on another way at the same moment; None if as an earlier text of
    which this is an edit. If another server told of it first, or it was found, it has not gone on
    to the followers yet, and now it can."""
    if stored.actor_uri != note.attributed_to:
        return ignored("it is here already")
    if _is_newer(note, stored):
        return None
    if proof is None or stored.state != "shown" or not _is_same(text, stored):
        return ignored("it is here already")
    if not await outbox.is_forwarded(tx, note.id):
        await forward(blog, tx, proof)
    return ignored("it is here already")


async def _edit(
    blog: Blog, note: Note, text: ReplyText, proof: bytes | None, *, confirmed: bool
) -> Fate:
    """Write an edit. What was public and no longer is leaves the page; hidden stays hidden.
    Only what is shown goes on to the followers.

    text: the note, rendered. confirmed: it counts, whatever the times say.
    """
    async with blog.db.transaction() as tx:
        tx.only_in_threads()
        stored = await replies.lock_reply(tx, note.id)
        if stored is None or stored.state == "deleted":
            return ignored("an edit of a reply that was deleted")
        if not confirmed and not _is_newer(note, stored):
            return ignored("an edit that is known already")
        if _counts_votes(text, stored):
            text = replace(text, updated_at=stored.updated_at)
        says_something_else = not _says_the_same(text, stored)
        if text.updated_at is None:
            updated_at = blog.now_ms() if says_something_else else stored.updated_at
            text = replace(text, updated_at=updated_at)
        if says_something_else and stored.post_id is not None:
            await revisions.add_revision(tx, stored)
        verdict = await _verdict_after(blog, tx, stored, text)
        state = verdict.state
        await replies.set_text(tx, stored.id, text, state, verdict.reason)
        if verdict.rule is not None:
            await rules.hide_reply(tx, stored.id, verdict.rule)
        if stored.post_id is not None:
            await posts.touch(tx, stored.post_id, [stored.id])
            await collections.add_collections(tx, stored.id)
            await stir(blog, tx, stored.post_id)
        if state in {"waiting", "held"}:
            await replies.set_proof(tx, stored.id, proof)
        elif state != "shown":
            await outbox.cancel_forwards(tx, stored.uri, blog.now_ms())
        elif proof and says_something_else:
            await forward(blog, tx, proof)
    return done("edited")


async def _verdict_after(blog: Blog, tx: Transaction, stored: Reply, text: ReplyText) -> Verdict:
    """What becomes of a reply by an edit. One that was not for everybody and now is comes as if it
    were new, and what it says is looked at: nobody may get past the author by way of an edit."""
    as_it_is = Verdict(stored.state, stored.reason)
    edited = stored.saying(text)
    if stored.post_id is None or stored.state == "hidden":
        return as_it_is
    if not text.public:
        return Verdict("private")
    if stored.state == "private":
        terms = await get_terms(tx, stored.post_id)
        return await judge(blog, tx, edited, terms, stored.parent_id)
    if stored.state == "shown":
        return await judge_text(blog, tx, edited) or as_it_is
    return as_it_is


def _in_words(verdict: Verdict) -> str:
    """What became of a reply, for the author."""
    if verdict.state == "private":
        return "private: only you can see it"
    return f"{verdict.state}: {verdict.reason}" if verdict.reason else verdict.state


async def _wait(
    blog: Blog, tx: Transaction, new: NewReply, actor: Actor, proof: bytes | None
) -> Fate:
    """The parent is not here: it is fetched soon, and until then it may be delivered."""
    number = await replies.add_reply(tx, new)
    if number is None:
        return ignored("it is here already")
    if await waiting.count_waiting(tx, actor.authority) > _MOST_WAITING_PER_HOST:
        await waiting.remove_waiting(tx, number)
        return ignored("too many replies of this server wait for their parents")
    await waiting.set_next_fetch(tx, number, blog.now_ms(), 0)
    if proof:
        await replies.set_proof(tx, number, proof)
    return done("waits for the reply that it answers")


async def _fetch_of_actor(blog: Blog, activity: Activity) -> Note | None:
    """The object of an activity that names it by id: only from the actor's own host."""
    known_type = activity.object_type in REPLY_TYPES or not activity.object_type
    if not known_type or authority_of(activity.object_id) != authority_of(activity.actor):
        return None
    return await fetch_note(blog, activity.object_id)


async def _may_matter(blog: Blog, parent_uri: str) -> bool:
    """Whether the parent may be something of ours that people reply to, or lead to it."""
    if not blog.addresses.is_ours(parent_uri):
        return True
    ours = blog.addresses.ours(parent_uri)
    if ours is not None and ours.kind == "note":
        return True
    return await find_place(blog, blog.db, parent_uri) is not None


def _is_newer(note: Note, stored: Reply) -> bool:
    return note.updated is not None and to_ms(note.updated) > (stored.updated_at or 0)


def _is_older(note: Note, stored: Reply) -> bool:
    return note.updated is not None and to_ms(note.updated) < (stored.updated_at or 0)


def _is_same(text: ReplyText, stored: Reply) -> bool:
    """Nothing of it is new, neither what it says nor its pictures nor the counts of its poll."""
    return _says_the_same(text, stored) and (text.sensitive, text.attachments, text.poll) == (
        stored.sensitive,
        stored.attachments,
        stored.poll,
    )


def _counts_votes(text: ReplyText, stored: Reply) -> bool:
    """Nothing is new but how many have voted, or that the poll has ended: that is no edit."""
    rest = replace(text, poll=stored.poll)
    return _is_same(rest, stored) and differ_in_votes(text.poll, stored.poll)


def _says_the_same(text: ReplyText, stored: Reply) -> bool:
    """The same words for the same people: nothing that a history of its texts would tell."""
    return (text.html, text.warning, text.public) == (stored.html, stored.warning, stored.public)


def _new_reply(blog: Blog, note: Note, parent_uri: str, actor: Actor, text: ReplyText) -> NewReply:
    now = blog.now_ms()
    return NewReply(
        uri=note.id,
        key=None,
        in_reply_to=parent_uri,
        actor_id=actor.id,
        text=text,
        published_at=min(to_ms(note.published), now) if note.published else now,
        received_at=now,
        conversation=_conversation(blog, note),
        replies_url=note.replies if _is_beside(note, note.replies) else "",
        context_url=note.context if _is_beside(note, note.context) else "",
    )


def _conversation(blog: Blog, note: Note) -> str:
    """The thread's id: ours, if the note names it in any way, for then it is known where it is."""
    return note.context if blog.addresses.is_ours(note.context) else note.conversation


def _is_beside(note: Note, collection: str) -> bool:
    """Only a note's own server can say what answers to it."""
    return authority_of(collection) == authority_of(note.id)
