"""Lists of posts: those with a tag, in a category, of a month; and the titles of a year."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.site import Site, get_site
from fediblog.blog import Blog
from fediblog.errors import NotFound
from fediblog.store import archive, posts
from fediblog.store.archive import Title
from fediblog.store.moments import from_ms, maybe_from_ms, to_ms
from fediblog.store.posts import Among
from fediblog.web.context import blog_of
from fediblog.web.reading import post_page_cursor, post_page_start
from fediblog.web.site.archive import first_of_month
from fediblog.web.site.card import home_card
from fediblog.web.site.feed_links import feed_links
from fediblog.web.site.pages import page_address, site_page, teasers

_PER_PAGE = 10
_TITLES_PER_PAGE = 200


async def tag(request: Request) -> Response:
    """The newest posts with a tag."""
    blog, slug = blog_of(request), request.path_params["slug"]
    name = await posts.get_tag_name(blog.db, slug)
    if name is None:
        raise NotFound("No post has this tag.")
    return await _named(request, Among(tag=slug), "tag", name)


async def category(request: Request) -> Response:
    """The newest posts in a category."""
    blog, slug = blog_of(request), request.path_params["slug"]
    name = await posts.get_category_name(blog.db, slug)
    if name is None:
        raise NotFound("No post is in this category.")
    return await _named(request, Among(category=slug), "category", name)


async def month(request: Request) -> Response:
    """The posts of a month, newest first."""
    blog = blog_of(request)
    start = _first_day(request.path_params["year"], request.path_params["month"])
    since, until = to_ms(start), to_ms(_next_month(start))
    if not await archive.list_titles(blog.db, before=None, since=since, until=until, limit=1):
        raise NotFound("Nothing was published in this month.")
    earlier, later = await archive.find_around(blog.db, since, until)
    around = {"earlier": maybe_from_ms(earlier), "later": maybe_from_ms(later)}
    context = {"kind": "month", "name": "", "when": start, "around": around}
    return await post_list(request, "site/list.html", Among(since=since, until=until), context)


async def year(request: Request) -> Response:
    """The titles of a year, month by month, newest first."""
    blog = blog_of(request)
    start = _first_day(request.path_params["year"], "01")
    since, until = to_ms(start), to_ms(_next_month(start.replace(month=12)))
    before = post_page_start(request.query_params.get("before"))
    found = await archive.list_titles(
        blog.db, before=before, since=since, until=until, limit=_TITLES_PER_PAGE + 1
    )
    if not found and not before:
        raise NotFound("Nothing was published in this year.")
    earlier, later = await archive.find_around(blog.db, since, until)
    shown, path = found[:_TITLES_PER_PAGE], quote(request.url.path)
    site = await get_site(blog)
    context = {
        "year": start.year,
        "months": _by_month(blog, shown),
        "earlier": from_ms(earlier).year if earlier is not None else None,
        "later": from_ms(later).year if later is not None else None,
        **_paging(path, before, shown[-1] if len(found) > len(shown) else None),
        "canonical": page_address(request),
        "card": home_card(blog, site),
    }
    return await site_page(request, "site/year.html", context, site=site)


async def post_list(
    request: Request,
    template: str,
    among: Among,
    context: dict[str, Any],
    site: Site | None = None,
) -> Response:
    """A page of teasers of some posts; context: what else its template wants."""
    blog, path = blog_of(request), quote(request.url.path)
    before = post_page_start(request.query_params.get("before"))
    found = await posts.list_published(blog.db, before=before, limit=_PER_PAGE + 1, among=among)
    shown = found[:_PER_PAGE]
    site = site or await get_site(blog)
    everything = {
        "posts": await teasers(blog, shown),
        **_paging(path, before, shown[-1] if len(found) > _PER_PAGE else None),
        "canonical": page_address(request),
        "card": home_card(blog, site),
    }
    return await site_page(request, template, everything | context, site=site)


async def _named(request: Request, among: Among, kind: str, name: str) -> Response:
    blog, path = blog_of(request), quote(request.url.path)
    site = await get_site(blog)
    context = {
        "kind": kind,
        "name": name,
        "when": None,
        "around": None,
        "more_feeds": feed_links(f"{path}/feed", f"{name} – {site.title}"),
    }
    return await post_list(request, "site/list.html", among, context, site)


def _paging(
    path: str, before: tuple[int, int] | None, last: posts.Post | Title | None
) -> dict[str, str | None]:
    """Where newer and older ones are; last: of this page, None if nothing is older."""
    return {
        "older_url": f"{path}?before={post_page_cursor(last.published_at, last.id)}"
        if last
        else None,
        "newer_url": path if before else None,
    }


def _by_month(blog: Blog, titles: Sequence[Title]) -> list[dict[str, Any]]:
    """Titles in their months, as they come."""
    return [
        {"when": when, "posts": [_title_row(blog, each) for each in group]}
        for when, group in groupby(titles, lambda each: first_of_month(each.published_at))
    ]


def _title_row(blog: Blog, title: Title) -> dict[str, Any]:
    published = from_ms(title.published_at)
    url = blog.addresses.permalink(published, title.slug)
    return {
        "title": title.title,
        "url": url,
        "language": title.language,
        "published": published,
    }


def _first_day(year: str, month: str) -> datetime:
    """The first moment of a month. Raises NotFound for the year 0 and for the last one there is."""
    if not 0 < int(year) < datetime.max.year:
        raise NotFound
    return datetime(int(year), int(month), 1, tzinfo=UTC)


def _next_month(start: datetime) -> datetime:
    if start.month == 12:
        return start.replace(year=start.year + 1, month=1)
    return start.replace(month=start.month + 1)
