"""A post as it would be, from a form that is not saved, and that need not be right yet."""

import asyncio
from dataclasses import fields, replace

from fediblog.actions.mention import known_mentions
from fediblog.actions.post_form import PostForm, tried_text
from fediblog.actions.problems import Problems
from fediblog.blog import Blog
from fediblog.domain.markdown import post_handles
from fediblog.store.posts import Post, PostText

#: Stands where a post that is not written yet will have its key.
_NO_KEY = "preview"


async def preview_post(blog: Blog, form: PostForm, post: Post | None) -> tuple[Post, Problems]:
    """What would be published now, and what does not fit. Asks nobody: of those who are mentioned
    only people who are known already are linked. post: the one that is edited."""
    problems = Problems()
    local = blog.settings.development
    handles = await asyncio.to_thread(post_handles, form.source, local=local)
    mentions = await known_mentions(blog, handles)
    text = await tried_text(blog, blog.db, form, post, mentions, problems)
    return _published(blog, text, post), problems


def _published(blog: Blog, text: PostText, post: Post | None) -> Post:
    now = blog.now_ms()
    written = {field.name: getattr(text, field.name) for field in fields(PostText)}
    if post:
        published = post.published_at or now
        return replace(post, state="published", published_at=published, **written)
    return Post(
        id=0,
        key=_NO_KEY,
        state="published",
        created_at=now,
        published_at=now,
        updated_at=None,
        deleted_at=None,
        version=0,
        pinned_at=None,
        publish_at=None,
        delete_at=None,
        edited_at=None,
        note="",
        resent_at=None,
        **written,
    )
