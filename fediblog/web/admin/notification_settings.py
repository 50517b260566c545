"""How notifications reach the author elsewhere: the address of the feed, and mail."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.mail_notifications import (
    choose_mail,
    mail_choice,
    mail_state,
    send_test,
)
from fediblog.actions.notification_feed import has_feed, remove_feed, renew_feed
from fediblog.actions.notify import KINDS
from fediblog.errors import Invalid, RemoteError
from fediblog.store.moments import from_ms
from fediblog.web.admin.door import confirmed, signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.forms import fields

_PAGE = "/admin/settings/notifications"


@signed_in
async def page(request: Request) -> Response:
    """The forms."""
    return await _page(request, {})


@signed_in
@confirmed(_PAGE)
async def change_feed(request: Request) -> Response:
    """A new address, which this answer alone shows; or none any more."""
    blog = blog_of(request)
    if (await fields(request)).get("action") == "remove":
        await remove_feed(blog)
        return back_to(_PAGE, "feed_removed")
    return await _page(request, {"feed_url": await renew_feed(blog)})


@signed_in
async def change_mail(request: Request) -> Response:
    """What is mailed, and how often."""
    form = await fields(request)
    kinds = [kind for kind in KINDS if form.get(f"kind_{kind}")]
    try:
        await choose_mail(blog_of(request), kinds, form.get("rhythm", ""))
    except Invalid as error:
        chosen = {"kinds": kinds, "errors": {error.field: error.public}}
        return await _page(request, chosen, status=error.status)
    return back_to(_PAGE, "saved")


@signed_in
async def test_mail(request: Request) -> Response:
    """Send a mail now; what the mail server says against it stands on the page."""
    try:
        await send_test(blog_of(request))
    except RemoteError as error:
        return await _page(request, {"refused": str(error)}, status=502)
    return back_to(_PAGE, "mailed", element="mail")


async def _page(request: Request, context: Mapping[str, Any], *, status: int = 200) -> Response:
    blog = blog_of(request)
    choice, state = await mail_choice(blog), await mail_state(blog)
    everything: dict[str, Any] = {
        "has_feed": await has_feed(blog),
        "feed_url": None,
        "mail_to": blog.settings.mail_to if blog.settings.smtp_url else None,
        "kinds": choice.kinds,
        "rhythm": choice.rhythm,
        "failing": state.error,
        "sent": from_ms(state.sent_at) if state.sent_at else None,
        "refused": None,
        "errors": {},
    }
    return await admin_page(
        request, "admin/notification_settings.html", everything | dict(context), status=status
    )
