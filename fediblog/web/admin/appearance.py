"""How the blog looks: its accent, its logo, rules and templates of one's own, a last line."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.change_appearance import change_appearance
from fediblog.actions.own_pictures import remove_picture, set_picture
from fediblog.actions.site import Appearance, get_site
from fediblog.domain.colours import palette
from fediblog.errors import Invalid
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of, templates_of
from fediblog.web.forms import fields, takes_a_file, uploaded_file

#: The accent of the blog's own colours, with which the choice of another one begins.
_OWN_ACCENT = "#0b5f53"


@signed_in
async def page(request: Request) -> Response:
    """The form, filled with what is in force."""
    return await _page(request, None, {})


@signed_in
async def save(request: Request) -> Response:
    """Write it; every page changes at once."""
    form = await fields(request)
    try:
        await change_appearance(blog_of(request), form)
    except Invalid as error:
        return await _page(request, form, {error.field: error.public}, status=error.status)
    return back_to("/admin/appearance", "saved")


@takes_a_file
@signed_in
async def change_logo(request: Request) -> Response:
    """A new logo, or none any more."""
    blog = blog_of(request)
    try:
        if (await fields(request)).get("action") == "remove":
            await remove_picture(blog, "logo")
        else:
            await set_picture(blog, "logo", await uploaded_file(request, "file"))
    except Invalid as error:
        return await _page(request, None, {error.field: error.public}, status=error.status)
    return back_to("/admin/appearance", "saved", element="logo")


async def _page(
    request: Request,
    form: Mapping[str, str] | None,
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> Response:
    """form: what was typed and refused; None for what is in force."""
    look = (await get_site(blog_of(request))).appearance
    templates = templates_of(request)
    context: dict[str, Any] = {
        "form": dict(_filled(look) if form is None else form),
        "errors": dict(errors),
        "samples": _samples(look.accent),
        "accent": look.accent,
        "own_templates": [name for name, _ in templates.own.state()],
        "problems": templates.problems(),
        "templates_folder": templates.own.folder / "site",
        "logo_url": f"/media/own/{look.logo.name}" if look.logo else None,
    }
    return await admin_page(request, "admin/appearance.html", context, status=status)


def _filled(look: Appearance) -> dict[str, str]:
    return {
        "own_accent": "on" if look.accent else "",
        "accent": look.accent or _OWN_ACCENT,
        "custom_css": look.custom_css,
        "footer": look.footer,
    }


def _samples(accent: str) -> list[dict[str, Any]]:
    """How the accent is shown on light and on dark paper; nothing for the blog's own colours."""
    if not accent:
        return []
    chosen = palette(accent)
    return [
        {"paper": name, "colours": colours, "changed": colours["accent"] != accent}
        for name, colours in (("light", chosen.light), ("dark", chosen.dark))
    ]
