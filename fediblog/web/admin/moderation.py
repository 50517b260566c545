"""Who may reply, and what else is decided about strangers: the blog's own choices."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.moderation import (
    REACTIONS,
    Moderation,
    change_moderation,
    get_moderation,
)
from fediblog.actions.post_form import ticked
from fediblog.domain.policy import POLICIES
from fediblog.domain.spam import CHECKS
from fediblog.errors import Invalid
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.forms import fields


@signed_in
async def page(request: Request) -> Response:
    """The form, filled with what is in force."""
    return await _page(request, _filled(await get_moderation(blog_of(request).db)), {})


@signed_in
async def save(request: Request) -> Response:
    """Write what was chosen."""
    form = await fields(request)
    try:
        await change_moderation(blog_of(request), form)
    except Invalid as error:
        return await _page(request, form, {error.field: error.public}, status=error.status)
    return back_to("/admin/settings/moderation", "saved")


def _filled(chosen: Moderation) -> dict[str, str]:
    return {
        "comment_policy": chosen.policy.who,
        "close_after": str(chosen.policy.close_after or ""),
        "hold_late": ticked(chosen.policy.hold_late),
        **{name: ticked(kind in chosen.reactions) for kind, name in REACTIONS.items()},
        **{name: ticked(name in chosen.checks) for name in CHECKS},
    }


async def _page(
    request: Request, form: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200
) -> Response:
    context = {"form": dict(form), "errors": dict(errors), "policies": POLICIES, "checks": CHECKS}
    return await admin_page(request, "admin/moderation.html", context, status=status)
