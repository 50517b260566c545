"""Look for the parent of a reply that waits, and climb on until the thread is one of ours."""

import asyncio
from dataclasses import dataclass, field, replace
from enum import Enum

from fediblog.actions.fetch_note import fetch_note
from fediblog.actions.place_reply import find_place, find_thread, hold_place, place_reply
from fediblog.actions.take_reply import take_note
from fediblog.blog import Blog
from fediblog.domain.retries import fetch_delay
from fediblog.errors import RemoteError, RemoteInvalid, RemoteRefused
from fediblog.protocol.incoming import Note
from fediblog.store import replies, waiting
from fediblog.store.database import Queries
from fediblog.store.moments import to_ms
from fediblog.store.replies import Place
from fediblog.store.waiting import Waiting

_MOST_ANCESTORS = 20
#: However slowly a chain of strangers answers, others have their turn.
_DEADLINE_SECONDS = 60.0
_FORBIDDEN = 403


class _End(Enum):
    """Where a climb ended: in a thread of ours, in somebody else's, at something that is gone,
    private or never to be believed, or at somebody who cannot be asked now."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    LOST = "lost"
    SILENT = "silent"


@dataclass(slots=True)
class _Climb:
    """The unknown ancestors, nearest first, each replying to the next one's id. place: where the
    last of them hangs, once that is known; waits_for: the id that the climb ended at."""

    waits_for: str
    chain: list[Note] = field(default_factory=list)
    place: Place | None = None


async def find_parent(blog: Blog, reply: Waiting) -> None:
    """Fetch ancestors, at most 20, until one hangs in a thread of ours; then attach them all.

    A chain that ends elsewhere drops the reply: it is about nothing of ours. One that ends at
    something gone or private is hung from the post, if its conversation says which. When somebody
    cannot be asked, it is tried again later, and counts as gone after four weeks. Meanwhile the
    reply goes on waiting, for the parent may be delivered.
    """
    climb = _Climb(reply.in_reply_to)
    try:
        async with asyncio.timeout(_DEADLINE_SECONDS):
            end = await _climb(blog, climb)
            if end is _End.LOST or (end is _End.SILENT and _is_last(reply)):
                climb.place = await _by_conversation(blog, blog.db, reply, climb.chain)
            if climb.place is not None:
                await _hang(blog, reply, climb, orphan=end is not _End.HERE)
    except (RemoteError, TimeoutError):
        await postpone_fetch(blog, reply)
        return
    if end is _End.ELSEWHERE:
        async with blog.db.transaction() as tx:
            await waiting.remove_waiting(tx, reply.id)
    elif climb.place is None:
        await postpone_fetch(blog, reply)


async def postpone_fetch(blog: Blog, reply: Waiting) -> None:
    """Look again later, or no more; the reply waits on."""
    delay = fetch_delay(reply.fetch_attempts)
    at = to_ms(blog.clock() + delay) if delay else None
    async with blog.db.transaction() as tx:
        await waiting.set_next_fetch(tx, reply.id, at, reply.fetch_attempts)


def _is_last(reply: Waiting) -> bool:
    return fetch_delay(reply.fetch_attempts) is None


async def _climb(blog: Blog, climb: _Climb) -> _End:
    """Collect the unknown ancestors, and tell where they led.

    What is asked for may be another address of a note, such as its page: then its id counts.
    """
    seen: set[str] = set()
    while (place := await find_place(blog, blog.db, climb.waits_for)) is None:
        uri = climb.waits_for
        if blog.addresses.is_ours(uri):
            return _End.ELSEWHERE
        if uri in seen or len(climb.chain) == _MOST_ANCESTORS:
            return _End.LOST
        seen.add(uri)
        try:
            note = await fetch_note(blog, uri)
        except RemoteError as error:
            return _End.LOST if _is_final(error) else _End.SILENT
        if note is None:
            return _End.LOST
        if climb.chain:
            climb.chain[-1] = replace(climb.chain[-1], in_reply_to=note.id)
        if note.in_reply_to is None:
            return _End.ELSEWHERE
        climb.chain.append(note)
        climb.waits_for = note.in_reply_to
    climb.place = place
    return _End.HERE


def _is_final(error: RemoteError) -> bool:
    """Whether asking again would give the same: it is for others, or is nothing to be believed."""
    if isinstance(error, RemoteRefused):
        return error.answer_status == _FORBIDDEN
    return isinstance(error, RemoteInvalid)


async def _by_conversation(
    blog: Blog, db: Queries, reply: Waiting, chain: list[Note]
) -> Place | None:
    named = [name for note in reversed(chain) for name in (note.context, note.conversation)]
    return await find_thread(blog, db, [*named, reply.conversation])


async def _hang(blog: Blog, reply: Waiting, climb: _Climb, *, orphan: bool) -> None:
    """Take the ancestors from the top down, as if they had arrived, and then the reply.

    One that is not taken (its author is gone, or has deleted it) leaves the next one an orphan of
    the nearest that is. orphan: so is the first.
    """
    place = climb.place
    for note in reversed(climb.chain):
        await take_note(blog, note)
        if place is not None:
            await _settle(blog, note.id, place, orphan=orphan)
        below = await find_place(blog, blog.db, note.id)
        orphan = below is None
        place = below or place
    if place is not None:
        await _settle(blog, reply.uri, place, orphan=orphan)


async def _settle(blog: Blog, uri: str, place: Place, *, orphan: bool) -> None:
    """Attach a reply unless its parent's arrival has done so. It has not if the parent was there
    before the reply waited, is known by another address, or is never to come.

    On PostgreSQL both may have come at once, and neither have seen the other. Whoever brings the
    parent holds the thread until it is there, so with the thread held it is looked for once more.
    """
    async with blog.db.transaction() as tx:
        place = await hold_place(tx, place)
        stored = await replies.lock_reply(tx, uri)
        if stored is None or stored.state != "waiting":
            return
        beneath = await find_place(blog, tx, stored.in_reply_to)
        orphan = orphan and beneath is None
        await place_reply(blog, tx, stored.id, uri, beneath or place, orphan=orphan)
