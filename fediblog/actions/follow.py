"""Somebody follows the blog, or no longer does."""

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.know_actor import know_actor
from fediblog.actions.notify import note_follow
from fediblog.actions.send import send
from fediblog.blog import Blog
from fediblog.protocol import outgoing
from fediblog.protocol.incoming import Activity
from fediblog.store import actors, followers, outbox
from fediblog.store.followers import Follower


async def receive_follow(blog: Blog, activity: Activity) -> Fate:
    """Add the follower and accept, also when the Follow is a repeated one (requirement G5).

    Only the last Accept counts, so earlier ones that nobody has tried to send yet are dropped.
    """
    if activity.object_id != blog.addresses.actor:
        return ignored("a follow of somebody who is not here")
    actor = await know_actor(blog, activity.actor)
    async with blog.db.transaction() as tx:
        if not await followers.is_follower(tx, actor.id):
            await note_follow(blog, tx, actor.id)
        await followers.set_follower(tx, actor.id, activity.id, blog.now_ms())
        # Nobody follows whom they block: an Undo of that may have gone astray.
        await actors.set_blocks_us(tx, actor.id, at=None, block_id="")
        await outbox.cancel_answers(tx, actor.inbox, actor.uri, blog.now_ms())
        await send(
            blog,
            tx,
            lambda key: outgoing.accept_follow(
                blog.addresses, key, follow_id=activity.id, follower=actor.uri
            ),
            object_uri=actor.uri,
            inboxes=[actor.inbox],
        )
    return done("follows the blog")


async def undo_follow(blog: Blog, activity: Activity) -> Fate:
    """Remove the follower. The follower has signed it, so the Follow's id need not match."""
    inner = activity.inner
    if inner is not None and inner.object_id != blog.addresses.actor:
        return ignored("no longer follows somebody who is not here")
    actor = await actors.get_actor(blog.db, activity.actor)
    if actor is None:
        return ignored("did not follow")
    async with blog.db.transaction() as tx:
        if inner is None and not await followers.is_follow(tx, actor.id, activity.object_id):
            return ignored("nothing of ours is undone")
        removed = await followers.remove_follower(tx, actor.id)
    return done("no longer follows") if removed else ignored("did not follow")


async def remove_follower(blog: Blog, follower: Follower) -> None:
    """The admin removes a follower: their server is told by a Reject (requirement G14)."""
    async with blog.db.transaction() as tx:
        if await followers.remove_follower(tx, follower.actor_id):
            await send(
                blog,
                tx,
                lambda key: outgoing.reject_follow(
                    blog.addresses, key, follow_id=follower.follow_id, follower=follower.uri
                ),
                object_uri=follower.uri,
                inboxes=[follower.inbox],
                also_blocked=True,
            )
