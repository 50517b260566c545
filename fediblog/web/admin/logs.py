"""What went out and what came in, with the reason of each."""

from starlette.requests import Request
from starlette.responses import Response

from fediblog.store import arrivals, outbox
from fediblog.store.moments import from_ms
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page
from fediblog.web.context import blog_of
from fediblog.web.reading import page_start

_PER_PAGE = 50
_STATES = {"waiting": "queued", "failed": "failed", "done": "done"}
_NAMES = {state: name for name, state in _STATES.items()}


@signed_in
async def deliveries(request: Request) -> Response:
    """Deliveries, newest first, each with its last answer."""
    asked = request.query_params.get("state", "")
    before = page_start(request.query_params.get("before"))
    found = await outbox.list_deliveries(
        blog_of(request).db, _STATES.get(asked), before=before, limit=_PER_PAGE + 1
    )
    shown = found[:_PER_PAGE]
    address = f"/admin/deliveries?state={asked if asked in _STATES else 'all'}"
    context = {
        "state": asked if asked in _STATES else "all",
        "deliveries": [_delivery(delivery) for delivery in shown],
        "older_url": f"{address}&before={shown[-1].id}" if len(found) > _PER_PAGE else None,
        "newer_url": address if before else None,
    }
    return await admin_page(request, "admin/deliveries.html", context)


@signed_in
async def incoming(request: Request) -> Response:
    """Arrivals, newest first, each with what became of it and why."""
    before = page_start(request.query_params.get("before"))
    found = await arrivals.list_arrivals(blog_of(request).db, before=before, limit=_PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    older = f"/admin/incoming?before={shown[-1].id}" if len(found) > _PER_PAGE else None
    context = {
        "arrivals": [
            {
                "received": from_ms(arrival.received_at),
                "type": arrival.type,
                "actor": f"@{arrival.handle}" if arrival.handle else arrival.actor_uri,
                "state": arrival.state,
                "reason": arrival.reason,
            }
            for arrival in shown
        ],
        "older_url": older,
        "newer_url": "/admin/incoming" if before else None,
    }
    return await admin_page(request, "admin/incoming.html", context)


def _delivery(delivery: outbox.LoggedDelivery) -> dict[str, object]:
    waiting = delivery.state == "queued"
    return {
        "type": delivery.type,
        "title": delivery.object_uri,
        "host": delivery.authority,
        "inbox": delivery.inbox,
        "state": _NAMES.get(delivery.state, delivery.state),
        "attempts": delivery.attempts,
        "next_at": from_ms(delivery.next_at) if waiting else None,
        "last_answer": delivery.last_answer,
    }
