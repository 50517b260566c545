"""Somebody asks whether they may reply to us (GoToSocial's ReplyRequest).

The reply comes along, or is fetched, and takes its place like any other one; what becomes of it
there is the answer: at once if it is shown or put aside, by the author's decision if it is held.
"""

from fediblog.actions.approve import find_target, tell_approved, tell_not_approved
from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.fetch_note import fetch_note, refuse_note
from fediblog.actions.find_ours import find_ours
from fediblog.actions.moderation import get_terms
from fediblog.actions.take_reply import take_note
from fediblog.blog import Blog
from fediblog.errors import RemoteInvalid
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import Activity, Note
from fediblog.store import replies


async def receive_reply_request(blog: Blog, activity: Activity) -> Fate:
    """Answer it, each time it comes. Raises RemoteError when the reply or its author has to be
    asked for and cannot be."""
    if not blog.addresses.is_ours(activity.object_id):
        return ignored("a request to reply to nothing of ours")
    note = await _instrument(blog, activity)
    if note is None:
        return ignored("a request without the reply that it is about")
    if refusal := refuse_note(blog, note, activity.actor):
        return ignored(refusal)
    if not await _answers(blog, note, activity.object_id):
        return ignored("a request for a reply to something else")
    fate = await take_note(blog, note)
    async with blog.db.transaction() as tx:
        reply = await replies.lock_reply(tx, note.id)
        if reply is None or reply.post_id is None or reply.actor_uri != activity.actor:
            return fate
        await replies.set_request(tx, reply.id, activity.id)
        reply = await replies.lock_reply(tx, note.id)
        if reply is None or not await find_target(blog, tx, reply):
            return fate
        if reply.state == "shown":
            await tell_approved(blog, tx, reply, await get_terms(tx, reply.post_id or 0))
        elif reply.state in {"hidden", "deleted"}:
            await tell_not_approved(blog, tx, reply, rejected=True)
    return done(f"asks to reply: {_IN_WORDS.get(reply.state, reply.state)}")


_IN_WORDS = {
    "shown": "approved",
    "held": "waits for your decision",
    "hidden": "rejected",
    "deleted": "rejected",
}


async def _instrument(blog: Blog, activity: Activity) -> Note | None:
    """The reply. Embedded it is believed from its author's own host, and nothing else is asked for:
    a note on another host cannot be theirs."""
    if authority_of(activity.instrument) != authority_of(activity.actor):
        return None
    if activity.quoting is not None:
        return activity.quoting
    try:
        return await fetch_note(blog, activity.instrument)
    except RemoteInvalid:
        return None


async def _answers(blog: Blog, note: Note, object_id: str) -> bool:
    """Whether the reply answers what the request is about, by whichever of its addresses."""
    if note.in_reply_to is None:
        return False
    asked = await find_ours(blog, blog.db, object_id)
    return asked is not None and asked == await find_ours(blog, blog.db, note.in_reply_to)
