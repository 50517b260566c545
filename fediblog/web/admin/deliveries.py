"""What goes out: all deliveries with the last answer of each, tried now or given up."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions import steer_deliveries
from fediblog.store import delivery_log
from fediblog.store.steering import Which
from fediblog.web.admin.delivery_rows import STATES, back, delivery_rows
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page
from fediblog.web.context import blog_of
from fediblog.web.reading import page_start

_PER_PAGE = 50


@signed_in
async def index(request: Request) -> Response:
    """Deliveries, newest first, each with its last answer; all, or those to one server."""
    blog, asked = blog_of(request), request.query_params.get("state", "")
    server = request.query_params.get("server", "")
    state = STATES.get(asked)
    before = page_start(request.query_params.get("before"))
    if server:
        found = await delivery_log.list_deliveries_to(
            blog.db, server, state, before=before, limit=_PER_PAGE + 1
        )
    else:
        found = await delivery_log.list_deliveries(
            blog.db, state, before=before, limit=_PER_PAGE + 1
        )
    shown = found[:_PER_PAGE]
    query = {"state": asked if state else "all"} | ({"server": server} if server else {})
    address = f"/admin/deliveries?{urlencode(query)}"
    context = {
        "state": query["state"],
        "server": server or None,
        "deliveries": await delivery_rows(blog, shown),
        "back": address,
        "older_url": f"{address}&before={shown[-1].id}" if len(found) > _PER_PAGE else None,
        "newer_url": address if before else None,
    }
    return await admin_page(request, "admin/deliveries.html", context)


@signed_in
async def retry(request: Request) -> Response:
    """Try one delivery now."""
    which = Which("one", request.path_params["number"])
    tried = await steer_deliveries.retry(blog_of(request), which)
    return await back(request, "/admin/deliveries", "retried" if tried else "nothing_to_try")


@signed_in
async def give_up(request: Request) -> Response:
    """Try one delivery no more."""
    await steer_deliveries.give_up(blog_of(request), Which("one", request.path_params["number"]))
    return await back(request, "/admin/deliveries", "given_up")
