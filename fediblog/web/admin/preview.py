"""What is written as its page would show it, before it is saved: rendered by the same templates."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fediblog.actions.documents import permalink
from fediblog.actions.post_form import PostForm, form_of
from fediblog.actions.preview_post import preview_post
from fediblog.actions.problems import Problems
from fediblog.actions.site import Site, get_site
from fediblog.actions.write_post import existing_post
from fediblog.blog import Blog
from fediblog.domain.languages import ENGLISH
from fediblog.domain.reading_time import reading_minutes
from fediblog.store.posts import Post
from fediblog.web.admin.copies import keeps_what_is_typed, place_address
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.posts import lead_of
from fediblog.web.context import blog_of, templates_of
from fediblog.web.forms import fields, takes_a_file
from fediblog.web.site.article import article_context
from fediblog.web.site.pages import site_page

#: Fields that the way back does not need: it has its own.
_NOT_CARRIED = ("csrf", "action")


@takes_a_file
@keeps_what_is_typed
@signed_in
async def preview(request: Request) -> Response:
    """What is in the form as a page of its own, which leads back to it with all that was typed. A
    script gets JSON: {html, problems, words, minutes, address}."""
    blog, form, problems = blog_of(request), dict(await fields(request)), Problems()
    place = form.get("place", "")
    back = place_address(place)
    post = await post_at(blog, place)
    if "application/json" in request.headers.get("accept", ""):
        return await _told(request, form, post)
    form["lead"] = await lead_of(request, form, problems)
    shown, _ = await preview_post(blog, PostForm.from_mapping(form), post)
    return await _page(request, shown, {"back_url": back, "carried": carried_fields(form)})


@signed_in
async def draft(request: Request) -> Response:
    """A post as it is saved, published or not."""
    blog = blog_of(request)
    post = await existing_post(blog.db, request.path_params["key"])
    shown, _ = await preview_post(blog, await form_of(blog.db, post), post)
    return await _page(request, shown, {"back_url": f"/admin/posts/{post.key}", "carried": None})


def carried_fields(form: Mapping[str, str]) -> dict[str, str]:
    """What a page has to carry of a form that is not saved, to lead back to it."""
    return {name: value for name, value in form.items() if name not in _NOT_CARRIED}


async def post_at(blog: Blog, place: str) -> Post | None:
    """The post that is edited at a place, None for a new one. Raises NotFound or Gone."""
    which = place.partition("/")[2]
    return None if which == "new" else await existing_post(blog.db, which)


async def _told(request: Request, form: dict[str, str], post: Post | None) -> Response:
    blog = blog_of(request)
    shown, problems = await preview_post(blog, PostForm.from_mapping(form), post)
    address = permalink(blog, shown)
    site = await get_site(blog)
    context = {"post": await _context(blog, site, shown)}
    html = templates_of(request).fragment(
        "site/_article.html", context, language=ENGLISH, zone=site.timezone
    )
    told = {
        "html": html,
        "words": shown.words,
        "minutes": reading_minutes(shown.words),
        "address": address if shown.title else "",
        "problems": {
            field: sentence for each in problems.found for field, sentence in each.problems.items()
        },
    }
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


async def _page(request: Request, shown: Post, context: dict[str, Any]) -> Response:
    blog = blog_of(request)
    site = await get_site(blog)
    context |= {"post": await _context(blog, site, shown), "csrf": request.state.csrf}
    response = await site_page(request, "admin/preview.html", context, site=site)
    response.headers["Cache-Control"] = "no-store"
    return response


async def _context(blog: Blog, site: Site, shown: Post) -> dict[str, Any]:
    titled = replace(shown, title=shown.title or "Untitled")
    return await article_context(blog, site, titled, permalink(blog, shown))
