"""The page of everybody who quotes a post, or an answer of the author in its thread."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.documents import permalink
from fediblog.blog import Blog
from fediblog.errors import NotFound
from fediblog.store import posts, replies
from fediblog.store import quotes as stored
from fediblog.store.posts import Post, Target
from fediblog.web.context import blog_of
from fediblog.web.quotes import quote_rows
from fediblog.web.reading import is_at, page_start, published_post
from fediblog.web.rows import permalink_of
from fediblog.web.site.pages import site_page

_PER_PAGE = 50


async def quotes(request: Request) -> Response:
    """The quotes, latest first."""
    blog = blog_of(request)
    post = published_post(await posts.get_post_by_slug(blog.db, request.path_params["slug"]))
    here = permalink(blog, post)
    if not is_at(request, post):
        return RedirectResponse(f"{here}/quotes", 301)
    answer = page_start(request.query_params.get("answer"))
    target = ("post", post.id) if answer is None else await _answer(blog, post, answer)
    address = f"{here}/quotes?" + ("" if answer is None else f"answer={answer}&")
    before = page_start(request.query_params.get("before"))
    found = await stored.list_shown(blog.db, target, before=before, limit=_PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    context = {
        "canonical": address.rstrip("?&"),
        "post": {"title": post.title, "url": here, "language": post.language},
        "answer_url": None if answer is None else permalink_of(answer),
        "quotes": quote_rows(shown),
        "older_url": f"{address}before={shown[-1].id}" if len(found) > _PER_PAGE else None,
        "newer_url": address.rstrip("?&") if before else None,
    }
    return await site_page(request, "site/quotes.html", context)


async def _answer(blog: Blog, post: Post, number: int) -> Target:
    """Raises NotFound for what is no shown answer in the thread of this post."""
    answer = await replies.get_reply_by_number(blog.db, number)
    if answer is None or answer.key is None or answer.state != "shown":
        raise NotFound
    if answer.post_id != post.id:
        raise NotFound
    return "reply", answer.id
