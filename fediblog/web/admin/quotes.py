"""Who quotes the blog, what was answered, and taking it back."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.documents import permalink
from fediblog.actions.revoke_quote import restore_quote, revoke_quote
from fediblog.actions.write_post import existing_post
from fediblog.blog import Blog
from fediblog.store import posts, quotes
from fediblog.store.posts import Post
from fediblog.store.quotes import QuoteWithPerson
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.quotes import quote_row
from fediblog.web.reading import page_start

_PER_PAGE = 50
_STATES = ("accepted", "seen", "rejected", "revoked")
_REASONS = {
    "accepted": "They asked, and may quote you.",
    "seen": "Their server did not ask.",
    "rejected": "They asked, and your settings did not let them.",
    "revoked": "You took it back: it is not shown, and cannot be asked for again.",
}


@signed_in
async def index(request: Request) -> Response:
    """All quotes, by what was answered, or those of one post and its thread; newest first."""
    blog = blog_of(request)
    asked = request.query_params.get("state")
    state = asked if asked in _STATES else None
    key = request.query_params.get("post")
    post = await existing_post(blog.db, key) if key else None
    before = page_start(request.query_params.get("before"))
    found = await quotes.list_quotes(
        blog.db, state, post.id if post else None, before=before, limit=_PER_PAGE + 1
    )
    shown = found[:_PER_PAGE]
    address = f"/admin/quotes?post={post.key}" if post else f"/admin/quotes?state={state or 'all'}"
    context = {
        "state": state or "all",
        "post": _post(blog, post) if post else None,
        "rows": [await _row(blog, quote) for quote in shown],
        "older_url": f"{address}&before={shown[-1].id}" if len(found) > _PER_PAGE else None,
        "newer_url": address if before else None,
    }
    return await admin_page(request, "admin/quotes.html", context)


@signed_in
async def revoke(request: Request) -> Response:
    """Take a permission back, or a quote off the page."""
    number: int = request.path_params["number"]
    await revoke_quote(blog_of(request), number)
    return back_to("/admin/quotes", "revoked", element=f"quote-{number}")


@signed_in
async def restore(request: Request) -> Response:
    """Put a quote back onto the page."""
    number: int = request.path_params["number"]
    await restore_quote(blog_of(request), number)
    return back_to("/admin/quotes", "shown", element=f"quote-{number}")


async def _row(blog: Blog, quote: QuoteWithPerson) -> dict[str, Any]:
    find = posts.get_post_by_number if quote.target_kind == "post" else posts.get_post_of_reply
    post = await find(blog.db, quote.target_id)
    base = f"/admin/quotes/{quote.id}"
    return quote_row(quote) | {
        "state": quote.state,
        "reason": _REASONS[quote.state],
        "on": _post(blog, post) if post and post.state == "published" else None,
        "of_answer": quote.target_kind == "reply",
        "revoke_url": f"{base}/revoke" if quote.state in {"accepted", "seen"} else None,
        "restore_url": f"{base}/restore" if quote.state == "revoked" and quote.public else None,
    }


def _post(blog: Blog, post: Post) -> dict[str, str]:
    return {
        "title": post.title,
        "url": permalink(blog, post),
        "quotes_url": f"/admin/quotes?post={post.key}",
        "thread_url": f"/admin/posts/{post.key}/thread",
    }
