"""The page of a post, with the replies beneath it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.documents import permalink, post_excerpt
from fediblog.actions.site import Site, get_site
from fediblog.blog import Blog
from fediblog.domain.headings import outline, with_anchors
from fediblog.domain.licences import LICENCES
from fediblog.domain.markdown import render_line
from fediblog.domain.reading_time import reading_minutes
from fediblog.errors import NotFound
from fediblog.store import media, posts
from fediblog.store.moments import from_ms, maybe_from_ms
from fediblog.store.posts import Post
from fediblog.web.context import blog_of
from fediblog.web.conversation import conversation
from fediblog.web.documents import asks_activitypub
from fediblog.web.federation.objects import article_response, article_tombstone
from fediblog.web.pictures import picture_context
from fediblog.web.quotes import quotes_context
from fediblog.web.reactions import reactions_context
from fediblog.web.reading import is_at, published_post, thread_page_start
from fediblog.web.site.card import post_card
from fediblog.web.site.feed_links import feed_links
from fediblog.web.site.pages import category_link, site_page, tag_links


async def post(request: Request) -> Response:
    """A post at its permalink; the same Article as at its id for those who ask for ActivityPub.

    Old slugs, and a wrong month, lead to where the post is now.
    """
    blog = blog_of(request)
    found = await posts.get_post_by_slug(blog.db, request.path_params["slug"])
    if found is not None and found.state == "deleted":
        return await _deleted(request, found)
    found = published_post(found)
    address = permalink(blog, found)
    if not is_at(request, found):
        return RedirectResponse(address, 301, {"Vary": "Accept"})
    if asks_activitypub(request):
        return await article_response(request, found)
    return await _page(request, blog, found, address)


async def _deleted(request: Request, found: Post) -> Response:
    if asks_activitypub(request):
        return article_tombstone(request, found)
    if found.published_at is None:
        raise NotFound
    context = {"deleted": maybe_from_ms(found.deleted_at)}
    return await site_page(request, "site/gone.html", context, status=410)


async def _page(request: Request, blog: Blog, found: Post, address: str) -> Response:
    start = thread_page_start(request.query_params)
    site = await get_site(blog)
    context = {
        "alternate": blog.addresses.article(found.key),
        "canonical": address,
        "post": await _post_context(blog, site, found, address),
        "card": await post_card(blog, site, found),
        "reactions": await reactions_context(blog.db, found, address),
        "quotes": await quotes_context(blog.db, found, address),
        "talk": await conversation(blog, found, address, start),
        "more_feeds": feed_links(f"{address}/responses", found.title, responses=True),
    }
    return await site_page(request, "site/post.html", context, site=site)


async def _post_context(blog: Blog, site: Site, found: Post, address: str) -> dict[str, Any]:
    contents = outline(found.html) if found.contents else ()
    lead = await media.get_medium(blog.db, found.lead_id)
    licence = LICENCES.get(found.licence)
    return {
        "title": found.title,
        "url": address,
        "id": blog.addresses.article(found.key),
        "published": from_ms(found.published_at or 0),
        "edited": maybe_from_ms(found.updated_at),
        "body_html": with_anchors(found.html),
        "contents": contents if len(contents) > 1 else (),
        "excerpt": post_excerpt(found),
        "tags": tag_links(blog, found),
        "language": found.language,
        "author_name": site.author_name,
        "category": category_link(blog, found),
        "lead": picture_context(lead, found.lead_alt) if lead else None,
        "lead_caption_html": render_line(found.lead_caption),
        "source_html": render_line(found.source_line),
        "licence": {"name": licence.name, "url": licence.url} if licence else None,
        "minutes": reading_minutes(found.words),
    }
