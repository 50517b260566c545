"""Pages that belong to no day, such as one about the author."""

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.site import get_site
from fediblog.domain.plaintext import excerpt
from fediblog.errors import NotFound
from fediblog.store import pages
from fediblog.store.moments import from_ms
from fediblog.web.context import blog_of
from fediblog.web.pictures import text_from_here
from fediblog.web.reads import note_read
from fediblog.web.site.card import page_card
from fediblog.web.site.pages import site_page


async def static_page(request: Request) -> Response:
    """A page that is published."""
    blog = blog_of(request)
    page = await pages.get_page_by_slug(blog.db, request.path_params["slug"])
    if page is None or page.state != "published":
        raise NotFound
    site = await get_site(blog)
    context = {
        "canonical": blog.addresses.page(page.slug),
        "card": page_card(blog, site, page),
        "page": {
            "title": page.title,
            "body_html": await text_from_here(blog, "page", page.id, page.html),
            "excerpt": excerpt(page.html),
            "language": page.language,
            "updated": from_ms(page.updated_at),
        },
    }
    note_read(request, f"page:{page.id}")
    return await site_page(request, "site/page.html", context, site=site)
