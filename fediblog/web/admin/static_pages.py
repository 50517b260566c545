"""The admin's pages that belong to no day: list, write, edit, delete."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions import write_page
from fediblog.actions.site import get_site
from fediblog.actions.write_page import PageForm
from fediblog.errors import Conflict, Invalid
from fediblog.store import pages
from fediblog.store.moments import from_ms
from fediblog.store.pages import Page
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.forms import fields

_HERE = "/admin/pages"


@signed_in
async def index(request: Request) -> Response:
    """Every page, those of the menu first."""
    found = await pages.list_pages(blog_of(request).db)
    return await admin_page(request, "admin/pages.html", {"pages": [_row(page) for page in found]})


@signed_in
async def new_page(request: Request) -> Response:
    """An empty form."""
    return await _form_page(request, None, {}, {})


@signed_in
async def create(request: Request) -> Response:
    """Write a page; what was typed stays in the form when something does not fit."""
    form = await fields(request)
    publish = form.get("action") == "publish"
    try:
        await write_page.create_page(blog_of(request), PageForm.from_mapping(form), publish=publish)
    except (Invalid, Conflict) as error:
        return await _form_page(request, None, form, _errors(error), status=error.status)
    return back_to(_HERE, "page_published" if publish else "draft")


@signed_in
async def edit_page(request: Request) -> Response:
    """A page in its form."""
    page = await _page(request)
    form = {
        "title": page.title,
        "body": page.source,
        "slug": page.slug,
        "place": str(page.place or ""),
        "language": page.language,
    }
    return await _form_page(request, page, form, {})


@signed_in
async def edit(request: Request) -> Response:
    """Write an edit; a published page can become a draft again."""
    blog, page, form = blog_of(request), await _page(request), await fields(request)
    action = form.get("action")
    publish = action == "publish" or (action == "save" and page.state == "published")
    try:
        await write_page.edit_page(blog, page.id, PageForm.from_mapping(form), publish=publish)
    except (Invalid, Conflict) as error:
        return await _form_page(request, page, form, _errors(error), status=error.status)
    if publish:
        return back_to(_HERE, "saved" if page.state == "published" else "page_published")
    return back_to(_HERE, "draft")


@signed_in
async def delete_page(request: Request) -> Response:
    """Ask before deleting."""
    page = await _page(request)
    return await admin_page(request, "admin/page_delete.html", {"page": _row(page)})


@signed_in
async def delete(request: Request) -> Response:
    """Delete a page."""
    await write_page.delete_page(blog_of(request), request.path_params["number"])
    return back_to(_HERE, "page_deleted")


async def _page(request: Request) -> Page:
    return await write_page.existing_page(blog_of(request).db, request.path_params["number"])


def _errors(error: Invalid | Conflict) -> dict[str, str]:
    return {error.field if isinstance(error, Invalid) else "slug": error.public}


async def _form_page(
    request: Request,
    page: Page | None,
    form: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> Response:
    blog = blog_of(request)
    context = {
        "page": _row(page) if page else None,
        "save_url": f"{_HERE}/{page.id}" if page else f"{_HERE}/new",
        "form": dict(form),
        "errors": dict(errors),
        "site_language": (await get_site(blog)).language,
    }
    return await admin_page(request, "admin/page_form.html", context, status=status)


def _row(page: Page) -> dict[str, Any]:
    published = page.state == "published"
    return {
        "title": page.title,
        "state": page.state,
        "language": page.language,
        "place": page.place,
        "updated": from_ms(page.updated_at),
        "url": f"/pages/{page.slug}" if published else None,
        "edit_url": f"{_HERE}/{page.id}",
        "delete_url": f"{_HERE}/{page.id}/delete",
    }
