"""The home page, which is the profile page of the blog's actor."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.site import get_site
from fediblog.errors import NotFound
from fediblog.store import posts
from fediblog.store.posts import Among
from fediblog.web.context import blog_of
from fediblog.web.reading import post_page_start
from fediblog.web.reads import note_read
from fediblog.web.site.card import home_card
from fediblog.web.site.lists import post_list
from fediblog.web.site.pages import teasers

#: Where programs that write posts begin (Micropub, IndieAuth).
FOR_PROGRAMS = {
    "micropub": "/micropub",
    "indieauth-metadata": "/.well-known/oauth-authorization-server",
    "authorization_endpoint": "/admin/authorize",
    "token_endpoint": "/indieauth/token",
}


async def home(request: Request) -> Response:
    """The pinned posts and then the newest; also the profile page of the blog's actor."""
    blog = blog_of(request)
    site = await get_site(blog)
    context: dict[str, Any] = {"alternate": None, "pinned": [], "for_programs": FOR_PROGRAMS}
    if post_page_start(request.query_params.get("before")) is None:
        context["alternate"] = blog.addresses.actor
        context["pinned"] = await teasers(blog, await posts.list_pinned(blog.db))
        context["card"] = home_card(blog, site, data=True)
        note_read(request, "home")
    response = await post_list(request, "site/home.html", Among(pinned=False), context, site)
    for rel, path in FOR_PROGRAMS.items():
        response.headers.append("Link", f'<{path}>; rel="{rel}"')
    return response


async def profile(request: Request) -> Response:
    """/@name, which people type, leads home."""
    blog = blog_of(request)
    if request.path_params["username"] != blog.addresses.username:
        raise NotFound("There is nobody of this name here.")
    return RedirectResponse(blog.addresses.home, 303)
