"""The author deletes posts, and brings them back while nobody else has heard of it."""

from fediblog.actions.note_pictures import note_pictures
from fediblog.actions.tell_post import tell_deleted
from fediblog.actions.write_post import existing_post
from fediblog.blog import Blog
from fediblog.errors import Gone, NotFound
from fediblog.store import outbox, posts, tombstones, working_copies
from fediblog.store.database import Transaction
from fediblog.store.posts import Post

_AT_ONCE = 20


async def delete_post(blog: Blog, key: str) -> None:
    """Take a post from everywhere here, and delete it for good after the time of the settings.

    Until then nothing about it leaves the blog. Raises NotFound or Gone.
    """
    grace_ms = blog.settings.undo_seconds * 1000
    async with blog.db.transaction(at_length=True) as tx:
        await posts.lock_writing(tx)
        post = await existing_post(tx, key)
        if grace_ms:
            await posts.set_deleting(tx, post.id, blog.now_ms() + grace_ms)
            await outbox.hold_deliveries(tx, blog.addresses.article(key))
        else:
            await _delete(blog, tx, post)
    blog.signals.threads.set()


async def undelete_post(blog: Blog, key: str) -> Post:
    """Bring a post back exactly as it was; one that is not being deleted stays as it is.

    Raises NotFound, or Gone when it is too late.
    """
    async with blog.db.transaction(at_length=True) as tx:
        await posts.lock_writing(tx)
        post = await posts.get_post(tx, key)
        if post is None:
            raise NotFound("There is no such post.")
        if post.state == "deleted":
            raise Gone("It is too late: this post has been deleted.")
        if post.state == "deleting":
            await posts.set_undeleted(tx, post.id)
            await outbox.release_held(tx, blog.addresses.article(key))
        post = await existing_post(tx, key)
    blog.signals.deliveries.set()
    blog.signals.threads.set()
    return post


async def delete_due(blog: Blog) -> None:
    """Delete for good whatever cannot be brought back any more, once, however many processes do
    this."""
    due = await posts.list_due_deletions(blog.db, blog.now_ms(), _AT_ONCE)
    for key in due:
        async with blog.db.transaction(at_length=True) as tx:
            await posts.lock_writing(tx)
            post = await posts.get_post(tx, key)
            if post and post.state == "deleting" and (post.delete_at or 0) <= blog.now_ms():
                await outbox.release_held(tx, blog.addresses.article(key))
                await _delete(blog, tx, post)


async def _delete(blog: Blog, tx: Transaction, post: Post) -> None:
    """Where nobody has been told of it yet, nothing more is sent; all others get a Delete with a
    Tombstone (requirement G3)."""
    await posts.set_deleted(tx, post.id, blog.now_ms())
    await working_copies.remove_place(tx, f"post/{post.key}")
    gone = await posts.get_post_by_number(tx, post.id)
    if gone is not None:
        await note_pictures(blog, tx, gone)
    if post.is_out:
        uri = blog.addresses.article(post.key)
        await tombstones.add_tombstone(tx, uri, blog.addresses.actor, blog.now_ms())
        await outbox.cancel_unsent(tx, uri, blog.now_ms())
        await outbox.erase_deleted(tx)
        await tell_deleted(blog, tx, post)
