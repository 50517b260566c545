"""What went out and what came in, with the reason of each."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from fediblog.blog import Blog
from fediblog.protocol.addresses import authority_of
from fediblog.store import actors, arrivals, outbox, posts
from fediblog.store.moments import from_ms
from fediblog.store.outbox import LoggedDelivery
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page
from fediblog.web.context import blog_of
from fediblog.web.reading import page_start

_PER_PAGE = 50
_STATES = {"waiting": "queued", "failed": "failed", "done": "done"}
#: What answers a request: to follow, to quote, to put the blog into a collection.
_ANSWERS = frozenset({"Accept", "Reject"})
_NAMES = {state: name for name, state in _STATES.items()}


@signed_in
async def deliveries(request: Request) -> Response:
    """Deliveries, newest first, each with its last answer."""
    blog, asked = blog_of(request), request.query_params.get("state", "")
    before = page_start(request.query_params.get("before"))
    found = await outbox.list_deliveries(
        blog.db, _STATES.get(asked), before=before, limit=_PER_PAGE + 1
    )
    shown = found[:_PER_PAGE]
    subjects = await _subjects(blog, shown)
    address = f"/admin/deliveries?state={asked if asked in _STATES else 'all'}"
    context = {
        "state": asked if asked in _STATES else "all",
        "deliveries": [_delivery(delivery, subjects) for delivery in shown],
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
                "by_way_of": arrival.authority if arrival.pointer else None,
                "state": arrival.state,
                "reason": arrival.reason,
            }
            for arrival in shown
        ],
        "older_url": older,
        "newer_url": "/admin/incoming" if before else None,
    }
    return await admin_page(request, "admin/incoming.html", context)


async def _subjects(blog: Blog, shown: Sequence[LoggedDelivery]) -> Mapping[str, str]:
    """What deliveries are about, in words, by the object's id."""
    articles = blog.addresses.article("")
    keys = {delivery.object_uri.removeprefix(articles) for delivery in shown}
    titles = await posts.list_titles(blog.db, sorted(keys))
    answered = {each.object_uri for each in shown if each.type in _ANSWERS}
    people = await actors.get_page_urls(blog.db, sorted(answered))
    quotes = {each.object_uri for each in shown if _is_about_quote(blog, each)}
    return (
        dict.fromkeys(answered, "a collection")
        | dict.fromkeys(quotes, "a quote")
        | dict.fromkeys(people, "a follow")
        | {articles + key: title for key, title in titles.items()}
        | {blog.addresses.actor: "your profile"}
    )


def _is_about_quote(blog: Blog, delivery: LoggedDelivery) -> bool:
    """Whoever may quote gets an authorization of ours, which can be taken back; whoever may not is
    told so about the note that quotes. Nobody who follows is turned away like that."""
    ours = delivery.object_uri.startswith(blog.addresses.quote(""))
    return ours or delivery.type == "Reject"


def _subject(delivery: LoggedDelivery, subjects: Mapping[str, str]) -> str:
    if delivery.forwarded:
        return f"somebody's reply, passed on ({authority_of(delivery.object_uri)})"
    return subjects.get(delivery.object_uri, "an answer")


def _delivery(delivery: LoggedDelivery, subjects: Mapping[str, str]) -> dict[str, object]:
    waiting = delivery.state == "queued"
    return {
        "type": delivery.type,
        "title": _subject(delivery, subjects),
        "host": delivery.authority,
        "inbox": delivery.inbox,
        "state": _NAMES.get(delivery.state, delivery.state),
        "attempts": delivery.attempts,
        "next_at": from_ms(delivery.next_at) if waiting else None,
        "last_answer": delivery.last_answer,
    }
