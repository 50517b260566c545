"""Where the admin comes in."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page


async def to_index(request: Request) -> Response:
    """/admin without its slash."""
    return RedirectResponse("/admin/", 308)


@signed_in
async def index(request: Request) -> Response:
    """The first page."""
    return await admin_page(request, "admin/home.html", {})
