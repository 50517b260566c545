"""Do what an arrival asks for: one handler for each type of activity."""

from collections.abc import Awaitable, Callable, Mapping

from fediblog.actions.block import receive_block, undo_block
from fediblog.actions.delete_remote import receive_delete
from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.follow import receive_follow, undo_follow
from fediblog.actions.know_actor import store_actor
from fediblog.actions.move import receive_move
from fediblog.actions.react import receive_reaction, undo_reaction
from fediblog.actions.report import receive_flag
from fediblog.actions.take_reply import receive_create, receive_update
from fediblog.blog import Blog
from fediblog.protocol.incoming import Activity, parse_activity, parse_json

Handler = Callable[[Blog, Activity], Awaitable[Fate]]


async def receive(blog: Blog, body: bytes) -> Fate:
    """Process the bytes of a verified activity. Raises RemoteError when a server that had to be
    asked could not be: then try again."""
    activity = parse_activity(parse_json(body))
    handler = _HANDLERS.get(activity.type)
    if handler is None:
        return ignored(f"nothing is done with {activity.type[:50]}")
    return await handler(blog, activity)


async def _receive_update(blog: Blog, activity: Activity) -> Fate:
    """An actor tells of itself, or somebody has edited something."""
    if activity.person is None:
        return await receive_update(blog, activity)
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
        for undo in (undo_reaction, undo_follow, undo_block):
            if (fate := await undo(blog, activity)).state == "done":
                return fate
    return ignored("nothing of ours is undone")


_HANDLERS: Mapping[str, Handler] = {
    "Create": receive_create,
    "Update": _receive_update,
    "Delete": receive_delete,
    "Follow": receive_follow,
    "Undo": _receive_undo,
    "Like": receive_reaction,
    "EmojiReact": receive_reaction,
    "Announce": receive_reaction,
    "Move": receive_move,
    "Block": receive_block,
    "Flag": receive_flag,
}

_UNDOING: Mapping[str, Handler] = {
    "Follow": undo_follow,
    "Like": undo_reaction,
    "EmojiReact": undo_reaction,
    "Announce": undo_reaction,
    "Block": undo_block,
}
