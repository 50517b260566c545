"""Others are told of a post: that it is there, that it has changed, that it is gone.

In the transaction that causes it, whose commit wakes the deliveries.
"""

from collections.abc import Callable, Iterable
from typing import Any

from fediblog.actions.documents import article_document
from fediblog.actions.mention import mentioned_inboxes
from fediblog.actions.send import send
from fediblog.blog import Blog
from fediblog.protocol import outgoing
from fediblog.store import outbox, threads
from fediblog.store.database import Transaction
from fediblog.store.posts import Post


async def tell_post(blog: Blog, tx: Transaction, post: Post, kind: str) -> None:
    """Queue a Create or an Update. A later Update replaces those that nobody has got yet."""
    uri = blog.addresses.article(post.key)
    article = await article_document(blog, tx, post)
    inboxes = set(await outbox.list_follower_inboxes(tx))
    inboxes |= await mentioned_inboxes(tx, post.mentions)
    if kind == "Update":
        await outbox.cancel_updates(tx, uri, blog.now_ms())
        inboxes |= await _audience(tx, post)
        inboxes |= set(await outbox.list_object_inboxes(tx, uri))
    await _send(blog, tx, _wrapped(blog, kind, article), uri, inboxes)


async def tell_deleted(blog: Blog, tx: Transaction, post: Post) -> None:
    """Queue a Delete, to whom has got anything about the post, and to everybody who took part; if
    it was shown to the followers again, that is taken back first."""
    uri = blog.addresses.article(post.key)
    inboxes = set(await outbox.list_object_inboxes(tx, uri)) | await _audience(tx, post)
    await take_back(blog, tx, post)
    tombstone = outgoing.tombstone(uri, "Article", blog.clock())
    await _send(blog, tx, _wrapped(blog, "Delete", tombstone), uri, inboxes)


async def show_again(blog: Blog, tx: Transaction, post: Post) -> None:
    """Queue an Announce to the followers, after what takes an earlier one back: a server knows no
    second one of the same post."""
    uri = blog.addresses.article(post.key)
    inboxes = await outbox.list_follower_inboxes(tx)
    await take_back(blog, tx, post)
    published = blog.clock()
    await _send(
        blog,
        tx,
        lambda key: outgoing.announce(blog.addresses, key, uri, published=published),
        uri,
        inboxes,
    )


async def take_back(blog: Blog, tx: Transaction, post: Post) -> None:
    """Queue an Undo of the last Announce of a post, if there is one, to whom has got it."""
    uri = blog.addresses.article(post.key)
    last = await outbox.get_last_announce(tx, uri)
    if last is None:
        return
    inboxes = await outbox.list_activity_inboxes(tx, last)
    if inboxes:
        await _send(
            blog,
            tx,
            lambda key: outgoing.undo_announce(
                blog.addresses, key, announce_key=last, object_id=uri
            ),
            uri,
            inboxes,
        )


def _wrapped(blog: Blog, kind: str, document: dict[str, Any]) -> Callable[[str], dict[str, Any]]:
    return lambda key: outgoing.wrap(blog.addresses, kind, key, document, published=blog.clock())


async def _send(
    blog: Blog,
    tx: Transaction,
    build: Callable[[str], dict[str, Any]],
    uri: str,
    inboxes: Iterable[str],
) -> None:
    """In the lane of the post, so nobody hears of what became of it before the post itself."""
    await send(blog, tx, build, object_uri=uri, inboxes=inboxes)


async def _audience(tx: Transaction, post: Post) -> set[str]:
    return set(await threads.list_participant_inboxes(tx, post.id))
