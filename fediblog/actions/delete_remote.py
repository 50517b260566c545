"""A reply, or a whole account elsewhere, is deleted."""

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.forward import forward
from fediblog.blog import Blog
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import Activity
from fediblog.store import (
    actors,
    followers,
    outbox,
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


async def receive_delete(blog: Blog, activity: Activity, proof: bytes | None) -> Fate:
    """The object comes as an id, a Tombstone, or whole (requirements G4, N6, N12).

    proof: its bytes, if others can know them by a proof of their own.
    """
    actor = await actors.get_actor(blog.db, activity.actor)
    if actor is None:
        return ignored("nothing is known of its sender")
    if activity.object_id == activity.actor:
        return await delete_account(blog, actor)
    if authority_of(activity.object_id) != authority_of(activity.actor):
        return ignored("a Delete of something on another host")
    return await delete_reply(blog, activity.object_id, activity.actor, proof)


async def delete_reply(blog: Blog, uri: str, actor_uri: str, proof: bytes | None) -> Fate:
    """Erase the text and keep the id: a Create that comes later must find it (C11).

    Its author, or the origin, has said so. Those who were told of the reply are told of its end.
    """
    now = blog.now_ms()
    async with blog.db.transaction() as tx:
        await tombstones.hold_id(tx, uri)
        reply = await replies.lock_reply(tx, uri)
        if reply is not None and reply.actor_uri != actor_uri:
            return ignored("a Delete of somebody else's reply")
        await tombstones.add_tombstone(tx, uri, actor_uri, now)
        quoted = await quotes.remove_quote(tx, uri, actor_uri)
        if reply is None:
            return done("a quote deleted" if quoted else "remembered: nothing of it is here")
        await _erase(tx, reply, now)
        if proof and reply.public and reply.state in {"shown", "hidden"}:
            await forward(blog, tx, proof)
    return done("deleted")


async def delete_account(blog: Blog, actor: Actor) -> Fate:
    """Everything that an account has said and done here goes; the tree stays whole."""
    now = blog.now_ms()
    async with blog.db.transaction(at_length=True) as tx:
        await actors.lock_actor(tx, actor.id)
        for reply in await replies.list_by_actor(tx, actor.id):
            await tombstones.add_tombstone(tx, reply.uri, actor.uri, now)
            await _erase(tx, reply, now)
        await quotes.remove_quotes_of(tx, actor.id)
        unliked = await reactions.remove_reactions_of(tx, actor.id)
        await posts.touch_targets(tx, unliked)
        await reactions.count_likes(tx, unliked)
        await followers.remove_follower(tx, actor.id)
        await actors.set_gone(tx, actor.id, now)
    return done("account deleted, and its replies with it")


async def _erase(tx: Transaction, reply: Reply, now: int) -> None:
    """A reply in a tree keeps its place; one that still waits for its own has none to keep."""
    await outbox.cancel_forwards(tx, reply.uri, now)
    if reply.post_id is None:
        await waiting.remove_waiting(tx, reply.id)
        return
    await replies.erase(tx, reply.id)
    await posts.touch(tx, reply.post_id, [reply.id])
