"""Fetch a page that a post or a page of ours links to, and keep what it says of itself."""

import asyncio

from fediblog.actions.fetch_picture import AGAIN
from fediblog.actions.picture_files import refuse_blocked
from fediblog.blog import Blog
from fediblog.domain.page_heads import PageHead, decoded, read_head
from fediblog.domain.pictures import picture_name
from fediblog.errors import RemoteError
from fediblog.remote.fetching import Found
from fediblog.store import posts, previews
from fediblog.store.moments import to_ms
from fediblog.store.pictures import PREVIEW, NewPicture
from fediblog.store.previews import DuePreview, FoundPage

_TYPES = ("text/html", "application/xhtml+xml")
#: Of a page only so much is read: its head.
_MOST_BYTES = 1_000_000
_DEADLINE_SECONDS = 15.0


async def fetch_preview(blog: Blog, due: DuePreview) -> None:
    """What cannot be had is asked for again; a page that does not say what it is, is not. Then the
    link stays a link."""
    try:
        await refuse_blocked(blog, due.url)
        found = await blog.remote.get_bytes(
            due.url, cap=_MOST_BYTES, types=_TYPES, deadline=_DEADLINE_SECONDS, beginning=True
        )
        await refuse_blocked(blog, found.url)
    except RemoteError:
        await try_preview_again(blog, due)
        return
    head = await asyncio.to_thread(_read, found)
    async with blog.db.transaction() as tx:
        # An edit that comes to show this preview now must not miss its picture.
        await posts.lock_writing(tx)
        if head:
            await previews.set_found(tx, due.id, _page(blog, head, found.url))
        else:
            await previews.set_next_fetch(tx, due.id, None)


async def try_preview_again(blog: Blog, due: DuePreview) -> None:
    """Later, or never."""
    pause = AGAIN.get(due.attempts)
    at = to_ms(blog.clock() + pause) if pause else None
    async with blog.db.transaction() as tx:
        await previews.set_next_fetch(tx, due.id, at)


async def prune_previews(blog: Blog) -> None:
    """Forget the previews that nothing shows any more."""
    async with blog.db.transaction() as tx:
        await previews.prune_previews(tx)


def _read(found: Found) -> PageHead | None:
    return read_head(decoded(found.body, found.content_type), found.url)


def _page(blog: Blog, head: PageHead, url: str) -> FoundPage:
    """Whose page it is, its host tells; what it calls itself besides may be anything."""
    name = picture_name(blog.keys.picture_secret, head.picture, PREVIEW)
    return FoundPage(
        title=head.title,
        site=head.site,
        excerpt=head.excerpt,
        language=head.language,
        picture=NewPicture(name, head.picture, PREVIEW) if head.picture else None,
    )
