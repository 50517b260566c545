"""Previews of links in the author's texts: of pages elsewhere, and of our own posts."""

from fediblog.actions.documents import post_excerpt
from fediblog.actions.find_ours import find_ours
from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.domain.inline_pictures import PictureHere
from fediblog.domain.link_previews import LinkPreview, lone_links
from fediblog.domain.page_heads import LONGEST_EXCERPT, site_of
from fediblog.domain.pictures import ADDRESS
from fediblog.domain.plaintext import shortened
from fediblog.store import previews
from fediblog.store.posts import Post
from fediblog.store.previews import StoredPreview


async def previews_in(blog: Blog, kind: str, number: int, html: str) -> dict[str, LinkPreview]:
    """The previews that are here for HTML of a post or a page (kind; its row's number), by the
    addresses of their links."""
    links = lone_links(html)
    if not links:
        return {}
    stored = await previews.list_previews(blog.db, kind, number)
    found = {each.url: _elsewhere(each) for each in stored if each.url in links}
    for url in links:
        if blog.addresses.is_ours(url) and (own := await _own(blog, url)):
            found[url] = own
    return found


def _elsewhere(stored: StoredPreview) -> LinkPreview:
    """Whose page it is, its host tells; what the page calls itself may be anything."""
    host = site_of(stored.url)
    picture = None
    if stored.picture and stored.width and stored.height:
        picture = PictureHere(f"{ADDRESS}{stored.picture}", stored.width, stored.height)
    return LinkPreview(
        title=stored.title,
        site=f"{stored.site} · {host}" if stored.site and stored.site.lower() != host else host,
        excerpt=stored.excerpt,
        language=stored.language,
        picture=picture,
    )


async def _own(blog: Blog, url: str) -> LinkPreview | None:
    """Of a post that everybody may read, as it is now."""
    post = await find_ours(blog, blog.db, url)
    if not isinstance(post, Post) or post.state != "published":
        return None
    site = await get_site(blog)
    return LinkPreview(
        post.title, site.title, shortened(post_excerpt(post), LONGEST_EXCERPT), post.language
    )
