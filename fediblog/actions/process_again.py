"""Something that came in is processed once more, because the author wants it so."""

from dataclasses import replace

from fediblog.actions.fates import Fate, ignored
from fediblog.actions.fetch_note import fetch_note
from fediblog.actions.take_reply import take_fetched
from fediblog.blog import Blog
from fediblog.errors import Conflict
from fediblog.store.arrivals import queue_again


async def process_again(blog: Blog, arrival_id: int) -> None:
    """Queue what failed or was ignored, or is put off. Raises Conflict when there is nothing that
    could be done once more: it is done, under way, or neither it nor its object can be had."""
    async with blog.db.transaction() as tx:
        if not await queue_again(tx, arrival_id, blog.now_ms()):
            raise Conflict("This cannot be processed again: it is done, or nothing of it is kept.")
    blog.signals.arrivals.set()


async def ask_again(blog: Blog, uri: str) -> Fate:
    """Take a note as its origin has it now, in place of an activity of which only this is kept.
    Raises RemoteError when it cannot be asked."""
    if blog.addresses.is_ours(uri):
        return ignored("it is about something of ours, and what it said is not kept")
    note = await fetch_note(blog, uri)
    if note is None:
        return ignored("its origin does not have it")
    fate = await take_fetched(blog, note)
    return replace(fate, reason=f"asked for again: {fate.reason}")
