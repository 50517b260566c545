"""Lists of posts: the home page and the pages of tags."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.site import Site, get_site
from fediblog.errors import NotFound
from fediblog.store import posts
from fediblog.web.context import blog_of
from fediblog.web.reading import post_page_cursor, post_page_start
from fediblog.web.site.card import home_card
from fediblog.web.site.pages import site_page, teasers

_PER_PAGE = 10


async def home(request: Request) -> Response:
    """The pinned posts and then the newest; also the profile page of the blog's actor."""
    blog = blog_of(request)
    site = await get_site(blog)
    context: dict[str, Any] = {
        "alternate": blog.addresses.actor,
        "canonical": blog.addresses.home,
        "card": home_card(blog, site),
        "pinned": [],
    }
    if post_page_start(request.query_params.get("before")) is None:
        context["pinned"] = await teasers(blog, await posts.list_pinned(blog.db))
    return await _list(request, "site/home.html", None, context, site)


async def profile(request: Request) -> Response:
    """/@name, which people type, leads home."""
    blog = blog_of(request)
    if request.path_params["username"] != blog.addresses.username:
        raise NotFound("There is nobody of this name here.")
    return RedirectResponse(blog.addresses.home, 303)


async def tag(request: Request) -> Response:
    """The newest posts with a tag."""
    blog = blog_of(request)
    slug = request.path_params["slug"]
    name = await posts.get_tag_name(blog.db, slug)
    if name is None:
        raise NotFound("No post has this tag.")
    context = {"tag": name, "canonical": blog.addresses.tag(slug)}
    return await _list(request, "site/tag.html", slug, context)


async def _list(
    request: Request,
    template: str,
    tag_slug: str | None,
    context: dict[str, Any],
    site: Site | None = None,
) -> Response:
    blog = blog_of(request)
    before = post_page_start(request.query_params.get("before"))
    found = list(
        await posts.list_published(
            blog.db, before=before, limit=_PER_PAGE + 1, tag=tag_slug, pinned=tag_slug is not None
        )
    )
    shown = found[:_PER_PAGE]
    more = len(found) > _PER_PAGE
    path = request.url.path
    paging = {
        "posts": await teasers(blog, shown),
        "older_url": f"{path}?before={post_page_cursor(shown[-1])}" if more else None,
        "newer_url": path if before else None,
    }
    return await site_page(request, template, context | paging, site=site)
