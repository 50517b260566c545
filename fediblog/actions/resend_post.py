"""The author shows an old post to the followers again: a boost of it by the blog itself (G9)."""

from datetime import timedelta

from fediblog.actions.tell_post import show_again
from fediblog.actions.write_post import existing_post
from fediblog.blog import Blog
from fediblog.errors import Conflict
from fediblog.store import posts
from fediblog.store.posts import Post

#: Between two times: followers see each of them.
BETWEEN = timedelta(days=1)
_BETWEEN_MS = round(BETWEEN.total_seconds() * 1000)


async def resend_post(blog: Blog, key: str) -> None:
    """Show a published post to the followers again; a server that does not have it fetches it.

    Raises NotFound, Gone, or Conflict for a post that is not published, and for one that has been
    published or shown within the last day.
    """
    async with blog.db.transaction(at_length=True) as tx:
        await posts.lock_writing(tx)
        post = await existing_post(tx, key)
        if post.state != "published":
            raise Conflict("Only a published post can be shown to the followers again.")
        if blog.now_ms() < resendable_at(post):
            raise Conflict(
                "The followers have been shown this post within the last day. Wait a little."
            )
        await posts.set_resent(tx, post.id, blog.now_ms())
        await show_again(blog, tx, post)


def resendable_at(post: Post) -> int:
    """From when on (ms) a published post can be shown to the followers again."""
    return max(post.published_at or 0, post.resent_at or 0) + _BETWEEN_MS
