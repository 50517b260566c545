"""What came in, what became of it and why; what was turned away at the door."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.note_refusals import note_refusals
from fediblog.actions.process_again import process_again
from fediblog.blog import Blog
from fediblog.store import actors, arrivals
from fediblog.store.arrivals import Wanted
from fediblog.store.moments import from_ms
from fediblog.store.refusals import list_refusals
from fediblog.web.admin.arrival_rows import arrival_rows
from fediblog.web.admin.delivery_rows import back, server_url
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page
from fediblog.web.context import blog_of, watchers_of
from fediblog.web.reading import page_start, post_page_cursor, post_page_start

_PER_PAGE = 50
_LONGEST = 500
#: More than these need not be told to a page that waits.
_MOST_NEW = 100
_STATES: Mapping[str, str] = {
    "waiting": "new",
    "done": "done",
    "ignored": "ignored",
    "failed": "failed",
}
#: What we know to receive, as the form offers it.
_TYPES = (
    "Create", "Update", "Delete", "Follow", "Undo", "Like", "EmojiReact", "Announce", "Move",
    "Block", "Flag", "QuoteRequest", "FeatureRequest",
)  # fmt: skip
_FIELDS = ("q", "person", "server", "type", "state")


@signed_in
async def index(request: Request) -> Response:
    """Arrivals, newest first: all, or those that are looked for."""
    blog, asked = blog_of(request), _asked(request)
    before = page_start(request.query_params.get("before"))
    wanted = await _wanted(blog, asked)
    newest = await arrivals.last_number(blog.db)
    found = await arrivals.list_arrivals(blog.db, wanted, before=before, limit=_PER_PAGE)
    address = f"/admin/incoming?{urlencode(asked)}" if asked else "/admin/incoming"
    joined = "&" if asked else "?"
    older = f"{address}{joined}before={found.next_before}" if found.next_before else None
    context = {
        "asked": {name: asked.get(name, "") for name in _FIELDS},
        "searching": bool(asked),
        "types": _TYPES,
        "states": tuple(_STATES),
        "arrivals": await arrival_rows(blog, found.rows),
        "back": address,
        "live_url": None if before else f"/admin/incoming/live?since={newest}",
        "older_url": older,
        "newer_url": address if before else None,
    }
    return await admin_page(request, "admin/incoming.html", context)


@signed_in
async def live(request: Request) -> Response:
    """A stream of events: how many have come since an arrival, whenever that changes."""
    blog = blog_of(request)
    since = page_start(request.query_params.get("since")) or 0

    async def look() -> str:
        return str(await arrivals.count_newer(blog.db, since, most=_MOST_NEW))

    return watchers_of(request).stream(look)


@signed_in
async def again(request: Request) -> Response:
    """Process something once more."""
    await process_again(blog_of(request), request.path_params["number"])
    return await back(request, "/admin/incoming", "again")


@signed_in
async def door(request: Request) -> Response:
    """What was turned away at the door, the latest first."""
    blog = blog_of(request)
    await note_refusals(blog)
    after = post_page_start(request.query_params.get("after"))
    found = await list_refusals(blog.db, None, after=after, limit=_PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    older = post_page_cursor(shown[-1].last_at, shown[-1].id) if len(found) > _PER_PAGE else None
    context = {
        "refusals": [
            {
                "server": refusal.authority or None,
                "server_url": server_url(refusal.authority) if refusal.authority else None,
                "reason": refusal.reason,
                "count": refusal.count,
                "first": from_ms(refusal.first_at),
                "last": from_ms(refusal.last_at),
            }
            for refusal in shown
        ],
        "older_url": f"/admin/incoming/door?after={older}" if older else None,
        "newer_url": "/admin/incoming/door" if after else None,
    }
    return await admin_page(request, "admin/at_the_door.html", context)


def _asked(request: Request) -> dict[str, str]:
    """What is looked for, without what does not matter."""
    typed = {name: request.query_params.get(name, "").strip()[:_LONGEST] for name in _FIELDS}
    return {name: value for name, value in typed.items() if value and "\x00" not in value}


async def _wanted(blog: Blog, asked: Mapping[str, Any]) -> Wanted:
    return Wanted(
        actor_uri=await _actor_uri(blog, asked.get("person", "")),
        server=asked.get("server", "").lower(),
        state=_STATES.get(asked.get("state", ""), ""),
        type=asked.get("type", ""),
        text=asked.get("q", ""),
    )


async def _actor_uri(blog: Blog, person: str) -> str:
    """The id of a person who is named by their handle, or by that id itself."""
    if not person or "://" in person:
        return person
    actor = await actors.get_actor_by_handle(blog.db, person.lstrip("@").lower())
    # Nobody has an id like this, so that nobody is found.
    return actor.uri if actor else f"@{person}"
