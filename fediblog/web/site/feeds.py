"""Feeds of the blog, of tags and categories, and of the responses to a post; and what feeds are."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import format_datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.documents import permalink
from fediblog.actions.site import Site, get_site
from fediblog.blog import Blog
from fediblog.domain.plaintext import plain_text
from fediblog.errors import NotFound
from fediblog.protocol.feeds import Feed, atom, json_feed, rss
from fediblog.store import media, posts, threads
from fediblog.store.changes import note_thread
from fediblog.store.moments import from_ms
from fediblog.store.posts import EVERY_POST, Among
from fediblog.web.context import blog_of
from fediblog.web.entries import author, post_entry, reply_entry
from fediblog.web.reactions import look_beside
from fediblog.web.reading import (
    is_at,
    page_start,
    post_page_cursor,
    post_page_start,
    published_post,
)
from fediblog.web.site.card import home_card
from fediblog.web.site.feed_links import FORMATS
from fediblog.web.site.pages import page_address, site_page

_ENTRIES = 20
_WRITERS: Mapping[str, Callable[[Feed], bytes]] = {"atom": atom, "rss": rss, "json": json_feed}
_HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
_LONGEST_DESCRIPTION = 300


async def site_feed(request: Request) -> Response:
    """The newest posts."""
    blog = blog_of(request)
    site = await get_site(blog)
    return await _posts(request, site, EVERY_POST, site.title, blog.addresses.home)


async def tag_feed(request: Request) -> Response:
    """The newest posts with a tag."""
    blog, slug = blog_of(request), request.path_params["slug"]
    name = await posts.get_tag_name(blog.db, slug)
    if name is None:
        raise NotFound("No post has this tag.")
    site = await get_site(blog)
    title = f"{name} – {site.title}"
    return await _posts(request, site, Among(tag=slug), title, blog.addresses.tag(slug))


async def category_feed(request: Request) -> Response:
    """The newest posts in a category."""
    blog, slug = blog_of(request), request.path_params["slug"]
    name = await posts.get_category_name(blog.db, slug)
    if name is None:
        raise NotFound("No post is in this category.")
    site = await get_site(blog)
    title = f"{name} – {site.title}"
    return await _posts(request, site, Among(category=slug), title, blog.addresses.category(slug))


async def responses_feed(request: Request) -> Response:
    """The responses to a post that came last, the author's answers too."""
    blog = blog_of(request)
    post = published_post(await posts.get_post_by_slug(blog.db, request.path_params["slug"]))
    page, ending = permalink(blog, post), request.path_params["format"]
    if not is_at(request, post):
        return RedirectResponse(f"{page}/responses.{ending}", 301)
    note_thread(post.id)
    before = page_start(request.query_params.get("before"))
    found = await threads.list_newest(blog.db, post.id, before=before, limit=_ENTRIES + 1)
    shown = found[:_ENTRIES]
    site = await get_site(blog)
    beside = await look_beside(blog.db, shown, blog.clock())
    feed = _feed(request, blog, site, page, f"{post.title} – {site.title}")
    entries = [reply_entry(request, site, post, reply, beside) for reply in shown]
    published = from_ms(post.published_at or 0)
    feed = replace(
        feed,
        language=post.language,
        entries=entries,
        updated=max((entry.updated for entry in entries), default=published),
        older=f"{feed.first}?before={shown[-1].id}" if len(found) > _ENTRIES else "",
        address=f"{feed.first}?before={before}" if before else feed.first,
    )
    return _answer(request, feed, dated=False)


async def feeds(request: Request) -> Response:
    """What feeds are, and how else one can follow."""
    blog = blog_of(request)
    site = await get_site(blog)
    context = {"canonical": page_address(request), "card": home_card(blog, site)}
    return await site_page(request, "site/feeds.html", context, site=site)


async def _posts(request: Request, site: Site, among: Among, title: str, page: str) -> Response:
    blog = blog_of(request)
    note_thread()
    before = post_page_start(request.query_params.get("before"))
    found = await posts.list_published(blog.db, before=before, limit=_ENTRIES + 1, among=among)
    shown = found[:_ENTRIES]
    feed = _feed(request, blog, site, page, title)
    leads = await media.get_media(blog.db, [post.lead_id for post in shown if post.lead_id])
    entries = [post_entry(request, site, post, leads.get(post.lead_id or 0)) for post in shown]
    older = ""
    if len(found) > _ENTRIES:
        older = f"{feed.first}?before={post_page_cursor(shown[-1].published_at, shown[-1].id)}"
    feed = replace(
        feed,
        entries=entries,
        updated=max((entry.updated for entry in entries), default=feed.updated),
        older=older,
        address=page_address(request),
    )
    return _answer(request, feed, dated=True)


def _feed(request: Request, blog: Blog, site: Site, page: str, title: str) -> Feed:
    """A feed without entries."""
    first = f"{blog.addresses.origin}{quote(request.url.path)}"
    return Feed(
        title=title,
        description=plain_text(site.description_html, _LONGEST_DESCRIPTION),
        language=site.language,
        page=page,
        address=first,
        first=first,
        older="",
        icon=blog.addresses.own_picture(site.picture.name) if site.picture else "",
        author=author(blog, site),
        updated=from_ms(site.created_at),
        entries=(),
    )


def _answer(request: Request, feed: Feed, *, dated: bool) -> Response:
    """dated: whether nothing changes in the feed that its time does not tell; replies are found
    late, with times long past."""
    ending = request.path_params["format"]
    headers = dict(_HEADERS)
    if dated:
        headers["Last-Modified"] = format_datetime(feed.updated, usegmt=True)
    return Response(_WRITERS[ending](feed), headers=headers, media_type=FORMATS[ending][0])
