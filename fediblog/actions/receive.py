"""Do what an arrival asks for: one handler for each type of activity."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from fediblog.actions.block import receive_block, undo_block
from fediblog.actions.delete_remote import receive_delete
from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.feature_request import receive_feature_request
from fediblog.actions.follow import receive_follow, undo_follow
from fediblog.actions.follow_pointer import follow_pointer
from fediblog.actions.know_actor import store_actor
from fediblog.actions.move import receive_move
from fediblog.actions.quote_request import receive_quote_request, undo_quote_request
from fediblog.actions.react import receive_reaction, undo_reaction
from fediblog.actions.reply_request import receive_reply_request
from fediblog.actions.report import receive_flag
from fediblog.actions.take_reply import receive_create, receive_update
from fediblog.blog import Blog
from fediblog.protocol.incoming import Activity, parse_activity, parse_json

Handler = Callable[[Blog, Activity], Awaitable[Fate]]


async def receive(blog: Blog, body: bytes, *, since: int, pointer: bool = False) -> Fate:
    """Process the bytes of a verified activity. Raises RemoteError when a server that had to be
    asked could not be: then try again.

    since: when it came (ms). pointer: its actor has not signed this request, so nothing that it
    says is believed.
    """
    activity = parse_activity(parse_json(body))
    if pointer:
        return await follow_pointer(blog, activity, since)
    if activity.type == "Announce" and (inner := activity.inner):
        return await _hear_group(blog, activity, inner, since)
    if handler := _FORWARDED.get(activity.type):
        return await handler(blog, activity, body if activity.has_proof else None)
    if other := _HANDLERS.get(activity.type):
        return await other(blog, activity)
    return ignored(f"nothing is done with {activity.type[:50]}")


async def _receive_update(blog: Blog, activity: Activity, proof: bytes | None) -> Fate:
    """An actor tells of itself, or somebody has edited something."""
    if activity.person is None:
        return await receive_update(blog, activity, proof)
    if activity.person.id != activity.actor:
        return ignored("an update of somebody else's profile")
    await store_actor(blog, activity.person)
    return done("profile updated")


async def _receive_undo(blog: Blog, activity: Activity) -> Fate:
    """What is undone comes embedded or by its id alone (requirement G6)."""
    inner = activity.inner
    if inner is not None and inner.actor != activity.actor:
        return ignored("an undo of somebody else's activity")
    if inner is not None:
        undo = _UNDOING.get(inner.type)
        return await undo(blog, activity) if undo else ignored("nothing of ours is undone")
    if activity.object_id:
        for undo in (undo_reaction, undo_follow, undo_block, undo_quote_request):
            if (fate := await undo(blog, activity)).state == "done":
                return fate
    return ignored("nothing of ours is undone")


async def _hear_group(blog: Blog, activity: Activity, inner: Activity, since: int) -> Fate:
    """A group passes on what somebody does (FEP-1b12), which is asked for at its origin, as the
    group did not do it (requirement G9). One that passes on what is ours boosts it."""
    if blog.addresses.is_ours(inner.object_id) and inner.type in {"Create", "Update"}:
        return await receive_reaction(blog, replace(activity, object_id=inner.object_id))
    return await follow_pointer(blog, inner, since)


#: What may go on to the followers, as the very bytes that came if these carry a proof (D2).
_FORWARDED: Mapping[str, Callable[[Blog, Activity, bytes | None], Awaitable[Fate]]] = {
    "Create": receive_create,
    "Update": _receive_update,
    "Delete": receive_delete,
}

_HANDLERS: Mapping[str, Handler] = {
    "Follow": receive_follow,
    "Undo": _receive_undo,
    "Like": receive_reaction,
    "EmojiReact": receive_reaction,
    "Announce": receive_reaction,
    "Move": receive_move,
    "Block": receive_block,
    "Flag": receive_flag,
    "FeatureRequest": receive_feature_request,
    "QuoteRequest": receive_quote_request,
    "ReplyRequest": receive_reply_request,
}

_UNDOING: Mapping[str, Handler] = {
    "Follow": undo_follow,
    "Like": undo_reaction,
    "EmojiReact": undo_reaction,
    "Announce": undo_reaction,
    "Block": undo_block,
    "QuoteRequest": undo_quote_request,
}
