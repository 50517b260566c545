"""A post itself, without what people did with it, as the templates want it."""

from typing import Any

from fediblog.actions.documents import post_excerpt
from fediblog.actions.site import Site
from fediblog.blog import Blog
from fediblog.domain.headings import outline, with_anchors
from fediblog.domain.licences import LICENCES
from fediblog.domain.markdown import render_line
from fediblog.domain.reading_time import reading_minutes
from fediblog.domain.source_lines import without_label
from fediblog.store import media
from fediblog.store.moments import from_ms, maybe_from_ms
from fediblog.store.nearby_posts import PostLink, get_neighbours, list_related
from fediblog.store.posts import Post
from fediblog.web.pictures import picture_context, text_from_here
from fediblog.web.site.pages import category_link, tag_links

_MOST_RELATED = 3


async def article_context(blog: Blog, site: Site, found: Post, address: str) -> dict[str, Any]:
    """Everything that a page says of a post; address: its permalink."""
    contents = outline(found.html) if found.contents else ()
    lead = await media.get_medium(blog.db, found.lead_id)
    licence = LICENCES.get(found.licence)
    return {
        "title": found.title,
        "url": address,
        "id": blog.addresses.article(found.key),
        "published": from_ms(found.published_at or 0),
        "edited": maybe_from_ms(found.edited_at or found.updated_at),
        "history_url": f"{address}/history",
        "body_html": with_anchors(await text_from_here(blog, "post", found.id, found.html)),
        "contents": contents if len(contents) > 1 else (),
        "excerpt": post_excerpt(found),
        "tags": tag_links(blog, found),
        "language": found.language,
        "author_name": site.author_name,
        "category": category_link(blog, found),
        "lead": picture_context(lead, found.lead_alt) if lead else None,
        "lead_caption_html": render_line(found.lead_caption),
        "source_html": render_line(without_label(found.source_line)),
        "licence": {"name": licence.name, "url": licence.url} if licence else None,
        "warning": found.warning,
        "minutes": reading_minutes(found.words),
    }


async def onward_context(blog: Blog, found: Post) -> dict[str, Any]:
    """Where to go on from a post: earlier, later (each or None), related."""
    earlier, later = await get_neighbours(blog.db, found)
    related = await list_related(blog.db, found, _MOST_RELATED)
    return {
        "earlier": _link(blog, earlier) if earlier else None,
        "later": _link(blog, later) if later else None,
        "related": [_link(blog, each) for each in related],
    }


def _link(blog: Blog, post: PostLink) -> dict[str, Any]:
    published = from_ms(post.published_at)
    return {
        "title": post.title,
        "url": blog.addresses.permalink(published, post.slug),
        "language": post.language,
        "published": published,
    }
