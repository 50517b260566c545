"""Whether the blog is well: what was found the last time, and looking again."""

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.health.examine import Examination, examine, last_examination
from fediblog.store.moments import from_ms
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of

_PAGE = "/admin/health"


@signed_in
async def page(request: Request) -> Response:
    """What was found, what does not work first."""
    found = await last_examination(blog_of(request))
    return await admin_page(request, "admin/health.html", _context(found))


@signed_in
async def check(request: Request) -> Response:
    """Look again."""
    await examine(blog_of(request))
    return back_to(_PAGE, "examined")


def _context(found: Examination | None) -> dict[str, object]:
    if found is None:
        return {"at": None, "results": []}
    order = ("failure", "warning", "well", "skipped")
    return {
        "at": from_ms(found.at),
        "results": sorted(found.results, key=lambda each: order.index(each.state)),
    }
