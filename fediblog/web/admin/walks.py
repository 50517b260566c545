"""The admin has a thread looked through for replies that nobody delivered, and watches it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.schedule_walk import walk_now
from fediblog.actions.write_post import existing_post
from fediblog.blog import Blog
from fediblog.errors import NotFound
from fediblog.store.crawls import Crawl, get_crawl
from fediblog.store.moments import maybe_from_ms
from fediblog.store.posts import Post
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page
from fediblog.web.context import blog_of

_RELOAD_SECONDS = 2


@signed_in
async def refresh(request: Request) -> Response:
    """Begin a round now, and show how far it is."""
    post = await _post(request)
    await walk_now(blog_of(request), post.id)
    return RedirectResponse(_address(post), 303)


@signed_in
async def progress(request: Request) -> Response:
    """How far a round is; the page loads itself again until the round is at its end."""
    blog, post = blog_of(request), await _post(request)
    crawl = await get_crawl(blog.db, post.id)
    running = crawl is not None and _is_running(blog, crawl)
    context = {
        "post": {"title": post.title},
        "running": running,
        "has_begun": crawl is not None and (crawl.round_at is not None or not running),
        "asked": crawl.asked if crawl else 0,
        "total": max(crawl.total, crawl.asked) if crawl else 0,
        "found": crawl.found if crawl else 0,
        "reload_seconds": _RELOAD_SECONDS if running else None,
        "thread_url": f"/admin/posts/{post.key}/thread",
    }
    return await admin_page(request, "admin/refresh.html", context)


async def look_at_walks(blog: Blog, post: Post) -> dict[str, Any]:
    """What the page of a thread says about them: when they were and will be, or that one is."""
    crawl = await get_crawl(blog.db, post.id)
    return {
        "url": _address(post),
        "running": crawl is not None and _is_running(blog, crawl),
        "last": maybe_from_ms(crawl.finished_at) if crawl else None,
        "next": maybe_from_ms(crawl.next_at) if crawl else None,
    }


def _is_running(blog: Blog, crawl: Crawl) -> bool:
    is_due = crawl.next_at is not None and crawl.next_at <= blog.now_ms()
    return is_due or crawl.round_at is not None


def _address(post: Post) -> str:
    return f"/admin/posts/{post.key}/refresh"


async def _post(request: Request) -> Post:
    post = await existing_post(blog_of(request).db, request.path_params["key"])
    if post.state != "published":
        raise NotFound("A draft has no replies.")
    return post
