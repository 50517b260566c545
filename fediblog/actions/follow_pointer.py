"""What somebody hands on that another one has done: it is only told where to look (D5, G9).

Whatever proof such an activity carries, it is not checked, and nothing that it says is believed:
its object is asked for at its origin. So no JSON-LD is ever processed.
"""

from dataclasses import replace

from fediblog.actions.delete_remote import delete_account, delete_reply
from fediblog.actions.fates import Fate, ignored
from fediblog.actions.fetch_note import fetch_note
from fediblog.actions.find_key import has_actor_gone
from fediblog.actions.rules import is_blocked
from fediblog.actions.take_reply import take_fetched
from fediblog.blog import Blog
from fediblog.errors import RemoteGone
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import Activity, is_tombstone
from fediblog.store import actors, replies
from fediblog.store.moments import to_ms
from fediblog.store.replies import Reply

_LOOKED_UP = frozenset({"Create", "Update", "Delete"})
_GONE = 410
#: How long a 404 may be a mistake; less than an arrival is tried for.
_DOUBTED_MS = 2 * 3600 * 1000


async def follow_pointer(blog: Blog, activity: Activity, since: int) -> Fate:
    """Do what the object's own server says. Raises RemoteError when it cannot be asked, or has to
    be asked once more. since: when the activity came (ms)."""
    fate = await _follow(blog, activity, since)
    return replace(fate, reason=f"told by another server: {fate.reason}")


async def _follow(blog: Blog, activity: Activity, since: int) -> Fate:
    uri = activity.object_id
    if activity.type not in _LOOKED_UP or not uri:
        kind = activity.type[:50] or "something"
        return ignored(f"{kind} by somebody who has not signed it, which cannot be looked up")
    if blog.addresses.is_ours(uri) or blog.addresses.is_ours(activity.actor):
        return ignored("it is about something of ours")
    for each in (activity.actor, uri):
        if await is_blocked(blog, authority_of(each)):
            return ignored("a server that is blocked")
    if activity.type != "Delete":
        return await _look(blog, activity)
    if uri == activity.actor:
        return await _end_account(blog, uri)
    return await _end_reply(blog, uri, since)


async def _look(blog: Blog, activity: Activity) -> Fate:
    """Fetch the object; not if it is here, and by the pointer itself nothing about it is new."""
    stored = await replies.get_reply(blog.db, activity.object_id)
    if stored is not None and not _may_be_new(activity, stored):
        return ignored("it is here already")
    note = await fetch_note(blog, activity.object_id)
    if note is None:
        return ignored("its origin does not have it")
    return await take_fetched(blog, note)


def _may_be_new(activity: Activity, stored: Reply) -> bool:
    if activity.type == "Create" or stored.state == "deleted":
        return False
    updated = activity.note.updated if activity.note else None
    return updated is None or to_ms(updated) > (stored.updated_at or 0)


async def _end_reply(blog: Blog, uri: str, since: int) -> Fate:
    """Delete a reply if its origin does not have it any more.

    Mastodon says so by 404, but so does a server that has trouble: that counts when it still does
    hours later. One that was never public is not given to us, so only the plain word of its origin
    counts.
    """
    stored = await replies.get_reply(blog.db, uri)
    if stored is None or stored.state == "deleted":
        return ignored("nothing of it is here")
    try:
        found = await blog.remote.get_document(uri, sign=blog.sign_as_instance())
    except RemoteGone as error:
        if error.answer_status != _GONE:
            if not stored.public:
                return ignored("its origin does not say that it is deleted")
            if blog.now_ms() - since < _DOUBTED_MS:
                raise
    else:
        if not is_tombstone(found.document):
            return ignored("its origin still has it")
    return await delete_reply(blog, uri, stored.actor_uri, None)


async def _end_account(blog: Blog, uri: str) -> Fate:
    actor = await actors.get_actor(blog.db, uri)
    if actor is None or actor.gone_at is not None:
        return ignored("nothing is known of this account")
    if not await has_actor_gone(blog, uri):
        return ignored("its origin does not say that the account is deleted")
    return await delete_account(blog, actor)
