"""The addresses of everything that search engines may find (sitemaps.org), and robots.txt."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from fediblog.blog import Blog
from fediblog.errors import NotFound
from fediblog.protocol.outgoing import timestamp
from fediblog.protocol.xml import add, document, root
from fediblog.store import archive, pages, posts
from fediblog.store.moments import from_ms
from fediblog.web.context import blog_of
from fediblog.web.site.archive import list_months

#: Posts in one part. A file could have 50,000 addresses, but the rows of posts are long to read.
POSTS_PER_PART = 2000
_NAMESPACE = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"}
_CACHE = {"Cache-Control": "public, max-age=3600"}

Location = tuple[str, datetime | None]


async def sitemap(request: Request) -> Response:
    """Every address of a small blog; of a large one, where the parts of the list are."""
    blog = blog_of(request)
    total = await posts.count_published(blog.db)
    if total <= POSTS_PER_PART:
        return _urls([*await _lists(blog), *await _posts(blog, 1)])
    top = root("sitemapindex", _NAMESPACE)
    for part in range(_parts(total) + 1):
        add(add(top, "sitemap"), "loc", f"{blog.addresses.origin}/sitemaps/{part}.xml")
    return _xml(document(top))


async def sitemap_part(request: Request) -> Response:
    """One part: 0 has lists and pages, each of the others so many posts, the oldest first."""
    blog, part = blog_of(request), request.path_params["part"]
    if part == 0:
        return _urls(await _lists(blog))
    if part > _parts(await posts.count_published(blog.db)):
        raise NotFound
    return _urls(await _posts(blog, part))


async def robots(request: Request) -> Response:
    """Everybody may read everything but what asks for somebody."""
    lines = (
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /interact",
        "Disallow: /search",
        f"Sitemap: {blog_of(request).addresses.origin}/sitemap.xml",
    )
    return Response("\n".join(lines) + "\n", headers=_CACHE, media_type="text/plain")


def _parts(total: int) -> int:
    return -(-total // POSTS_PER_PART)


async def _posts(blog: Blog, part: int) -> Sequence[Location]:
    skip = (part - 1) * POSTS_PER_PART
    found = await archive.list_places(blog.db, skip=skip, limit=POSTS_PER_PART)
    return [
        (
            blog.addresses.permalink(from_ms(each.published_at), each.slug),
            from_ms(each.changed_at),
        )
        for each in found
    ]


async def _lists(blog: Blog) -> Sequence[Location]:
    """Everything but posts."""
    origin, addresses = blog.addresses.origin, blog.addresses
    months = [each for each, _ in await list_months(blog)]
    years = dict.fromkeys(each.year for each in months)
    tags = await archive.list_tags(blog.db)
    categories = await archive.list_categories(blog.db)
    return [
        (addresses.home, None),
        (f"{origin}/archive", None),
        *((addresses.page(slug), from_ms(at)) for slug, at in await pages.list_public(blog.db)),
        *_overview(f"{origin}/tags", tags),
        *((addresses.tag(each.slug), from_ms(each.newest)) for each in tags),
        *_overview(f"{origin}/categories", categories),
        *((addresses.category(each.slug), from_ms(each.newest)) for each in categories),
        *((f"{origin}/{year:04}", None) for year in years),
        *((f"{origin}/{month:%Y/%m}", None) for month in months),
    ]


def _overview(address: str, listed: Sequence[object]) -> Sequence[Location]:
    return [(address, None)] if listed else []


def _urls(locations: Iterable[Location]) -> Response:
    top = root("urlset", _NAMESPACE)
    for address, changed in locations:
        url = add(top, "url")
        add(url, "loc", address)
        if changed:
            add(url, "lastmod", timestamp(changed))
    return _xml(document(top))


def _xml(body: bytes) -> Response:
    return Response(body, headers=_CACHE, media_type="application/xml")
