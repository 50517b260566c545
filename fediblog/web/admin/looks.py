"""How a post will look elsewhere, before it is sent: from the Article that would be."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.documents import article_document, post_excerpt
from fediblog.actions.mention import known_mentions
from fediblog.actions.post_form import PostForm, form_of
from fediblog.actions.preview_post import preview_post
from fediblog.actions.problems import Problems
from fediblog.actions.site import get_site
from fediblog.actions.write_post import existing_post
from fediblog.blog import Blog
from fediblog.domain.looks import Advice, Card, Look, Picture, Written, advise, looks
from fediblog.domain.markdown import post_handles
from fediblog.store.posts import Post
from fediblog.web.admin.copies import keeps_what_is_typed, place_address
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page
from fediblog.web.admin.posts import lead_of
from fediblog.web.admin.preview import carried_fields, post_at
from fediblog.web.context import blog_of
from fediblog.web.forms import fields, takes_a_file
from fediblog.web.site.card import post_card
from fediblog.web.site.pages import site_context


@takes_a_file
@keeps_what_is_typed
@signed_in
async def typed(request: Request) -> Response:
    """What is in the form, as others would show it."""
    blog, form = blog_of(request), dict(await fields(request))
    back = place_address(form.get("place", ""))
    post = await post_at(blog, form["place"])
    form["lead"] = await lead_of(request, form, Problems())
    context = {"back_url": back, "carried": carried_fields(form)}
    return await _page(request, PostForm.from_mapping(form), post, context)


@signed_in
async def saved(request: Request) -> Response:
    """A post as it is saved, as others show it."""
    blog = blog_of(request)
    post = await existing_post(blog.db, request.path_params["key"])
    context = {"back_url": f"/admin/posts/{post.key}", "carried": None}
    return await _page(request, await form_of(blog.db, post), post, context)


async def _page(
    request: Request, form: PostForm, post: Post | None, context: dict[str, Any]
) -> Response:
    blog = blog_of(request)
    site = await get_site(blog)
    shown, problems = await preview_post(blog, form, post)
    shown = replace(shown, title=shown.title or "Untitled")
    article = await article_document(blog, blog.db, shown)
    image = (await post_card(blog, site, shown))["image"]
    card = Card(
        title=shown.title,
        description=post_excerpt(shown),
        image=image["url"] if image else "",
        site=site.title,
    )
    handles = post_handles(form.source, local=blog.settings.development)
    mentions = await known_mentions(blog, handles)
    written = Written(form.excerpt, [tag.name for tag in shown.tags], mentions.communities)
    context |= {
        "post": {"title": shown.title, "language": shown.language},
        "author": site_context(request, site)["author_name"] or site.title,
        "looks": [_look(blog, each) for each in looks(article, card)],
        "advice": [_advice(each) for each in advise(article, written)],
        "strangers": [handle for handle in handles if handle not in mentions.people],
        "problems": [each.public for each in problems.found],
    }
    return await admin_page(request, "admin/looks.html", context)


def _look(blog: Blog, look: Look) -> Mapping[str, Any]:
    return {
        "program": look.program,
        "shown": look.shown,
        "fold": look.fold,
        "title": look.title,
        "text": look.text,
        "link": look.link.partition("://")[2],
        "tags": look.tags,
        "pictures": [_picture(blog, each) for each in look.pictures],
        "card": _card(blog, look.card) if look.card else None,
        "blurred": look.blurred,
        "remark": look.remark,
    }


def _picture(blog: Blog, picture: Picture) -> dict[str, str]:
    return {"url": _from_here(blog, picture.url), "alt": picture.alt}


def _card(blog: Blog, card: Card) -> dict[str, str]:
    drawn = "/media/cards/" in card.image
    return {
        "title": card.title,
        "description": card.description,
        "site": card.site,
        # It is drawn once the post is there.
        "image": "" if drawn else _from_here(blog, card.image),
        "drawn": "yes" if drawn else "",
    }


def _from_here(blog: Blog, url: str) -> str:
    """A picture's address on this blog; empty for one elsewhere, which this page does not load."""
    origin = f"{blog.addresses.origin}/"
    return f"/{url.removeprefix(origin)}" if url.startswith(origin) else ""


def _advice(advice: Advice) -> dict[str, str]:
    return {"where": advice.where, "what": advice.what, "todo": advice.todo}
