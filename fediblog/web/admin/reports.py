"""What people elsewhere have reported, and what can be done about it."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.documents import permalink
from fediblog.actions.find_ours import find_ours
from fediblog.actions.report import close_report
from fediblog.blog import Blog
from fediblog.domain.plaintext import plain_text
from fediblog.store import posts, reports, threads
from fediblog.store.moments import from_ms, maybe_from_ms
from fediblog.store.posts import Post
from fediblog.store.replies import Reply
from fediblog.store.reports import Report
from fediblog.web.admin.delivery_rows import block_person_url
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.forms import fields
from fediblog.web.reading import page_start

_PER_PAGE = 30
_EXCERPT = 200
#: What servers report with, so that nobody is told who has reported.
_SERVERS = frozenset({"Application", "Service"})


@signed_in
async def index(request: Request) -> Response:
    """Reports that are open, or those that are closed, newest first."""
    blog = blog_of(request)
    closed = request.query_params.get("state") == "closed"
    before = page_start(request.query_params.get("before"))
    found = await reports.list_reports(blog.db, closed=closed, before=before, limit=_PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    address = f"/admin/reports?state={'closed' if closed else 'open'}"
    context = {
        "state": "closed" if closed else "open",
        "reports": [await _row(blog, report) for report in shown],
        "older_url": f"{address}&before={shown[-1].id}" if len(found) > _PER_PAGE else None,
        "newer_url": address if before else None,
    }
    return await admin_page(request, "admin/reports.html", context)


@signed_in
async def close(request: Request) -> Response:
    """Put a report aside."""
    note = (await fields(request)).get("note", "")
    await close_report(blog_of(request), request.path_params["number"], note)
    return back_to("/admin/reports", "closed")


async def _row(blog: Blog, report: Report) -> dict[str, Any]:
    by_server = report.type in _SERVERS or report.username == report.authority.partition(":")[0]
    return {
        "server": report.authority,
        "reporter": None if by_server else f"@{report.handle}" if report.handle else report.name,
        "words": report.content or None,
        "note": report.note or None,
        "received": from_ms(report.received_at),
        "closed": maybe_from_ms(report.closed_at),
        "objects": [await _object(blog, uri) for uri in json.loads(report.objects)],
        "close_url": None if report.closed_at else f"/admin/reports/{report.id}/close",
    }


async def _object(blog: Blog, uri: str) -> dict[str, Any]:
    """Something that was reported: what it is, where it is, and how a reply can be hidden."""
    if uri == blog.addresses.actor:
        return {"kind": "blog", "url": blog.addresses.home}
    found = await find_ours(blog, blog.db, uri)
    return _post(blog, found) if isinstance(found, Post) else await _reply(blog, found)


def _post(blog: Blog, post: Post) -> dict[str, Any]:
    if post.state != "published":
        return {"kind": "gone"}
    return {"kind": "post", "title": post.title, "url": permalink(blog, post)}


async def _reply(blog: Blog, stored: Reply | None) -> dict[str, Any]:
    reply = await threads.get_thread_reply(blog.db, stored.id) if stored else None
    post = await posts.get_post_by_number(blog.db, (reply.post_id if reply else None) or 0)
    if reply is None or post is None or reply.state == "deleted":
        return {"kind": "gone"}
    mine = reply.key is not None
    return {
        "kind": "answer" if mine else "reply",
        "author_name": reply.name or reply.username,
        "excerpt": plain_text(reply.html, _EXCERPT),
        "state": reply.state,
        "url": f"/admin/posts/{post.key}/thread#reply-{reply.id}",
        "hide_url": f"/admin/replies/{reply.id}/hide"
        if reply.state == "shown" and not mine
        else None,
        "block_url": None if mine else block_person_url(reply.handle, reply.actor_uri),
    }
