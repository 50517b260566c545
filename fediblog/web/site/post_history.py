"""How a post has changed: every text of it that was public, and what is new in it."""

import asyncio
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.documents import permalink
from fediblog.domain.changes import Piece, find_passages
from fediblog.domain.plaintext import text_blocks
from fediblog.errors import NotFound
from fediblog.store import posts
from fediblog.store.moments import from_ms
from fediblog.store.post_revisions import PostRevision, get_post_revision, list_post_revisions
from fediblog.store.posts import Post
from fediblog.web.context import blog_of
from fediblog.web.pictures import text_from_here
from fediblog.web.reading import is_at, page_start, published_post
from fediblog.web.site.pages import site_page

_PER_PAGE = 20


async def post_history(request: Request) -> Response:
    """What changed with each edit of a post; or, for ?version=, one earlier text in full."""
    blog = blog_of(request)
    found = published_post(await posts.get_post_by_slug(blog.db, request.path_params["slug"]))
    address = permalink(blog, found)
    if not is_at(request, found):
        return RedirectResponse(f"{address}/history", 301)
    context: dict[str, Any] = {
        "post": {
            "title": found.title,
            "url": address,
            "language": found.language,
            "warning": found.warning,
        }
    }
    if wanted := request.query_params.get("version"):
        return await _version(request, found, wanted, context)
    before = page_start(request.query_params.get("before"))
    earlier = await list_post_revisions(blog.db, found.id, before=before, limit=_PER_PAGE + 1)
    newest = [] if before else [_now(found)]
    texts = [*newest, *earlier]
    if not texts:
        raise NotFound
    more = len(earlier) > _PER_PAGE
    rows = await asyncio.to_thread(_rows, texts, address)
    shown = rows[:-1] if more else rows
    context |= {
        "versions": shown,
        "nothing_earlier": len(texts) == 1 and not before,
        "is_newest": not before,
        "has_first": not more,
        "newer_url": f"{address}/history" if before else None,
        "older_url": f"{address}/history?before={texts[len(shown) - 1].id}" if more else None,
    }
    return await site_page(request, "site/post_history.html", context)


async def _version(request: Request, found: Post, wanted: str, context: dict[str, Any]) -> Response:
    blog, number = blog_of(request), page_start(wanted)
    revision = await get_post_revision(blog.db, found.id, number) if number else None
    if revision is None or not revision.public:
        raise NotFound
    context["version"] = {
        "title": revision.title,
        "written": from_ms(revision.written_at),
        "content_html": await text_from_here(blog, "post", found.id, revision.html),
    }
    return await site_page(request, "site/post_version.html", context)


def _now(found: Post) -> PostRevision:
    return PostRevision(0, found.title, found.source, found.html, found.written_at, public=True)


def _rows(texts: Sequence[PostRevision], address: str) -> list[dict[str, Any]]:
    """Each text with what is new against the one after it in the list, which is older."""
    older: Sequence[PostRevision | None] = [*texts[1:], None]
    return [
        {
            "written": from_ms(text.written_at),
            "url": f"{address}/history?version={text.id}" if text.id else address,
            "passages": _passages(old.title, old.html, text.title, text.html) if old else None,
        }
        for text, old in zip(texts, older, strict=True)
    ]


@lru_cache(maxsize=32)
def _passages(old_title: str, old_html: str, title: str, html: str) -> Sequence[Sequence[Piece]]:
    return find_passages([old_title, *text_blocks(old_html)], [title, *text_blocks(html)])
