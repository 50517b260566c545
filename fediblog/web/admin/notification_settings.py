"""How notifications reach the author elsewhere: the address of the feed."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.notification_feed import has_feed, remove_feed, renew_feed
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.forms import fields

_PAGE = "/admin/settings/notifications"


@signed_in
async def page(request: Request) -> Response:
    """The forms."""
    return await _page(request, {})


@signed_in
async def change_feed(request: Request) -> Response:
    """A new address, which this answer alone shows; or none any more."""
    blog = blog_of(request)
    if (await fields(request)).get("action") == "remove":
        await remove_feed(blog)
        return back_to(_PAGE, "feed_removed")
    return await _page(request, {"feed_url": await renew_feed(blog)})


async def _page(request: Request, context: dict[str, Any], *, status: int = 200) -> Response:
    everything = {"has_feed": await has_feed(blog_of(request)), "feed_url": None}
    return await admin_page(
        request, "admin/notification_settings.html", everything | context, status=status
    )
