"""What others see of a page before they open it: the card beside a link (requirement A9).

Mastodon reads JSON-LD first and OpenGraph after it, and of JSON-LD only the types NewsArticle and
WebPage.
"""

from typing import Any

import orjson
from markupsafe import Markup

from fediblog.actions.card_pictures import HEIGHT, WIDTH, card_name
from fediblog.actions.documents import permalink, post_excerpt, post_pictures
from fediblog.actions.profile import lead_of_site
from fediblog.actions.site import Picture, Site
from fediblog.blog import Blog
from fediblog.domain.lead_picture import LeadPicture, gallery_pictures
from fediblog.domain.licences import LICENCES
from fediblog.domain.plaintext import excerpt, plain_text
from fediblog.protocol.outgoing import timestamp
from fediblog.store.moments import from_ms
from fediblog.store.pages import Page
from fediblog.store.posts import Post

#: JSON in a page: no end of the element, and nothing that Mastodon, which resolves references
#: before it reads the JSON, would take for one.
_IN_HTML = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}

_LONGEST_DESCRIPTION = 300

Card = dict[str, Any]


async def post_card(blog: Blog, site: Site, post: Post) -> Card:
    """The card of a post: image {url, type, width, height, alt} with what is known of it, or None;
    large: whether it stands above the text; json_ld: as it is in the page."""
    # What is warned of must not be seen beside a link.
    shown = [] if post.warning else await post_pictures(blog, blog.db, post, 1)
    image = _image(shown[0]) if shown else _own_image(blog, site) if site.header else None
    image = image or _drawn_image(blog, post, await card_name(blog, post))
    return {
        "image": image,
        "large": True,
        "json_ld": _in_page(_article_data(blog, site, post, image)),
    }


def _drawn_image(blog: Blog, post: Post, name: str) -> dict[str, Any]:
    return {
        "url": blog.addresses.card(name),
        "type": "image/png",
        "width": WIDTH,
        "height": HEIGHT,
        "alt": post.title,
    }


def home_card(blog: Blog, site: Site, *, data: bool = False) -> Card:
    """The card of the blog itself, which lists have too. data: with the blog as JSON-LD,
    which only its own page says."""
    return {
        "image": _own_image(blog, site),
        "large": site.header is not None,
        "json_ld": _in_page(_blog_data(blog, site)) if data else None,
    }


def page_card(blog: Blog, site: Site, page: Page) -> Card:
    """The card of a page that belongs to no day."""
    address = blog.addresses.page(page.slug)
    found = [_image(each) for each in gallery_pictures(page.html, address, 1)]
    image = found[0] if found else _own_image(blog, site)
    data = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": page.title,
        "headline": page.title,
        "description": excerpt(page.html),
        "inLanguage": page.language,
        "dateModified": timestamp(from_ms(page.updated_at)),
        "url": address,
        "author": {"@type": "Person", "name": site.author_name, "url": blog.addresses.home},
        "publisher": _publisher(blog, site),
    }
    return {
        "image": image,
        "large": bool(found) or site.header is not None,
        "json_ld": _in_page(data),
    }


def _own_image(blog: Blog, site: Site) -> dict[str, Any] | None:
    picture = lead_of_site(site)
    if picture is None:
        return None
    return {
        "url": blog.addresses.own_picture(picture.name),
        "type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
        "alt": "" if picture == site.header else site.author_name,
    }


def _image(picture: LeadPicture) -> dict[str, Any]:
    return {
        "url": picture.url,
        "type": picture.media_type,
        "width": picture.width or None,
        "height": picture.height or None,
        "alt": picture.alt,
    }


def _article_data(
    blog: Blog, site: Site, post: Post, image: dict[str, Any] | None
) -> dict[str, Any]:
    """The post in the terms of schema.org, as far as Mastodon and search engines read them."""
    page = permalink(blog, post)
    published = timestamp(from_ms(post.published_at or 0))
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": post.title,
        "description": post_excerpt(post),
        "inLanguage": post.language,
        "datePublished": published,
        "dateModified": timestamp(from_ms(post.updated_at)) if post.updated_at else published,
        "url": page,
        "mainEntityOfPage": page,
        "author": {"@type": "Person", "name": site.author_name, "url": blog.addresses.home},
        "publisher": _publisher(blog, site),
    }
    if post.category:
        data["articleSection"] = post.category
    if post.tags:
        data["keywords"] = [tag.name for tag in post.tags]
    if post.words:
        data["wordCount"] = post.words
    if post.licence:
        data["license"] = LICENCES[post.licence].url
    if image:
        data["image"] = _image_data(image)
    return data


def _image_data(image: dict[str, Any]) -> dict[str, Any]:
    data = {"@type": "ImageObject", "url": image["url"], "caption": image["alt"]}
    sides = {"width": image["width"], "height": image["height"]}
    return {name: value for name, value in (data | sides).items() if value}


def _blog_data(blog: Blog, site: Site) -> dict[str, Any]:
    """The site and its blog in the terms of schema.org."""
    home = blog.addresses.home
    author = {"@type": "Person", "name": site.author_name, "url": home}
    described: dict[str, Any] = {"name": site.title, "url": home, "inLanguage": site.language}
    if site.description:
        described["description"] = plain_text(site.description_html, _LONGEST_DESCRIPTION)
    blog_itself = {"@type": "Blog", "@id": f"{home}#blog", **described, "author": author}
    website = {"@type": "WebSite", "@id": f"{home}#website", **described}
    website["potentialAction"] = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{home}search?q={{words}}"},
        "query-input": "required name=words",
    }
    return {
        "@context": "https://schema.org",
        "@graph": [website, blog_itself | {"publisher": _publisher(blog, site)}],
    }


def _publisher(blog: Blog, site: Site) -> dict[str, Any]:
    publisher: dict[str, Any] = {
        "@type": "Organization",
        "name": site.title,
        "url": blog.addresses.home,
    }
    if site.picture:
        publisher["logo"] = _logo(blog, site.picture)
    return publisher


def _logo(blog: Blog, picture: Picture) -> dict[str, Any]:
    return {
        "@type": "ImageObject",
        "url": blog.addresses.own_picture(picture.name),
        "width": picture.width,
        "height": picture.height,
    }


def _in_page(data: dict[str, Any]) -> Markup:
    return Markup(orjson.dumps(data).decode().translate(_IN_HTML))  # noqa: S704 - nothing of HTML is left
