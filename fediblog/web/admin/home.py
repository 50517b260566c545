"""Where the admin comes in: what waits, what happened, and how the blog has done."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.count_reads import is_counting, set_counting
from fediblog.actions.first_steps import first_steps, put_steps_away
from fediblog.actions.health.examine import last_examination
from fediblog.actions.notices import describe
from fediblog.actions.overview import (
    Course,
    follower_course,
    most_read,
    read_course,
    reply_course,
)
from fediblog.blog import Blog
from fediblog.domain.charts import Chart, bar_chart, line_chart
from fediblog.store import followers, notifications, overview
from fediblog.store.moments import from_ms
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.forms import fields

_NOTICES = 5
_DRAFTS = 5


async def to_index(request: Request) -> Response:
    """/admin without its slash."""
    return RedirectResponse("/admin/", 308)


@signed_in
async def index(request: Request) -> Response:
    """The first page."""
    blog = blog_of(request)
    news = await notifications.list_notifications(blog.db, unread=True, before=None, limit=_NOTICES)
    health = await last_examination(blog)
    counting = await is_counting(blog)
    drafts = await overview.list_unpublished(blog.db, limit=_DRAFTS)
    context = {
        "steps": await first_steps(blog),
        "kinds": await overview.count_unread_by_kind(blog.db),
        "news": [
            {
                "who": each.who,
                "did_what": each.did_what,
                "about": each.about,
                "path": each.path,
                "when": from_ms(each.notification.changed_at),
            }
            for each in await describe(blog, news)
        ],
        "drafts": [
            {"title": title, "state": state, "url": f"/admin/posts/{key}"}
            for key, title, state in drafts
        ],
        "health": {
            "at": from_ms(health.at),
            "failures": [each.title for each in health.failures],
            "warnings": [each.title for each in health.warnings],
        }
        if health
        else None,
        "followers": await followers.count_followers(blog.db),
        "counting": counting,
        "charts": await _charts(blog, counting=counting),
        "most_read": await most_read(blog) if counting else [],
    }
    return await admin_page(request, "admin/home.html", context)


@signed_in
async def count_reads(request: Request) -> Response:
    """Begin to count how often pages are read, or stop it and forget what was counted."""
    wanted = (await fields(request)).get("counting") == "on"
    await set_counting(blog_of(request), wanted)
    return back_to("/admin/", "counting" if wanted else "not_counting")


@signed_in
async def put_away_steps(request: Request) -> Response:
    """Show the first steps no more."""
    await put_steps_away(blog_of(request))
    return back_to("/admin/", "steps_put_away")


async def _charts(blog: Blog, *, counting: bool) -> list[dict[str, Any]]:
    follow, reply = await follower_course(blog), await reply_course(blog)
    charts = [
        _drawn("followers", "Followers", line_chart(follow.values), follow),
        _drawn("replies", "Replies", bar_chart(reply.values), reply),
    ]
    if counting:
        read = await read_course(blog)
        charts.append(_drawn("reads", "Reads", bar_chart(read.values), read))
    return charts


def _drawn(name: str, title: str, chart: Chart, course: Course) -> dict[str, Any]:
    first = from_ms(course.first).date()
    days = [first + timedelta(days=number) for number in range(len(course.values))]
    return {
        "name": name,
        "title": title,
        "chart": chart,
        "first": first,
        "last": days[-1],
        "now": course.values[-1],
        "total": sum(course.values),
        "rows": list(zip(days, course.values, strict=True))[::-1],
    }
