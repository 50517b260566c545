"""Posts are published: now, or when their time has come."""

import asyncio
import logging
from collections.abc import Sequence

from fediblog.actions.mention import Mentions, find_some_mentions
from fediblog.actions.note_pictures import note_pictures
from fediblog.actions.post_form import rendered
from fediblog.actions.tell_post import tell_post
from fediblog.blog import Blog
from fediblog.domain.markdown import post_handles
from fediblog.domain.reading_time import count_words
from fediblog.errors import NotFound, RequestError, Unavailable
from fediblog.store import posts
from fediblog.store.database import Transaction
from fediblog.store.posts import Post

log = logging.getLogger("fediblog.posts")

_AT_ONCE = 20


async def publish(blog: Blog, tx: Transaction, number: int, note: str = "") -> None:
    """Publish the post with this row's number, and tell the followers, in one transaction. note:
    what the author has to know of it."""
    await posts.set_published(tx, number, blog.now_ms(), note)
    post = await posts.get_post_by_number(tx, number)
    if post is None:
        raise NotFound("There is no such post.")
    await note_pictures(blog, tx, post)
    await tell_post(blog, tx, post, "Create")


async def publish_due(blog: Blog) -> None:
    """Publish every scheduled post whose time has come, once, however many processes do this.

    Whom it mentions is looked up first; who cannot be found stands in the text as it was typed, and
    the author is told. A post that cannot be published becomes a draft again, with the reason.
    """
    due = await posts.list_due_publications(blog.db, blog.now_ms(), _AT_ONCE)
    for key in due:
        try:
            await _publish_scheduled(blog, key)
        except Unavailable:
            # Not the post is to blame: it stays due, and the loop comes back.
            raise
        except RequestError as error:
            log.warning("a scheduled post cannot be published: %s", error)
            await _hold(blog, key, f"It could not be published. {error.public}")


async def _publish_scheduled(blog: Blog, key: str) -> None:
    post = await posts.get_post(blog.db, key)
    if post is None:
        return
    handles = post_handles(post.source, local=blog.settings.development)
    mentions, missing = await find_some_mentions(blog, handles)
    html = await asyncio.to_thread(rendered, blog, post.source, mentions)
    async with blog.db.transaction(at_length=True) as tx:
        await posts.lock_writing(tx)
        if await _is_still_due(blog, tx, post):
            words = count_words(html)
            await posts.set_mentions(tx, post.id, mentions.to_json(), html, words)
            await publish(blog, tx, post.id, _note(mentions, missing))


async def _is_still_due(blog: Blog, tx: Transaction, read: Post) -> bool:
    """Whether nobody has published, edited or deleted the post since it was read."""
    post = await posts.get_post(tx, read.key)
    return (
        post is not None
        and post.state == "scheduled"
        and post.version == read.version
        and (post.publish_at or 0) <= blog.now_ms()
    )


def _note(mentions: Mentions, missing: Sequence[str]) -> str:
    if not missing:
        return ""
    return f"Not everybody in it was told. {' '.join(missing)} Save it once more to try again."


async def _hold(blog: Blog, key: str, reason: str) -> None:
    async with blog.db.transaction(at_length=True) as tx:
        await posts.lock_writing(tx)
        post = await posts.get_post(tx, key)
        if post is not None and post.state == "scheduled":
            await posts.set_held(tx, post.id, reason)
