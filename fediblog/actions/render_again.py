"""Posts and pages that an earlier version of fediblog has made HTML of are made anew, once, and the
pictures noted that they show.

Their Markdown is what the author wrote; the HTML follows from it. Nobody is told: the words are the
same. Whoever reads them, or is sent the next edit of a post, gets the new HTML.
"""

import asyncio

from fediblog.actions.mention import mention_pairs
from fediblog.actions.note_pictures import note_pictures
from fediblog.blog import Blog
from fediblog.domain.markdown import render
from fediblog.domain.reading_time import count_words
from fediblog.domain.tags import tag_slug
from fediblog.store import actors, pages, posts, site
from fediblog.store.pages import Page
from fediblog.store.posts import Post

#: To be raised whenever `domain/markdown.py` makes other HTML of the same Markdown, or
#: `domain/inline_pictures.py` and `domain/link_previews.py` find something else in it.
RENDER_VERSION = "4"

_SETTING = "render_version"
_AT_ONCE = 20


async def render_again(blog: Blog) -> None:
    """Make the HTML of all posts and pages anew if it is of another version. Killed, it begins
    again."""
    if await site.get_value(blog.db, _SETTING) == RENDER_VERSION:
        return
    before: int | None = None
    while found := await posts.list_posts(blog.db, before=before, limit=_AT_ONCE):
        for post in found:
            if post.state != "deleted":
                await _render_post(blog, post)
                await _note_of_post(blog, post.id)
        before = found[-1].id
    for page in await pages.list_pages(blog.db):
        await _render_page(blog, page)
        await _note_of_page(blog, page.id)
    async with blog.db.transaction(at_length=True) as tx:
        await site.set_value(tx, _SETTING, RENDER_VERSION)


async def _render_post(blog: Blog, post: Post) -> None:
    pairs = mention_pairs(post.mentions)
    pages = await actors.get_page_urls(blog.db, [uri for uri, _ in pairs])
    mentions = {name.lstrip("@"): pages[uri] for uri, name in pairs if uri in pages}
    tags = {tag.slug for tag in post.tags}

    def tag_page(word: str) -> str:
        """Only of a tag that the post has: others have not been told of more."""
        return blog.addresses.tag(slug) if (slug := tag_slug(word)) in tags else ""

    try:
        html = await asyncio.to_thread(
            render,
            post.source,
            mentions=mentions,
            tag_page=tag_page,
            local=blog.settings.development,
        )
    except ValueError:
        # A later version may refuse what an earlier one took: then the post stays as it is.
        return
    words = count_words(html)
    if (html, words) != (post.html, post.words):
        async with blog.db.transaction(at_length=True) as tx:
            await posts.set_html(tx, post, html, words)


async def _render_page(blog: Blog, page: Page) -> None:
    try:
        html = await asyncio.to_thread(render, page.source)
    except ValueError:
        return
    if html != page.html:
        async with blog.db.transaction(at_length=True) as tx:
            await pages.set_html(tx, page, html)


async def _note_of_post(blog: Blog, number: int) -> None:
    """The pictures of a post as it is now: it may have been edited meanwhile."""
    async with blog.db.transaction(at_length=True) as tx:
        await posts.lock_writing(tx)
        if post := await posts.get_post_by_number(tx, number):
            await note_pictures(blog, tx, post)


async def _note_of_page(blog: Blog, number: int) -> None:
    async with blog.db.transaction(at_length=True) as tx:
        await posts.lock_writing(tx)
        if page := await pages.get_page(tx, number):
            await note_pictures(blog, tx, page)
