"""What is here at an address by which others speak of it: its id, or where it can be read."""

from fediblog.blog import Blog
from fediblog.store import posts, replies
from fediblog.store.database import Queries
from fediblog.store.posts import Post
from fediblog.store.replies import Reply


async def find_ours(blog: Blog, db: Queries, uri: str) -> Post | Reply | None:
    """The post, or the reply of anybody in whatever state, at an id or a permalink.

    Some servers name the permalink instead of the id: of a post, or of a reply on its page. What
    may be done with a draft or a reply that is not shown is for the caller to decide.
    """
    ours = blog.addresses.ours(uri)
    if ours is None or ours.kind not in {"article", "permalink", "reply"}:
        return await replies.get_reply(db, uri)
    if ours.kind == "reply":
        return await replies.get_reply_by_number(db, int(ours.key))
    if ours.kind == "article":
        return await posts.get_post(db, ours.key)
    number = uri.partition("#reply-")[2]
    if number.isdecimal() and len(number) < 19:
        return await replies.get_reply_by_number(db, int(number))
    return await posts.get_post_by_slug(db, ours.key)
