"""Who follows the blog, and how to remove somebody."""

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.follow import remove_follower
from fediblog.blog import Blog
from fediblog.errors import NotFound
from fediblog.protocol.addresses import authority_of
from fediblog.store import followers
from fediblog.store.followers import Follower
from fediblog.store.moments import from_ms
from fediblog.web.admin.delivery_rows import block_person_url
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.reading import page_start
from fediblog.web.rows import hue

_PER_PAGE = 50
_DROPPED_SHOWN = 50


@signed_in
async def index(request: Request) -> Response:
    """Followers, newest first."""
    blog = blog_of(request)
    before = page_start(request.query_params.get("before"))
    found = await followers.list_followers(blog.db, before=before, limit=_PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    older = f"/admin/followers?before={shown[-1].id}" if len(found) > _PER_PAGE else None
    context = {
        "followers": [_row(follower) for follower in shown],
        "count": await followers.count_followers(blog.db),
        "older_url": older,
        "newer_url": "/admin/followers" if before else None,
        "dropped": await _dropped(blog) if before is None else [],
    }
    return await admin_page(request, "admin/followers.html", context)


@signed_in
async def remove(request: Request) -> Response:
    """Remove a follower; their server is told."""
    blog = blog_of(request)
    follower = await followers.get_follower(blog.db, request.path_params["number"])
    if follower is None:
        raise NotFound("There is no such follower.")
    await remove_follower(blog, follower)
    return back_to("/admin/followers", "removed")


async def _dropped(blog: Blog) -> list[dict[str, object]]:
    """Who was dropped lately, and why."""
    return [
        {
            "name": each.name or each.uri,
            "handle": f"@{each.handle}" if each.handle else None,
            "url": each.page_url,
            "reason": each.reason,
            "dropped": from_ms(each.dropped_at),
        }
        for each in await followers.list_dropped(blog.db, limit=_DROPPED_SHOWN)
    ]


def _row(follower: Follower) -> dict[str, object]:
    return {
        "name": follower.name,
        "handle": f"@{follower.handle}" if follower.handle else None,
        "url": follower.page_url,
        "avatar_url": f"/media/avatars/{follower.avatar}" if follower.avatar else None,
        "hue": hue(follower.uri),
        "since": from_ms(follower.since),
        "inbox_host": authority_of(follower.inbox),
        "block_url": block_person_url(follower.handle, follower.uri),
        "remove_url": f"/admin/followers/{follower.id}/remove",
    }
