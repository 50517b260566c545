"""The author pins a post above the others, on the home page and on the profile elsewhere (F3)."""

from fediblog.actions.send import send
from fediblog.actions.write_post import existing_post
from fediblog.blog import Blog
from fediblog.errors import Conflict
from fediblog.protocol import outgoing
from fediblog.store import outbox, posts
from fediblog.store.database import Transaction
from fediblog.store.posts import Post

#: As many as Mastodon shows of anybody.
MOST_PINNED = 5


async def pin_post(blog: Blog, key: str) -> Post:
    """Pin a published post; one that is pinned stays where it is.

    Raises NotFound, Gone, or Conflict for a draft and when there are enough.
    """
    async with blog.db.transaction() as tx:
        await posts.lock_writing(tx)
        post = await existing_post(tx, key)
        if post.state != "published":
            raise Conflict("Only a published post can be pinned.")
        if post.pinned_at is None:
            if await posts.count_pinned(tx) >= MOST_PINNED:
                raise Conflict(f"{MOST_PINNED} posts are pinned already. Unpin one of them first.")
            await posts.set_pinned(tx, post.id, blog.now_ms())
            await _tell(blog, tx, post, "Add")
    return post


async def unpin_post(blog: Blog, key: str) -> Post:
    """Let a post stand among the others again. Raises NotFound or Gone."""
    async with blog.db.transaction() as tx:
        await posts.lock_writing(tx)
        post = await existing_post(tx, key)
        if post.pinned_at is not None:
            await posts.set_pinned(tx, post.id, None)
            await _tell(blog, tx, post, "Remove")
    return post


async def _tell(blog: Blog, tx: Transaction, post: Post, kind: str) -> None:
    """In the lane of the post itself, so nobody hears of the pin before the post."""
    uri = blog.addresses.article(post.key)
    await send(
        blog,
        tx,
        lambda key: outgoing.pin(blog.addresses, kind, key, uri),
        object_uri=uri,
        inboxes=await outbox.list_follower_inboxes(tx),
    )
