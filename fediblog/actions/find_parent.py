"""Look for the parent of a reply that waits, and climb on until the thread is one of ours."""

from fediblog.actions.know_actor import know_actor
from fediblog.actions.take_reply import fetch_note, find_place, place_reply, take_note
from fediblog.blog import Blog
from fediblog.domain.retries import fetch_delay
from fediblog.errors import RemoteError, RemoteGone
from fediblog.protocol.incoming import Note
from fediblog.store import replies, waiting
from fediblog.store.moments import to_ms
from fediblog.store.waiting import Waiting

_MOST_ANCESTORS = 20


async def find_parent(blog: Blog, reply: Waiting) -> None:
    """Fetch ancestors, at most 20, until one hangs in a thread of ours; then attach them all.

    A chain that ends elsewhere drops the reply: it is about nothing of ours. When somebody cannot
    be asked, it is tried again later; the reply goes on waiting, for the parent may be delivered.
    """
    try:
        chain = await _climb(blog, reply.in_reply_to)
    except RemoteError:
        await _postpone(blog, reply)
        return
    if chain is None:
        async with blog.db.transaction() as tx:
            await waiting.remove_waiting(tx, reply.id)
        return
    try:
        for note in reversed(chain):
            await know_actor(blog, note.attributed_to)
            await take_note(blog, note)
    except RemoteError:
        await _postpone(blog, reply)
        return
    await _attach(blog, reply)


async def _climb(blog: Blog, uri: str) -> list[Note] | None:
    """The unknown ancestors, nearest first; None when they lead to no thread of ours.

    Raises RemoteGone when one of them is gone or private: then nobody can say where it leads.
    """
    chain: list[Note] = []
    seen: set[str] = set()
    while await find_place(blog, blog.db, uri) is None:
        if uri in seen or len(chain) == _MOST_ANCESTORS or blog.addresses.is_ours(uri):
            return None
        seen.add(uri)
        note = await fetch_note(blog, uri)
        if note is None:
            raise RemoteGone(410)
        if note.in_reply_to is None:
            return None
        chain.append(note)
        uri = note.in_reply_to
    return chain


async def _attach(blog: Blog, reply: Waiting) -> None:
    """The parent's arrival has attached the reply, unless it was there before the reply waited."""
    async with blog.db.transaction() as tx:
        stored = await replies.get_reply_by_number(tx, reply.id)
        if stored is None or stored.state != "waiting":
            return
        place = await find_place(blog, tx, stored.in_reply_to)
        if place is None:
            await waiting.set_next_fetch(tx, reply.id, None, reply.fetch_attempts + 1)
        else:
            await place_reply(tx, stored.id, stored.uri, place, public=stored.public)


async def _postpone(blog: Blog, reply: Waiting) -> None:
    attempts = reply.fetch_attempts + 1
    delay = fetch_delay(attempts)
    at = to_ms(blog.clock() + delay) if delay else None
    async with blog.db.transaction() as tx:
        await waiting.set_next_fetch(tx, reply.id, at, attempts)
