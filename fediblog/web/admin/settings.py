"""The blog's texts and switches, and the author's profile."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.change_site import change_site
from fediblog.actions.own_pictures import Kind, remove_picture, set_picture
from fediblog.actions.site import LinkCheck, Site, get_site
from fediblog.actions.verify_links import verify_links
from fediblog.domain.languages import LANGUAGES
from fediblog.domain.local_time import time_zones
from fediblog.domain.profile_fields import MOST_FIELDS
from fediblog.errors import Invalid
from fediblog.store.moments import from_ms
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.forms import fields, takes_a_file, uploaded_file

#: How many rows for profile fields there are at least, and how many of them are empty.
_ROWS, _EMPTY_ROWS = 4, 2


@signed_in
async def page(request: Request) -> Response:
    """The form, filled with what is in force."""
    return await _page(request, _filled(await get_site(blog_of(request))), {})


@signed_in
async def save(request: Request) -> Response:
    """Write them, and tell the followers."""
    form = await fields(request)
    try:
        await change_site(blog_of(request), form)
    except Invalid as error:
        return await _page(request, form, {error.field: error.public}, status=error.status)
    await verify_links(blog_of(request), again=False)
    return back_to("/admin/settings", "saved")


@signed_in
async def check_links(request: Request) -> Response:
    """Look once more whether the pages that the profile links to link back."""
    await verify_links(blog_of(request), again=True)
    return back_to("/admin/settings", "links_checked", element="links")


@takes_a_file
@signed_in
async def change_picture(request: Request) -> Response:
    """A new picture of the author, or none any more."""
    return await _change_picture(request, "picture")


@takes_a_file
@signed_in
async def change_header(request: Request) -> Response:
    """A new header, or none any more."""
    return await _change_picture(request, "header")


async def _change_picture(request: Request, kind: Kind) -> Response:
    blog = blog_of(request)
    try:
        if (await fields(request)).get("action") == "remove":
            await remove_picture(blog, kind)
        else:
            await set_picture(blog, kind, await uploaded_file(request, "file"))
    except Invalid as error:
        form = _filled(await get_site(blog))
        return await _page(request, form, {error.field: error.public}, status=error.status)
    return back_to("/admin/settings", "saved", element="pictures")


def _filled(site: Site) -> dict[str, str]:
    form = {
        "title": site.title,
        "author_name": site.author_name,
        "description": site.description,
        "language": site.language,
        "interface_language": site.interface_language,
        "timezone": site.timezone,
        "may_quote": site.may_quote,
        "excerpt_as_summary": "on" if site.excerpt_as_summary else "",
        "aliases": "\n".join(alias.typed for alias in site.aliases),
    }
    for place, field in enumerate(site.fields, start=1):
        form |= {f"field_name_{place}": field.name, f"field_value_{place}": field.value}
    return form


async def _page(
    request: Request, form: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200
) -> Response:
    site = await get_site(blog_of(request))
    last = max((place for place in range(1, MOST_FIELDS + 1) if _has(form, place)), default=0)
    rows = min(max(_ROWS, last + _EMPTY_ROWS), MOST_FIELDS)
    context: dict[str, Any] = {
        "form": dict(form),
        "errors": dict(errors),
        "languages": LANGUAGES,
        "time_zones": time_zones(),
        "field_places": range(1, rows + 1),
        "picture_url": _address(site.picture.name) if site.picture else None,
        "header_url": _address(site.header.name) if site.header else None,
        "links": [
            {"name": field.name, "url": field.link, "check": _check(site.links.get(field.link))}
            for field in site.fields
            if field.link
        ],
        "profile_url": blog_of(request).addresses.home,
    }
    return await admin_page(request, "admin/settings.html", context, status=status)


def _check(check: LinkCheck | None) -> dict[str, Any] | None:
    return {"why": check.why, "at": from_ms(check.at)} if check else None


def _has(form: Mapping[str, str], place: int) -> bool:
    return bool(form.get(f"field_name_{place}") or form.get(f"field_value_{place}"))


def _address(name: str) -> str:
    return f"/media/own/{name}"
