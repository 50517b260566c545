"""A reply, or a whole account elsewhere, is deleted."""

from fediblog.actions.fates import Fate, done, ignored
from fediblog.blog import Blog
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import Activity
from fediblog.store import (
    actors,
    followers,
    posts,
    quotes,
    reactions,
    replies,
    tombstones,
    waiting,
)
from fediblog.store.actors import Actor
from fediblog.store.database import Transaction
from fediblog.store.replies import Reply


async def receive_delete(blog: Blog, activity: Activity) -> Fate:
    """The object comes as an id, a Tombstone, or whole (requirements G4, N6, N12)."""
    actor = await actors.get_actor(blog.db, activity.actor)
    if actor is None:
        return ignored("nothing is known of its sender")
    if activity.object_id == activity.actor:
        return await _delete_actor(blog, actor)
    return await _delete_reply(blog, activity)


async def _delete_reply(blog: Blog, activity: Activity) -> Fate:
    """Erase the text and keep the id: a Create that comes later must find it (C11)."""
    if authority_of(activity.object_id) != authority_of(activity.actor):
        return ignored("a Delete of something on another host")
    async with blog.db.transaction() as tx:
        reply = await replies.lock_reply(tx, activity.object_id)
        if reply is not None and reply.actor_uri != activity.actor:
            return ignored("a Delete of somebody else's reply")
        await tombstones.add_tombstone(tx, activity.object_id, activity.actor, blog.now_ms())
        quoted = await quotes.remove_quote(tx, activity.object_id, activity.actor)
        if reply is None:
            return done("a quote deleted" if quoted else "remembered: nothing of it is here")
        await _erase(tx, reply)
    return done("deleted")


async def _delete_actor(blog: Blog, actor: Actor) -> Fate:
    """Everything that an account has said and done here goes; the tree stays whole."""
    now = blog.now_ms()
    async with blog.db.transaction() as tx:
        for reply in await replies.list_by_actor(tx, actor.id):
            await tombstones.add_tombstone(tx, reply.uri, actor.uri, now)
            await _erase(tx, reply)
        await quotes.remove_quotes_of(tx, actor.id)
        await reactions.touch_targets(tx, await reactions.remove_reactions_of(tx, actor.id))
        await followers.remove_follower(tx, actor.id)
        await actors.set_gone(tx, actor.id, now)
    return done("account deleted, and its replies with it")


async def _erase(tx: Transaction, reply: Reply) -> None:
    """A reply in a tree keeps its place; one that still waits for its own has none to keep."""
    if reply.post_id is None:
        await waiting.remove_waiting(tx, reply.id)
        return
    await replies.erase(tx, reply.id)
    await posts.touch(tx, reply.post_id)
