"""Likes and announces of a post, an answer or a reply."""

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.know_actor import know_actor
from fediblog.blog import Blog
from fediblog.protocol.incoming import Activity
from fediblog.store import actors, posts, reactions, replies
from fediblog.store.database import Queries


async def receive_reaction(blog: Blog, activity: Activity) -> Fate:
    """Keep it, once for each actor, kind and target."""
    kind = activity.type.lower()
    target = await _target(blog, blog.db, activity.object_id)
    if target is None:
        return ignored(f"a {kind} of nothing of ours")
    actor = await know_actor(blog, activity.actor)
    async with blog.db.transaction() as tx:
        await reactions.set_reaction(
            tx,
            actor_id=actor.id,
            kind=kind,
            target=target,
            target_uri=activity.object_id,
            activity_id=activity.id,
            now=blog.now_ms(),
        )
    return done(f"{kind} kept")


async def undo_reaction(blog: Blog, activity: Activity) -> Fate:
    """Take it back, found by the id of what is undone, or by its kind and target."""
    actor = await actors.get_actor(blog.db, activity.actor)
    if actor is None:
        return ignored("an undo by somebody unknown")
    inner = activity.inner
    async with blog.db.transaction() as tx:
        removed = await reactions.remove_reaction(
            tx,
            actor_id=actor.id,
            activity_id=activity.object_id,
            kind=inner.type.lower() if inner else "",
            target_uri=inner.object_id if inner else "",
        )
    return done("reaction taken back") if removed else ignored("there was no such reaction")


async def _target(blog: Blog, db: Queries, uri: str) -> tuple[str, int] | None:
    """("post" or "reply", row number) of what is liked, if it is one of ours or in a thread."""
    ours = blog.addresses.ours(uri)
    if ours is not None and ours.kind == "article":
        post = await posts.get_post(db, ours.key)
        return ("post", post.id) if post and post.state == "published" else None
    reply = await replies.get_reply(db, uri)
    return ("reply", reply.id) if reply and reply.state == "shown" else None
