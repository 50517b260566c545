"""What a post once said: what has changed in each text, from which any can be taken up again."""

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.write_post import existing_post
from fediblog.domain.changes import find_passages
from fediblog.store.moments import from_ms
from fediblog.store.post_revisions import PostRevision, list_post_revisions
from fediblog.store.posts import Post
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page
from fediblog.web.context import blog_of
from fediblog.web.reading import page_start

_PER_PAGE = 20


@signed_in
async def revisions(request: Request) -> Response:
    """Every text of a post, newest first, with what is new in each; drafts too."""
    blog = blog_of(request)
    post = await existing_post(blog.db, request.path_params["key"])
    before = page_start(request.query_params.get("before"))
    earlier = await list_post_revisions(
        blog.db, post.id, before=before, limit=_PER_PAGE + 1, drafts=True
    )
    texts = [*([] if before else [_now(post)]), *earlier]
    more = len(earlier) > _PER_PAGE
    rows = await asyncio.to_thread(_rows, texts, post.key)
    here = f"/admin/posts/{post.key}/revisions"
    context = {
        "post": {"title": post.title, "url": f"/admin/posts/{post.key}"},
        "revisions": rows[:-1] if more else rows,
        "newer_url": here if before else None,
        "older_url": f"{here}?before={texts[-2].id}" if more else None,
    }
    return await admin_page(request, "admin/post_revisions.html", context)


def _now(post: Post) -> PostRevision:
    public = post.state == "published"
    return PostRevision(0, post.title, post.source, post.html, post.written_at, public)


def _rows(texts: Sequence[PostRevision], key: str) -> list[dict[str, Any]]:
    """Each text with what is new in its Markdown against the one after it, which is older."""
    older: Sequence[PostRevision | None] = [*texts[1:], None]
    return [
        {
            "written": from_ms(text.written_at),
            "draft": not text.public,
            "title": text.title,
            "source": text.source,
            "restore_url": f"/admin/posts/{key}?revision={text.id}" if text.id else None,
            "passages": find_passages(_lines(old), _lines(text)) if old else None,
        }
        # Of no texts none is the oldest.
        for text, old in zip(texts, older, strict=False)
    ]


def _lines(text: PostRevision) -> list[str]:
    return [text.title, *(line for line in text.source.splitlines() if line.strip())]
