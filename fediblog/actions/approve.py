"""Tell a reply's server that it was approved, rejected, or is no longer approved.

Only about replies to what is ours, and where the post says who may reply, or its server has asked.
"""

from collections.abc import Callable

from fediblog.actions.moderation import Terms, get_terms, who_may_reply
from fediblog.actions.send import mint_key, send
from fediblog.blog import Blog
from fediblog.protocol import outgoing
from fediblog.store import actors, outbox, posts, replies
from fediblog.store.actors import Actor
from fediblog.store.database import Queries, Transaction
from fediblog.store.posts import Post
from fediblog.store.replies import Reply


async def tell_approved(blog: Blog, tx: Transaction, reply: Reply, terms: Terms) -> None:
    """A reply is shown, if it is as it is now. terms: those of its post."""
    if reply.key is not None or reply.state != "shown" or not _is_told(blog, reply, terms):
        return
    target = await _target(blog, tx, reply, terms.post)
    if not target:
        return
    key = reply.approval_key or mint_key(blog)
    made = made_of(reply, target)
    await replies.set_approval(tx, reply.id, key)
    author = await actors.get_actor_by_number(tx, reply.actor_id)
    await _answer(
        blog, tx, author, made, lambda each: outgoing.accept_reply(blog.addresses, each, made, key)
    )


async def tell_not_approved(blog: Blog, tx: Transaction, reply: Reply, *, rejected: bool) -> None:
    """A reply is not shown (any more): an approval is taken back; else, if it is rejected, its
    server is told so. reply: as it was before."""
    target = await find_target(blog, tx, reply)
    author = await actors.get_actor_by_number(tx, reply.actor_id)
    if not target or author is None:
        return
    made = made_of(reply, target)
    if reply.approval_key is not None:
        await replies.set_approval(tx, reply.id, None)
        approval = outgoing.reply_authorization(blog.addresses, reply.approval_key, made)
        await send(
            blog,
            tx,
            lambda key: outgoing.delete_approval(blog.addresses, key, approval),
            object_uri=approval["id"],
            inboxes=[author.inbox, *await outbox.list_follower_inboxes(tx)],
        )
    elif rejected and _is_told(blog, reply, await get_terms(tx, reply.post_id or 0)):
        await _answer(
            blog, tx, author, made, lambda key: outgoing.reject_reply(blog.addresses, key, made)
        )


def made_of(reply: Reply, target: str) -> outgoing.ReplyMade:
    """A reply as answers tell of it. target: the id of what it answers."""
    return outgoing.ReplyMade(reply.uri, reply.actor_uri, target, reply.request_id)


async def find_target(blog: Blog, db: Queries, reply: Reply) -> str:
    """The id of the post or the answer of the author that a reply answers; empty if it answers
    somebody else, or its place is that of an ancestor."""
    post = None
    if reply.post_id is not None and reply.parent_id is None:
        post = await posts.get_post_by_number(db, reply.post_id)
    return await _target(blog, db, reply, post)


async def _target(blog: Blog, db: Queries, reply: Reply, post: Post | None) -> str:
    if reply.post_id is None or reply.orphan:
        return ""
    if reply.parent_id is None:
        return blog.addresses.article(post.key) if post else ""
    parent = await replies.get_reply_by_number(db, reply.parent_id)
    return parent.uri if parent is not None and parent.key is not None else ""


def _is_told(blog: Blog, reply: Reply, terms: Terms) -> bool:
    """Whether its server may wait for an answer."""
    if reply.request_id:
        return True
    post = terms.post
    return post is not None and who_may_reply(blog, post, terms.moderation) != "open"


async def _answer(
    blog: Blog,
    tx: Transaction,
    author: Actor | None,
    made: outgoing.ReplyMade,
    build: Callable[[str], outgoing.Document],
) -> None:
    """Only the last answer need arrive."""
    if author is None:
        return
    about = [made.uri, *([made.request_id] if made.request_id else [])]
    for each in about:
        await outbox.cancel_answers(tx, author.inbox, each, blog.now_ms())
    await send(blog, tx, build, object_uri=about[-1], inboxes=[author.inbox])
