"""Notes that quote us without having asked, and what becomes of quotes when they are edited.

Nobody needs a permission to link to a post, so what is public is recorded and shown; with one that
was given, or refused, it stays (`quote_request`).
"""

from dataclasses import replace

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.fetch_note import fetch_note
from fediblog.actions.know_actor import know_actor
from fediblog.actions.notify import note_quote
from fediblog.actions.read_quote import Quoted, find_quoted, new_quote
from fediblog.actions.rules import silenced_by, words_of
from fediblog.actions.schedule_walk import stir
from fediblog.blog import Blog
from fediblog.errors import RemoteGone
from fediblog.protocol.incoming import Note
from fediblog.store import actors, quotes, replies, tombstones
from fediblog.store.moments import to_ms
from fediblog.store.quotes import Quote


async def take_quote(blog: Blog, note: Note, *, confirmed: bool = False) -> Fate | None:
    """Record that a note of known origin quotes us, or renew what is recorded of it.

    An edit that cannot be told from what is here is asked for at its origin (N4), unless that is
    where it has just come from (confirmed). None when the note has nothing to do with quotes.
    Raises RemoteError when its author or its origin has to be asked and cannot be.
    """
    stored = await quotes.get_quote(blog.db, note.id)
    quoted = await find_quoted(blog, blog.db, note.quotes)
    if stored is None:
        return await _add(blog, note, quoted) if quoted else None
    if stored.actor_uri != note.attributed_to:
        return ignored("an edit of somebody else's quote")
    if note.updated is None or to_ms(note.updated) <= (stored.updated_at or 0):
        if _is_same(blog, note, quoted, stored):
            return ignored("a quote that is here already")
        # What its author has made private is taken at its word: its origin would not show it to us.
        is_older = note.updated is not None and to_ms(note.updated) < (stored.updated_at or 0)
        is_taken_back = not note.public and not is_older
        fetched = note if confirmed or is_taken_back else await fetch_note(blog, note.id)
        if fetched is None or fetched.attributed_to != stored.actor_uri:
            return ignored("an edit that its origin does not confirm")
        note = replace(fetched, updated=fetched.updated or blog.clock())
        quoted = await find_quoted(blog, blog.db, note.quotes)
    return await _renew(blog, note, quoted, stored)


async def _add(blog: Blog, note: Note, quoted: Quoted) -> Fate:
    """Never a private one (K18), nor under the id of what somebody else wrote (K7)."""
    if not note.public:
        return ignored("a quote that is not public")
    reply = await replies.get_reply(blog.db, note.id)
    if reply is not None and reply.actor_uri != note.attributed_to:
        return ignored("a quote under the id of somebody else's reply")
    try:
        actor = await know_actor(blog, note.attributed_to)
    except RemoteGone:
        return ignored("its author is gone")
    async with blog.db.transaction() as tx:
        await tombstones.hold_id(tx, note.id)
        if await tombstones.is_deleted(tx, note.id, note.attributed_to):
            return ignored("it was deleted before it came")
        if await actors.hold_actor(tx, actor.id) is None:
            return ignored("its author is gone")
        words = await words_of(blog, tx, note, actor)
        if words is not None and words.rejects:
            return ignored(f"not taken: {words.reason}")
        silenced = await silenced_by(blog, tx, actor.uri, actor.handle)
        silenced = silenced or (words.id if words else None)
        new = replace(new_quote(blog, note, quoted, actor.id), hidden_by=silenced)
        await quotes.set_quote(tx, new)
        await note_quote(blog, tx, note.id)
        await stir(blog, tx, quoted.post_id)
    return done("a quote: not shown, by a block" if silenced else "a quote: shown")


async def _renew(blog: Blog, note: Note, quoted: Quoted | None, stored: Quote) -> Fate:
    """An edit into words that are blocked hides it, for it has been taken already."""
    async with blog.db.transaction() as tx:
        if quoted is None or not note.public:
            updated = to_ms(note.updated) if note.updated else None
            await quotes.withdraw_quote(tx, stored, updated)
            return done("it is no longer a quote of ours that all may see")
        actor = await actors.get_actor_by_number(tx, stored.actor_id)
        words = await words_of(blog, tx, note, actor)
        silenced = await silenced_by(blog, tx, stored.actor_uri, actor.handle if actor else "")
        silenced = silenced or (words.id if words else None)
        new = new_quote(blog, note, quoted, stored.actor_id)
        await quotes.set_quote(tx, replace(new, hidden_by=silenced))
    return done("a quote edited")


def _is_same(blog: Blog, note: Note, quoted: Quoted | None, stored: Quote) -> bool:
    if quoted is None or not note.public:
        return False
    new = new_quote(blog, note, quoted, stored.actor_id)
    return (new.target, new.text, new.warning, new.page_url) == (
        stored.target,
        stored.text,
        stored.warning,
        stored.page_url,
    )
