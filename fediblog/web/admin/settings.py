"""The blog's texts and switches."""

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.site import change_site, get_site
from fediblog.errors import Invalid
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.forms import fields
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of


@signed_in
async def page(request: Request) -> Response:
    """The form, filled with what is in force."""
    site = await get_site(blog_of(request))
    form = {
        "title": site.title,
        "author_name": site.author_name,
        "description": site.description,
        "language": site.language,
        "excerpt_as_summary": "on" if site.excerpt_as_summary else "",
    }
    return await admin_page(request, "admin/settings.html", {"form": form, "errors": {}})


@signed_in
async def save(request: Request) -> Response:
    """Write them, and tell the followers."""
    form = await fields(request)
    try:
        await change_site(blog_of(request), form)
    except Invalid as error:
        context = {"form": dict(form), "errors": {error.field: error.public}}
        return await admin_page(request, "admin/settings.html", context, status=error.status)
    return back_to("/admin/settings", "saved")
