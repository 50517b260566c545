"""Look for the parent of a reply that waits, and climb on until the thread is one of ours."""

import asyncio
from dataclasses import replace

from fediblog.actions.fetch_note import fetch_note
from fediblog.actions.place_reply import find_place, place_reply
from fediblog.actions.take_reply import take_note
from fediblog.blog import Blog
from fediblog.domain.retries import fetch_delay
from fediblog.errors import RemoteError, RemoteGone, RemoteInvalid
from fediblog.protocol.incoming import Note
from fediblog.store import replies, waiting
from fediblog.store.moments import to_ms
from fediblog.store.waiting import Waiting

_MOST_ANCESTORS = 20
#: However slowly a chain of strangers answers, others have their turn.
_DEADLINE_SECONDS = 60.0


async def find_parent(blog: Blog, reply: Waiting) -> None:
    """Fetch ancestors, at most 20, until one hangs in a thread of ours; then attach them all.

    A chain that ends elsewhere drops the reply: it is about nothing of ours. When somebody cannot
    be asked, it is tried again later; the reply goes on waiting, for the parent may be delivered.
    """
    try:
        async with asyncio.timeout(_DEADLINE_SECONDS):
            chain = await _climb(blog, reply.in_reply_to)
            for note in reversed(chain or []):
                await take_note(blog, note)
    except (RemoteError, TimeoutError):
        await postpone_fetch(blog, reply)
        return
    if chain is None:
        async with blog.db.transaction() as tx:
            await waiting.remove_waiting(tx, reply.id)
        return
    await _attach(blog, reply, chain[0].id if chain else reply.in_reply_to)


async def postpone_fetch(blog: Blog, reply: Waiting) -> None:
    """Look again later, or no more; the reply waits on."""
    delay = fetch_delay(reply.fetch_attempts)
    at = to_ms(blog.clock() + delay) if delay else None
    async with blog.db.transaction() as tx:
        await waiting.set_next_fetch(tx, reply.id, at, reply.fetch_attempts)


async def _climb(blog: Blog, uri: str) -> list[Note] | None:
    """The unknown ancestors, nearest first, each replying to the next one's id; None when they
    lead to no thread of ours.

    What is asked for may be another address of a note, such as its page: then its id counts.
    Raises RemoteGone when one of them is gone or private, and RemoteInvalid when there is no end:
    then nobody can say where it leads.
    """
    chain: list[Note] = []
    seen: set[str] = set()
    while await find_place(blog, blog.db, uri) is None:
        if blog.addresses.is_ours(uri):
            return None
        if uri in seen or len(chain) == _MOST_ANCESTORS:
            raise RemoteInvalid(detail=f"the ancestors of {uri} have no end")
        seen.add(uri)
        note = await fetch_note(blog, uri)
        if note is None:
            raise RemoteGone(410)
        if chain:
            chain[-1] = replace(chain[-1], in_reply_to=note.id)
        if note.in_reply_to is None:
            return None
        chain.append(note)
        uri = note.in_reply_to
    return chain


async def _attach(blog: Blog, reply: Waiting, parent_uri: str) -> None:
    """The parent's arrival has attached the reply, unless it was there before the reply waited,
    or the reply knew it by another address."""
    async with blog.db.transaction() as tx:
        stored = await replies.lock_reply(tx, reply.uri)
        if stored is None or stored.state != "waiting":
            return
        place = await find_place(blog, tx, parent_uri)
        if place is None:
            await waiting.set_next_fetch(tx, reply.id, None, reply.fetch_attempts)
        else:
            await place_reply(tx, stored.id, stored.uri, place, public=stored.public)
