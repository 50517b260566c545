"""What came in, as the author's pages show it: from whom, about what, its fate, what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from fediblog.blog import Blog
from fediblog.protocol.addresses import authority_of
from fediblog.store import posts, replies
from fediblog.store.arrivals import LoggedArrival, can_ask_for
from fediblog.store.moments import from_ms
from fediblog.store.replies import ReplyBrief
from fediblog.web.admin.delivery_rows import block_person_url, server_url

_SHOWABLE = frozenset({"held", "hidden"})


async def arrival_rows(blog: Blog, shown: Sequence[LoggedArrival]) -> list[dict[str, Any]]:
    """What the templates show of arrivals."""
    uris = sorted({arrival.object_id for arrival in shown if arrival.object_id})
    known = await replies.list_briefs(blog.db, uris)
    articles = blog.addresses.article("")
    keys = [uri.removeprefix(articles) for uri in uris if uri.startswith(articles)]
    titles = await posts.list_titles(blog.db, keys)
    return [_row(blog, arrival, known.get(arrival.object_id), titles) for arrival in shown]


def _row(
    blog: Blog, arrival: LoggedArrival, reply: ReplyBrief | None, titles: Mapping[str, str]
) -> dict[str, Any]:
    waits = arrival.state == "new" and arrival.next_at > blog.now_ms()
    return {
        "number": arrival.id,
        "received": from_ms(arrival.received_at),
        "type": arrival.type,
        "actor": f"@{arrival.handle}" if arrival.handle else arrival.actor_uri,
        "actor_url": arrival.actor_uri,
        "server": arrival.authority,
        "server_url": server_url(arrival.authority),
        "by_way_of": arrival.authority if arrival.pointer else None,
        "state": "waiting" if arrival.state == "new" else arrival.state,
        "reason": arrival.reason,
        "next_at": from_ms(arrival.next_at) if waits else None,
        "about": _about(blog, arrival.object_id, reply, titles),
        "show_url": _show_url(reply),
        "block_url": block_person_url(arrival.handle, arrival.actor_uri),
        "again_url": f"/admin/incoming/{arrival.id}/again"
        if waits or _can_be_processed_again(blog, arrival)
        else None,
    }


def _can_be_processed_again(blog: Blog, arrival: LoggedArrival) -> bool:
    if arrival.state not in {"failed", "ignored"}:
        return False
    uri = arrival.object_id
    asked = can_ask_for(arrival.type) and bool(uri) and not blog.addresses.is_ours(uri)
    return arrival.has_body or asked


def _show_url(reply: ReplyBrief | None) -> str | None:
    """Where a reply of a thread is shown after all; not what was not meant for everybody."""
    if reply is None or not reply.public or reply.post_id is None or reply.state not in _SHOWABLE:
        return None
    return f"/admin/replies/{reply.id}/show"


def _about(
    blog: Blog, uri: str, reply: ReplyBrief | None, titles: Mapping[str, str]
) -> dict[str, str] | None:
    """What an arrival is about, and where that is to be seen; None for nothing that has a page."""
    if reply is not None and reply.post_id is not None:
        return {"text": f"the reply ({reply.state})", "url": f"/admin/replies/{reply.id}"}
    if reply is not None:
        return {"text": "a reply that waits for its parent", "url": "/admin/replies?state=waiting"}
    if uri == blog.addresses.actor:
        return {"text": "the blog", "url": "/admin/followers"}
    key = uri.removeprefix(blog.addresses.article(""))
    if key in titles:
        return {"text": titles[key] or "a deleted post", "url": f"/admin/posts/{key}/thread"}
    if authority_of(uri) and not blog.addresses.is_ours(uri):
        return {"text": "what it is about", "url": uri}
    return None
