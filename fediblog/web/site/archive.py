"""Overviews: all years and months, all tags, all categories, each with how many posts it has."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.store import archive as counts
from fediblog.store.archive import Count
from fediblog.store.moments import from_ms
from fediblog.web.context import blog_of
from fediblog.web.site.card import home_card
from fediblog.web.site.pages import page_address, site_page

#: Tags and categories on their page; of more than these, the ones with the most posts.
_MOST = 1000


async def archive(request: Request) -> Response:
    """Every year and its months."""
    blog = blog_of(request)
    months = await list_months(blog)
    years = [
        {
            "year": year,
            "months": [{"when": when, "count": count} for when, count in group],
        }
        for year, group in groupby(months, lambda each: each[0].year)
    ]
    total = sum(count for _, count in months)
    context = {
        "years": years,
        "total": total,
        "has_tags": bool(await counts.list_tags(blog.db)),
        "has_categories": bool(await counts.list_categories(blog.db)),
    }
    return await _overview(request, "site/archive.html", context)


async def tags(request: Request) -> Response:
    """Every tag."""
    blog = blog_of(request)
    listed = _terms(await counts.list_tags(blog.db), blog.addresses.tag)
    return await _overview(request, "site/terms.html", {"kind": "tags", "terms": listed})


async def categories(request: Request) -> Response:
    """Every category."""
    blog = blog_of(request)
    listed = _terms(await counts.list_categories(blog.db), blog.addresses.category)
    return await _overview(request, "site/terms.html", {"kind": "categories", "terms": listed})


async def list_months(blog: Blog) -> Sequence[tuple[datetime, int]]:
    """The first moment of every month in which something was published, the newest first, with how
    many posts it has."""
    months: Counter[datetime] = Counter()
    for day, count in await counts.count_by_day(blog.db):
        months[first_of_month(day)] += count
    return list(months.items())


def first_of_month(milliseconds: int) -> datetime:
    """The first moment of the month of a time in ms."""
    moment = from_ms(milliseconds)
    return datetime(moment.year, moment.month, 1, tzinfo=UTC)


def _terms(found: Sequence[Count], address: Callable[[str], str]) -> list[dict[str, Any]]:
    """In alphabetical order."""
    most = sorted(found, key=lambda each: -each.posts)[:_MOST]
    return [
        {"name": each.name, "url": address(each.slug), "count": each.posts}
        for each in sorted(most, key=lambda each: each.name.casefold())
    ]


async def _overview(request: Request, template: str, context: dict[str, Any]) -> Response:
    blog = blog_of(request)
    site = await get_site(blog)
    shared = {"canonical": page_address(request), "card": home_card(blog, site)}
    return await site_page(request, template, shared | context, site=site)
