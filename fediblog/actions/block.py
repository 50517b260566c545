"""Somebody blocks the blog, or no longer does. Only the author can find that out, in Incoming."""

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.know_actor import know_actor
from fediblog.blog import Blog
from fediblog.protocol.incoming import Activity
from fediblog.store import actors, followers, outbox


async def receive_block(blog: Blog, activity: Activity) -> Fate:
    """They no longer follow, and nothing more is delivered to them (requirement G11)."""
    if activity.object_id != blog.addresses.actor:
        return ignored("a block of somebody who is not here")
    actor = await know_actor(blog, activity.actor)
    now = blog.now_ms()
    async with blog.db.transaction() as tx:
        await actors.set_blocks_us(tx, actor.id, at=now, block_id=activity.id)
        await followers.remove_follower(tx, actor.id)
        await outbox.cancel_inbox(tx, actor.inbox, actor.authority, now)
    return done("blocks the blog: nothing more is sent there")


async def undo_block(blog: Blog, activity: Activity) -> Fate:
    """Take them for somebody like others again; they do not follow before they say so."""
    inner = activity.inner
    actor = await actors.get_actor(blog.db, activity.actor)
    if actor is None or actor.blocks_us_at is None:
        return ignored("did not block the blog")
    named = inner.object_id == blog.addresses.actor if inner else False
    if not named and activity.object_id != actor.block_id:
        return ignored("nothing of ours is undone")
    async with blog.db.transaction() as tx:
        await actors.set_blocks_us(tx, actor.id, at=None, block_id="")
    return done("no longer blocks the blog")
