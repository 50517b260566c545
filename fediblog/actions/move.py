"""Somebody moves to another account, and is shown under that one from then on."""

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.know_actor import fetch_person, know_actor, store_actor
from fediblog.actions.rules import is_blocked
from fediblog.blog import Blog
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import Activity
from fediblog.store import actors, posts

_BETWEEN_MOVES_MS = 7 * 24 * 3600 * 1000


async def receive_move(blog: Blog, activity: Activity) -> Fate:
    """Both accounts have to say so: the old one by its Move, the new one by naming the old one in
    its alsoKnownAs (requirement G10).

    What the old account said stays its own: it alone can still edit and delete that. A Follow of
    the old account is not carried over, as the new one has not asked for anything.
    """
    old = await actors.get_actor(blog.db, activity.actor)
    if old is None:
        return ignored("nothing is known of its sender")
    if activity.object_id != activity.actor:
        return ignored("a move of somebody else")
    if not activity.target:
        return ignored("a move to nowhere")
    if blog.addresses.is_ours(activity.target):
        return ignored("a move to an address of this blog, where nobody can move to")
    if await is_blocked(blog, authority_of(activity.target)):
        return ignored("a move to a server that is blocked")
    if old.moved_at is not None and blog.now_ms() - old.moved_at < _BETWEEN_MOVES_MS:
        return ignored("it has moved within the last seven days already")
    person = await fetch_person(blog, activity.target)
    if person.id == activity.actor:
        return ignored("a move to nowhere")
    if activity.actor not in person.also_known_as:
        return ignored("the new account does not say that it is the same person")
    await store_actor(blog, person)
    new = await know_actor(blog, person.id)
    async with blog.db.transaction() as tx:
        await actors.set_moved(tx, old.uri, new.uri, blog.now_ms())
        await posts.touch_threads_of(tx, old.id)
    return done("moved: it is shown under the new account")
