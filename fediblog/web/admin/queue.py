"""Replies that are held for the author: one by one, or many at once."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions import moderate
from fediblog.blog import Blog
from fediblog.errors import Conflict, Invalid, NotFound
from fediblog.store import actors, replies, threads
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.admin.replies import listed
from fediblog.web.context import blog_of
from fediblog.web.forms import read_form
from fediblog.web.reading import page_start

#: Each of them has a box that can be ticked, and a form has only so many fields.
_PER_PAGE = 25

#: What can be done, by the word of the form, with the notice that it leaves.
_DEEDS: Mapping[str, tuple[Callable[[Blog, int], Awaitable[None]], str]] = {
    "approve": (moderate.show_reply, "approved"),
    "allow": (moderate.allow_person, "allowed"),
    "reject": (moderate.reject_reply, "rejected"),
    "hide": (moderate.hide_reply, "hidden"),
    "delete": (moderate.erase_reply, "erased"),
}


@signed_in
async def index(request: Request) -> Response:
    """What is held, the first one first."""
    return await _page(request, {})


@signed_in
async def act(request: Request) -> Response:
    """Do one thing to one reply (the button says which), or to all that are ticked. What somebody
    has decided about meanwhile is left as it is."""
    form = await read_form(request)
    word, _, one = str(form.get("deed", "")).partition(" ")
    chosen = [one] if one else [str(value) for value in form.getlist("reply")]
    if word not in _DEEDS or not all(each.isdecimal() and len(each) < 19 for each in chosen):
        raise Invalid("Choose what to do.")
    if not chosen:
        error = Invalid("Tick the replies first.", field="reply")
        return await _page(request, {error.field: error.public}, status=error.status)
    do, notice = _DEEDS[word]
    for number in chosen:
        try:
            await do(blog_of(request), int(number))
        except (NotFound, Conflict):
            continue
    return back_to("/admin/queue", notice)


@signed_in
async def forbid(request: Request) -> Response:
    """Ask about somebody's replies again who was always allowed."""
    await moderate.forbid_person(blog_of(request), request.path_params["number"])
    return back_to("/admin/queue", "saved")


async def _page(request: Request, errors: Mapping[str, str], *, status: int = 200) -> Response:
    blog = blog_of(request)
    after = page_start(request.query_params.get("after"))
    found = await threads.list_held(blog.db, after=after or 0, limit=_PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    context: dict[str, Any] = {
        "rows": await listed(blog, shown),
        "total": await replies.count_held(blog.db),
        "errors": dict(errors),
        "later_url": f"/admin/queue?after={shown[-1].id}" if len(found) > _PER_PAGE else None,
        "first_url": "/admin/queue" if after else None,
        "allowed": await actors.list_allowed(blog.db, limit=100),
    }
    return await admin_page(request, "admin/queue.html", context, status=status)
