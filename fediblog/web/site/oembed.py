"""What others may show of a post or a page at a link to it (oEmbed 1.0, https://oembed.com).

It is of the type "link", and no page has a <link> to it: of a page that has one, Mastodon makes its
card by that alone, which has neither a description nor the author's account (requirement A9f).
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from fediblog.actions.find_ours import find_ours
from fediblog.actions.site import Site, get_site
from fediblog.blog import Blog
from fediblog.errors import Malformed, NotFound
from fediblog.protocol.xml import add, document, root
from fediblog.store import pages
from fediblog.store.posts import Post
from fediblog.web.context import blog_of
from fediblog.web.documents import plain_json
from fediblog.web.reading import published_post
from fediblog.web.site.card import page_card, post_card

_CACHE_SECONDS = 3600


async def oembed(request: Request) -> Response:
    """The post or page at `url`, as JSON or, with format=xml, as XML."""
    blog, asked = blog_of(request), request.query_params
    url = asked.get("url", "")
    if not url:
        raise Malformed("Say which page this is about: /oembed?url=…")
    wanted = asked.get("format", "json")
    if wanted not in {"json", "xml"}:
        # The status that the specification asks for; nothing is wrong on our side.
        return PlainTextResponse("This is here as JSON and as XML only.", 501)
    site = await get_site(blog)
    told = await _told(blog, site, url)
    if wanted == "json":
        return plain_json(told)
    top = root("oembed", {})
    for name, value in told.items():
        add(top, name, str(value))
    return Response(document(top), media_type="text/xml")


async def _told(blog: Blog, site: Site, url: str) -> dict[str, Any]:
    title, card = await _what(blog, site, url)
    told: dict[str, Any] = {
        "version": "1.0",
        "type": "link",
        "title": title,
        "author_name": site.author_name,
        "author_url": blog.addresses.home,
        "provider_name": site.title,
        "provider_url": blog.addresses.home,
        "cache_age": _CACHE_SECONDS,
    }
    image = card["image"]
    if image and image["width"]:
        told |= {
            "thumbnail_url": image["url"],
            "thumbnail_width": image["width"],
            "thumbnail_height": image["height"],
        }
    return told


async def _what(blog: Blog, site: Site, url: str) -> tuple[str, dict[str, Any]]:
    """Title and card of what is at an address. Raises NotFound or Gone."""
    ours = blog.addresses.ours(url)
    if ours is not None and ours.kind == "page":
        page = await pages.get_page_by_slug(blog.db, ours.key)
        if page is None or page.state != "published":
            raise NotFound
        return page.title, page_card(blog, site, page)
    found = await find_ours(blog, blog.db, url.partition("#")[0])
    post = published_post(found if isinstance(found, Post) else None)
    return post.title, await post_card(blog, site, post)
