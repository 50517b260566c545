"""The author writes, publishes, edits and deletes posts.

Each deed is one transaction: the post, the activity, and a delivery for every inbox.
"""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from fediblog.actions.documents import article_document
from fediblog.actions.mention import Mentions, find_mentions, mentioned_inboxes
from fediblog.actions.note_pictures import note_pictures
from fediblog.actions.post_form import PostForm, checked_text, fingerprint, form_of
from fediblog.actions.problems import Problems
from fediblog.actions.send import mint_key, send
from fediblog.blog import Blog
from fediblog.domain.markdown import post_handles
from fediblog.errors import Gone, Invalid, NotFound, Overtaken
from fediblog.protocol import outgoing
from fediblog.store import outbox, posts, threads, tombstones
from fediblog.store.database import Queries, Transaction
from fediblog.store.post_revisions import add_post_revision, remove_post_revisions
from fediblog.store.posts import Post, PostText


async def create_post(
    blog: Blog, form: PostForm, *, publish: bool, problems: Problems | None = None
) -> Post:
    """Write a new post, as a draft or published at once.

    problems: what of the form does not fit already. Raises Invalid, which names every field that
    does not fit.
    """
    problems = problems or Problems()
    mentions = await problems.awaited(_mentions(blog, form, None, publish), Mentions({}))
    async with blog.db.transaction() as tx:
        await posts.lock_writing(tx)
        text = await checked_text(blog, tx, form, None, mentions, problems)
        number = await posts.add_post(tx, mint_key(blog), text, blog.now_ms())
        if publish:
            await _publish(blog, tx, number)
        post = await _stored(tx, number)
    blog.signals.deliveries.set()
    return post


async def edit_post(
    blog: Blog,
    key: str,
    form: PostForm,
    *,
    publish: bool = False,
    based_on: str = "",
    problems: Problems | None = None,
) -> Post:
    """Write an edit; of a published post everybody who got it is told (requirement G1).

    publish: publish it if it is still a draft. based_on: the fingerprint of what was edited;
    problems: as for create_post. Raises NotFound, Gone, Invalid, or Overtaken if the post says
    something else by now.
    """
    problems = problems or Problems()
    before = await existing_post(blog.db, key)
    mentions = await problems.awaited(_mentions(blog, form, before, publish), Mentions({}))
    async with blog.db.transaction() as tx:
        await posts.lock_writing(tx)
        post = await existing_post(tx, key)
        if based_on and based_on != fingerprint(await form_of(tx, post)):
            raise Overtaken
        text = await checked_text(blog, tx, form, post, mentions, problems)
        if post.state == "draft":
            await posts.set_text(tx, post, text, None)
            if publish:
                await _publish(blog, tx, post.id)
        elif text != _text_of(post):
            if (text.title, text.html) != (post.title, post.html):
                await add_post_revision(tx, post)
            updated = max(blog.now_ms(), (post.updated_at or post.published_at or 0) + 1)
            await posts.set_text(tx, post, text, updated)
            edited = await _stored(tx, post.id)
            await note_pictures(blog, tx, edited)
            await _tell(blog, tx, edited, "Update")
        if form.forget:
            await _forget_earlier(blog, tx, post)
        post = await _stored(tx, post.id)
    blog.signals.deliveries.set()
    return post


async def forget_earlier(blog: Blog, key: str) -> Post:
    """Keep nothing of what a post said before it says what it says now, here at least: neither in
    its history nor in activities that have arrived. Raises NotFound or Gone."""
    async with blog.db.transaction() as tx:
        await posts.lock_writing(tx)
        post = await existing_post(tx, key)
        await _forget_earlier(blog, tx, post)
    return post


async def delete_post(blog: Blog, key: str) -> None:
    """Delete a post everywhere. Raises NotFound or Gone.

    Where nobody has been told of it yet, nothing more is sent; all others get a Delete with a
    Tombstone (requirement G3).
    """
    async with blog.db.transaction() as tx:
        await posts.lock_writing(tx)
        post = await existing_post(tx, key)
        await posts.set_deleted(tx, post.id, blog.now_ms())
        await note_pictures(blog, tx, await _stored(tx, post.id))
        if post.state == "published":
            uri = blog.addresses.article(post.key)
            await tombstones.add_tombstone(tx, uri, blog.addresses.actor, blog.now_ms())
            await outbox.cancel_unsent(tx, uri, blog.now_ms())
            await outbox.erase_deleted(tx)
            await _send_delete(blog, tx, post)
    blog.signals.deliveries.set()


async def existing_post(db: Queries, key: str) -> Post:
    """The post with this key. Raises NotFound, or Gone for a deleted one."""
    post = await posts.get_post(db, key)
    if post is None:
        raise NotFound("There is no such post.")
    if post.state == "deleted":
        raise Gone("This post has been deleted.")
    return post


async def existing_post_by_slug(db: Queries, slug: str) -> Post:
    """The post that has, or had, this slug. Raises NotFound or Gone."""
    post = await posts.get_post_by_slug(db, slug)
    if post is None:
        raise NotFound(f"There is no post with the slug {slug!r}.")
    return await existing_post(db, post.key)


async def _forget_earlier(blog: Blog, tx: Transaction, post: Post) -> None:
    await remove_post_revisions(tx, post.id)
    await outbox.erase_earlier(tx, blog.addresses.article(post.key))


async def _publish(blog: Blog, tx: Transaction, number: int) -> None:
    await posts.set_published(tx, number, blog.now_ms())
    post = await _stored(tx, number)
    await note_pictures(blog, tx, post)
    await _tell(blog, tx, post, "Create")


async def _tell(blog: Blog, tx: Transaction, post: Post, kind: str) -> None:
    """Queue a Create or an Update. A later Update replaces those that nobody has got yet."""
    uri = blog.addresses.article(post.key)
    article = await article_document(blog, tx, post)
    inboxes = set(await outbox.list_follower_inboxes(tx))
    inboxes |= await mentioned_inboxes(tx, post.mentions)
    if kind == "Update":
        await outbox.cancel_updates(tx, uri, blog.now_ms())
        inboxes |= await _audience(tx, post)
        inboxes |= set(await outbox.list_object_inboxes(tx, uri))
    await _send(blog, tx, kind, article, uri, inboxes)


async def _send_delete(blog: Blog, tx: Transaction, post: Post) -> None:
    """To whom has got anything about it, and to everybody who took part."""
    uri = blog.addresses.article(post.key)
    tombstone = outgoing.tombstone(uri, "Article", blog.clock())
    inboxes = set(await outbox.list_object_inboxes(tx, uri)) | await _audience(tx, post)
    await _send(blog, tx, "Delete", tombstone, uri, inboxes)


async def _send(
    blog: Blog,
    tx: Transaction,
    kind: str,
    document: dict[str, Any],
    uri: str,
    inboxes: Iterable[str],
) -> None:
    await send(
        blog,
        tx,
        lambda key: outgoing.wrap(blog.addresses, kind, key, document, published=blog.clock()),
        object_uri=uri,
        inboxes=inboxes,
    )


async def _audience(tx: Transaction, post: Post) -> set[str]:
    return set(await threads.list_participant_inboxes(tx, post.id))


async def _stored(db: Queries, number: int) -> Post:
    post = await posts.get_post_by_number(db, number)
    if post is None:
        raise NotFound("There is no such post.")
    return post


async def _mentions(blog: Blog, form: PostForm, post: Post | None, publish: bool) -> Mentions:
    """Whom the post mentions, for one that is or becomes public; a draft asks nobody.

    Raises Invalid when somebody cannot be found, and for a second community: an object has one
    audience (requirement A13).
    """
    if not publish and (post is None or post.state != "published"):
        return Mentions({})
    handles = post_handles(form.source, local=blog.settings.development)
    stored = post.mentions if post else ""
    found = await find_mentions(blog, handles, stored=stored, field="body")
    if len(found.communities) > 1:
        listed = " and ".join(f"@{handle}" for handle in found.communities)
        raise Invalid(
            f"A post can be addressed to one community, and {listed} are several.", field="body"
        )
    return found


def _text_of(post: Post) -> PostText:
    return PostText(**{field.name: getattr(post, field.name) for field in fields(PostText)})
