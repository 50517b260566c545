"""The author writes, publishes and edits posts.

Each deed is one transaction: the post, the activity, and a delivery for every inbox.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import fields

from fediblog.actions.describe_medium import learn_descriptions
from fediblog.actions.mention import Mentions, find_mentions
from fediblog.actions.note_pictures import note_pictures
from fediblog.actions.post_form import (
    PostForm,
    checked_text,
    checked_time,
    fingerprint,
    form_of,
)
from fediblog.actions.problems import Problems
from fediblog.actions.publish_post import publish as publish_now
from fediblog.actions.send import mint_key
from fediblog.actions.tell_post import tell_post
from fediblog.blog import Blog
from fediblog.domain.markdown import post_handles
from fediblog.domain.own_media import said_of_media
from fediblog.errors import Gone, Invalid, NotFound, Overtaken
from fediblog.store import outbox, posts
from fediblog.store.database import Queries, Transaction
from fediblog.store.post_revisions import add_post_revision, remove_post_revisions
from fediblog.store.posts import Post, PostText


async def create_post(
    blog: Blog,
    form: PostForm,
    *,
    publish: bool,
    schedule: bool = False,
    problems: Problems | None = None,
) -> Post:
    """Write a new post, as a draft, published at once, or to be published at the form's time.

    problems: what of the form does not fit already. Raises Invalid, which names every field that
    does not fit.
    """
    problems = problems or Problems()
    mentions = await problems.awaited(_mentions(blog, form, None, publish), Mentions({}))
    said = await asyncio.to_thread(said_of_media, form.source)
    async with blog.db.transaction(at_length=True) as tx:
        await posts.lock_writing(tx)
        due = await problems.awaited(checked_time(blog, tx, form), None) if schedule else None
        text = await checked_text(blog, tx, form, None, mentions, problems)
        await _describe_media(tx, form, text, said)
        number = await posts.add_post(tx, mint_key(blog), text, blog.now_ms())
        if publish:
            await publish_now(blog, tx, number)
        elif schedule:
            await posts.set_scheduled(tx, number, due)
        post = await _stored(tx, number)
    return post


async def edit_post(
    blog: Blog,
    key: str,
    form: PostForm,
    *,
    publish: bool = False,
    schedule: bool = False,
    unschedule: bool = False,
    based_on: str = "",
    problems: Problems | None = None,
) -> Post:
    """Write an edit; of a published post everybody who got it is told (requirement G1), unless the
    form says that it is a quiet one: that is told with the next edit that is not.

    publish: publish it if it is not yet; schedule: have it published at the form's time;
    unschedule: make a scheduled post a draft. based_on: the fingerprint of what was edited;
    problems: as for create_post. Raises NotFound, Gone, Invalid, or Overtaken if the post says
    something else by now.
    """
    problems = problems or Problems()
    before = await existing_post(blog.db, key)
    mentions = await problems.awaited(_mentions(blog, form, before, publish), Mentions({}))
    said = await asyncio.to_thread(said_of_media, form.source)
    async with blog.db.transaction(at_length=True) as tx:
        await posts.lock_writing(tx)
        post = await existing_post(tx, key)
        if based_on and based_on != fingerprint(await form_of(tx, post)):
            raise Overtaken
        plans = schedule and post.state != "published"
        due = await problems.awaited(checked_time(blog, tx, form), None) if plans else None
        text = await checked_text(blog, tx, form, post, mentions, problems)
        await _describe_media(tx, form, text, said)
        if post.state == "published":
            await _edit_published(blog, tx, post, text, quiet=bool(form.quiet))
        else:
            await _edit_unpublished(blog, tx, post, text)
            if publish:
                await publish_now(blog, tx, post.id)
            elif schedule or unschedule:
                await posts.set_scheduled(tx, post.id, due)
        if form.forget:
            await _forget_earlier(blog, tx, post)
        post = await _stored(tx, post.id)
    return post


async def _describe_media(
    tx: Transaction, form: PostForm, text: PostText, said: Mapping[str, tuple[str, str]]
) -> None:
    """The library learns what is said of a picture where it is shown."""
    await learn_descriptions(tx, said)
    if text.lead_id is not None:
        await learn_descriptions(tx, {form.lead: (text.lead_alt, text.lead_caption)})


async def _edit_published(
    blog: Blog, tx: Transaction, post: Post, text: PostText, *, quiet: bool
) -> None:
    """An edit that changes nothing is none, unless there are quiet ones that it can tell of."""
    is_pending = (post.edited_at or 0) > (post.updated_at or 0)
    if text == _text_of(post) and (quiet or not is_pending):
        return
    if (text.title, text.html) != (post.title, post.html):
        await add_post_revision(tx, post)
    now = max(blog.now_ms(), post.written_at + 1)
    told = post.updated_at if quiet else max(now, (post.updated_at or 0) + 1)
    await posts.set_text(tx, post, text, edited_at=now, updated_at=told)
    edited = await _stored(tx, post.id)
    await note_pictures(blog, tx, edited)
    if not quiet:
        await tell_post(blog, tx, edited, "Update")


async def _edit_unpublished(blog: Blog, tx: Transaction, post: Post, text: PostText) -> None:
    if (text.title, text.source) != (post.title, post.source):
        await add_post_revision(tx, post)
    await posts.set_text(tx, post, text, edited_at=blog.now_ms(), updated_at=None)


async def forget_earlier(blog: Blog, key: str) -> Post:
    """Keep nothing of what a post said before it says what it says now, here at least: neither in
    its history nor in activities that have arrived. Raises NotFound or Gone."""
    async with blog.db.transaction(at_length=True) as tx:
        await posts.lock_writing(tx)
        post = await existing_post(tx, key)
        await _forget_earlier(blog, tx, post)
    return post


async def existing_post(db: Queries, key: str) -> Post:
    """The post with this key. Raises NotFound, or Gone for a deleted one."""
    post = await posts.get_post(db, key)
    if post is None:
        raise NotFound("There is no such post.")
    if post.state == "deleting":
        raise Gone("This post is being deleted. Until it is gone, it can be brought back.")
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
