"""Other servers: how each does, what was sent to it and came from it, and what to do about it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions import steer_deliveries
from fediblog.actions.note_refusals import note_refusals
from fediblog.actions.rules import is_blocked, rules_in_force
from fediblog.blog import Blog
from fediblog.errors import NotFound
from fediblog.protocol.addresses import authority_of
from fediblog.store import arrivals, delivery_log, servers
from fediblog.store.moments import from_ms, maybe_from_ms
from fediblog.store.refusals import list_refusals
from fediblog.store.servers import MOST_COUNTED, Counts, Server
from fediblog.store.steering import Which
from fediblog.web.admin.arrival_rows import arrival_rows
from fediblog.web.admin.delivery_rows import back, block_url, delivery_rows, server_url
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page
from fediblog.web.context import blog_of
from fediblog.web.reading import page_start

_PER_PAGE = 50
_SHOWN = 10
_PEOPLE_SHOWN = 20
_SCHEMES: Mapping[str, str] = {"": "draft-cavage", "cavage": "draft-cavage", "rfc9421": "RFC 9421"}


@signed_in
async def index(request: Request) -> Response:
    """Servers, those with trouble first."""
    blog, text = blog_of(request), request.query_params.get("q", "").strip()[:253]
    after = _page_start(request.query_params.get("after", ""))
    found = await servers.list_servers(blog.db, text, after=after, limit=_PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    query = {"q": text} if text else {}
    last = shown[-1] if len(found) > _PER_PAGE else None
    older = query | {"after": f"{last.failures} {last.authority}"} if last else None
    context = {
        "q": text,
        "servers": await _listed(blog, shown),
        "older_url": f"/admin/servers?{urlencode(older)}" if older else None,
        "newer_url": f"/admin/servers?{urlencode(query)}" if after else None,
    }
    return await admin_page(request, "admin/servers.html", context)


@signed_in
async def page(request: Request) -> Response:
    """Everything about one server."""
    blog, authority = blog_of(request), _authority(request)
    server = await servers.get_server(blog.db, authority)
    await note_refusals(blog)
    sent = await delivery_log.list_deliveries_to(
        blog.db, authority, None, before=None, limit=_SHOWN
    )
    came = await arrivals.list_arrivals(
        blog.db, arrivals.Wanted(server=authority), before=None, limit=_SHOWN
    )
    url = server_url(authority)
    context = {
        "server": await _known(blog, authority, server),
        "people": [
            {
                "name": person.name or person.handle or person.uri,
                "handle": f"@{person.handle}" if person.handle else None,
                "url": person.page_url or person.uri,
                "follows": person.follows,
            }
            for person in await servers.list_people(blog.db, authority, limit=_PEOPLE_SHOWN)
        ],
        "replies": [
            {
                "author": reply.author or reply.handle,
                "post_title": reply.post_title,
                "state": reply.state,
                "received": from_ms(reply.received_at),
                "url": f"/admin/replies/{reply.id}",
            }
            for reply in await servers.list_replies_of(blog.db, authority, limit=_SHOWN)
        ],
        "deliveries": await delivery_rows(blog, sent),
        "all_deliveries_url": f"/admin/deliveries?{urlencode({'server': authority})}",
        "arrivals": await arrival_rows(blog, came.rows),
        "all_arrivals_url": f"/admin/incoming?{urlencode({'server': authority})}",
        "refusals": [
            {"reason": each.reason, "count": each.count, "last": from_ms(each.last_at)}
            for each in await list_refusals(blog.db, authority, after=None, limit=_SHOWN)
        ],
        "back": url,
        "retry_url": f"{url}/retry",
        "give_up_url": f"{url}/give-up",
        "block_url": block_url("server", authority),
    }
    return await admin_page(request, "admin/server.html", context)


@signed_in
async def retry(request: Request) -> Response:
    """Try now whatever waits for a server, and what it has turned away in the last days."""
    which = Which("server", _authority(request))
    tried = await steer_deliveries.retry(blog_of(request), which)
    return await back(
        request, server_url(_authority(request)), "retried" if tried else "nothing_to_try"
    )


@signed_in
async def give_up(request: Request) -> Response:
    """Try no more what waits for a server."""
    await steer_deliveries.give_up(blog_of(request), Which("server", _authority(request)))
    return await back(request, server_url(_authority(request)), "given_up")


def _authority(request: Request) -> str:
    """The server that the address names, as servers are compared. Raises NotFound."""
    asked: str = request.path_params["authority"]
    if asked not in {authority_of(f"https://{asked}"), authority_of(f"http://{asked}")}:
        raise NotFound("There is no such server.")
    return asked


def _page_start(text: str) -> tuple[int, str] | None:
    failures, _, authority = text.partition(" ")
    start = page_start(failures)
    return (min(start, 2**31 - 1), authority) if start is not None else None


async def _listed(blog: Blog, shown: Sequence[Server]) -> list[dict[str, Any]]:
    counts = await servers.count_of_servers(blog.db, [server.authority for server in shown])
    in_force = await rules_in_force(blog)
    return [
        _health(
            blog,
            server.authority,
            server,
            counts[server.authority],
            blocked=in_force.rejects(server.authority),
        )
        | {"url": server_url(server.authority)}
        for server in shown
    ]


async def _known(blog: Blog, authority: str, server: Server | None) -> dict[str, Any]:
    counts = await servers.count_of_servers(blog.db, [authority])
    blocked = await is_blocked(blog, authority)
    return _health(blog, authority, server, counts[authority], blocked=blocked)


def _health(
    blog: Blog, authority: str, server: Server | None, counts: Counts, *, blocked: bool
) -> dict[str, Any]:
    """How a server does; nothing is known of one with which there has been nothing yet."""
    paused = server is not None and server.not_before > blog.now_ms()
    return {
        "authority": authority,
        "state": _state(server, blocked),
        "failures": server.failures if server else 0,
        "strikes": server.strikes if server else 0,
        "struck_since": maybe_from_ms(server.struck_since) if server else None,
        "last_ok": maybe_from_ms(server.last_ok) if server else None,
        "next_at": from_ms(server.not_before) if server and paused else None,
        "last_answer": server.last_answer if server else "",
        "scheme": _SCHEMES.get(server.scheme, server.scheme) if server else None,
        "blocked": blocked,
        "followers": _count(counts.followers),
        "people": _count(counts.people),
        "waiting": _count(counts.waiting),
        "failed": _count(counts.failed),
    }


def _state(server: Server | None, blocked: bool) -> str:
    if blocked:
        return "blocked"
    if server is None:
        return "unknown"
    if server.failures:
        return "trouble"
    return "well" if server.last_ok else "unknown"


def _count(number: int) -> str:
    return f"{number:,}+" if number >= MOST_COUNTED else str(number)
