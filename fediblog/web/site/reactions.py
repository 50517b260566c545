"""The page of everybody who has reacted to a post."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.documents import permalink
from fediblog.actions.moderation import get_moderation
from fediblog.store import posts
from fediblog.store import reactions as stored
from fediblog.store.changes import note_thread
from fediblog.web.context import blog_of
from fediblog.web.reactions import people_rows
from fediblog.web.reading import is_at, page_start, published_post
from fediblog.web.rows import tally_rows
from fediblog.web.site.pages import site_page

_PER_PAGE = 100


async def reactions(request: Request) -> Response:
    """People with what they did, the latest first."""
    blog = blog_of(request)
    post = published_post(await posts.get_post_by_slug(blog.db, request.path_params["slug"]))
    address = f"{permalink(blog, post)}/reactions"
    if not is_at(request, post):
        return RedirectResponse(address, 301)
    note_thread(post.id)
    target = ("post", post.id)
    before = page_start(request.query_params.get("before"))
    kinds = (await get_moderation(blog.db)).reactions
    found = await stored.list_reactors(
        blog.db, target, before=before, limit=_PER_PAGE + 1, kinds=kinds
    )
    shown = found[:_PER_PAGE]
    tallies = await stored.tally(blog.db, "post", [post.id], kinds)
    context = {
        "canonical": address,
        "post": {"title": post.title, "url": permalink(blog, post), "language": post.language},
        "tallies": tally_rows(tallies.get(post.id, ())),
        "people": people_rows(shown),
        "older_url": f"{address}?before={shown[-1].last}" if len(found) > _PER_PAGE else None,
        "newer_url": address if before else None,
    }
    return await site_page(request, "site/reactions.html", context)
