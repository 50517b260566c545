"""What the author may want to know: the page on which they answer at once, and its feed."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions import answer as answers
from fediblog.actions import moderate
from fediblog.actions.notices import Notice, describe
from fediblog.actions.notification_feed import is_feed
from fediblog.actions.read_notifications import mark_all_read, mark_read
from fediblog.actions.site import get_site
from fediblog.errors import Invalid, NotFound
from fediblog.protocol.feeds import Entry, Feed, Person, atom
from fediblog.store import notifications
from fediblog.store.moments import from_ms
from fediblog.store.notifications import Notification
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.admin.replies import controls
from fediblog.web.context import blog_of
from fediblog.web.forms import fields
from fediblog.web.reactions import look_beside
from fediblog.web.reading import page_start
from fediblog.web.rows import Beside, Row, reply_row

_PER_PAGE = 30
_ENTRIES = 40
_PAGE = "/admin/notifications"
#: What can be looked at alone, by its word in the address.
_FILTERS: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "unread": (),
    "replies": ("reply", "held", "private"),
    "quotes": ("quote",),
    "followers": ("follow",),
    "reactions": ("reaction",),
    "reports": ("report",),
    "failures": ("delivery", "health"),
}
#: The feed is nobody's business but who has its address.
_PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}


@signed_in
async def index(request: Request) -> Response:
    """The newest, or those of one sort."""
    return await _page(request)


@signed_in
async def read_all(request: Request) -> Response:
    """All that were on the page, and what is older, are read; what has come since is not."""
    form = await fields(request)
    newest, seen = page_start(form.get("newest")), page_start(form.get("seen"))
    await mark_all_read(blog_of(request), newest=newest or 0, changed_before=seen or 0)
    return back_to(_PAGE, "read")


@signed_in
async def answer(request: Request) -> Response:
    """Answer a reply where it is told of."""
    blog, form = blog_of(request), await fields(request)
    found = await _of_reply(request)
    try:
        await answers.answer_reply(blog, found.about_id or 0, form.get("body", ""))
    except Invalid as error:
        refused = {
            "answering": found.about_id,
            "form": dict(form),
            "errors": {"body": error.public},
        }
        return await _page(request, refused, status=error.status)
    await mark_read(blog, found.id)
    return _back(request, found.id, "answered")


@signed_in
async def hide(request: Request) -> Response:
    """Take a reply off the page."""
    found = await _of_reply(request)
    await moderate.hide_reply(blog_of(request), found.about_id or 0)
    await mark_read(blog_of(request), found.id)
    return _back(request, found.id, "hidden")


@signed_in
async def show(request: Request) -> Response:
    """Put a hidden reply on the page."""
    found = await _of_reply(request)
    await moderate.show_reply(blog_of(request), found.about_id or 0)
    await mark_read(blog_of(request), found.id)
    return _back(request, found.id, "shown")


async def feed(request: Request) -> Response:
    """The newest as Atom, for whoever knows the address. Raises NotFound for all others."""
    blog = blog_of(request)
    if not await is_feed(blog, request.path_params["token"]):
        raise NotFound
    site = await get_site(blog)
    found = await notifications.list_notifications(
        blog.db, unread=False, before=None, limit=_ENTRIES
    )
    entries = [_entry(request, notice) for notice in await describe(blog, found)]
    address = f"{blog.addresses.origin}{request.url.path}"
    document = atom(
        Feed(
            title=f"Notifications – {site.title}",
            description="",
            language="en",
            page=f"{blog.addresses.origin}{_PAGE}",
            address=address,
            first=address,
            older="",
            icon="",
            author=Person(site.title, blog.addresses.home),
            updated=max((each.updated for each in entries), default=from_ms(site.created_at)),
            entries=entries,
        )
    )
    return Response(document, headers=_PRIVATE, media_type="application/atom+xml")


async def _page(
    request: Request, refused: Mapping[str, Any] | None = None, *, status: int = 200
) -> Response:
    blog, query = blog_of(request), request.query_params
    which = query.get("state", "")
    which = which if which in _FILTERS else "all"
    before = page_start(query.get("before"))
    found = await notifications.list_notifications(
        blog.db,
        kinds=_FILTERS[which],
        unread=which == "unread",
        before=before,
        limit=_PER_PAGE + 1,
    )
    shown = found[:_PER_PAGE]
    notices = await describe(blog, shown)
    replies = [notice.reply for notice in notices if notice.reply]
    beside = await look_beside(blog.db, replies, blog.clock())
    here = {"state": which} | ({"before": str(before)} if before else {})
    context = {
        "state": which,
        "notices": [_row(notice, beside, here) for notice in notices],
        "newest": shown[0].id if shown and before is None else None,
        "seen": blog.now_ms(),
        "older_url": f"{_PAGE}?state={which}&before={shown[-1].id}"
        if len(found) > _PER_PAGE
        else None,
        "newer_url": f"{_PAGE}?state={which}" if before else None,
    }
    return await admin_page(
        request, "admin/notifications.html", context | dict(refused or {}), status=status
    )


def _row(notice: Notice, beside: Beside, here: Mapping[str, str]) -> dict[str, Any]:
    each = notice.notification
    return {
        "id": each.id,
        "kind": each.kind,
        "unread": each.read_at is None,
        "when": from_ms(each.changed_at),
        "who": notice.who,
        "did_what": notice.did_what,
        "about": notice.about,
        "text": notice.text,
        "path": notice.path,
        "url": notice.url,
        "reply": _reply_row(notice, beside, here) if notice.reply else None,
    }


def _reply_row(notice: Notice, beside: Beside, here: Mapping[str, str]) -> Row:
    """A reply with its deeds, each of which comes back to this page."""
    reply = notice.reply
    if reply is None:
        return {}

    # What can be done is the same everywhere; from here it comes back to here.
    row = reply_row(reply, beside) | controls(reply) | {"permalink": notice.path}
    for name in ("answer", "hide", "show"):
        if row[f"{name}_url"]:
            there = f"{_PAGE}/{notice.notification.id}/{name}"
            row[f"{name}_url"] = f"{there}?{urlencode(here)}"
    return row


async def _of_reply(request: Request) -> Notification:
    found = await notifications.get_notification(blog_of(request).db, request.path_params["number"])
    if found is None or found.kind not in _FILTERS["replies"]:
        raise NotFound("There is no such notification.")
    return found


def _back(request: Request, number: int, notice: str) -> Response:
    query = {
        name: request.query_params[name]
        for name in ("state", "before")
        if name in request.query_params
    }
    address = f"{_PAGE}?{urlencode(query)}" if query else _PAGE
    return back_to(address, notice, element=f"notification-{number}")


def _entry(request: Request, notice: Notice) -> Entry:
    blog, each = blog_of(request), notice.notification
    address = f"{blog.addresses.origin}{_PAGE}?before={each.id + 1}#notification-{each.id}"
    changed = from_ms(each.changed_at)
    html = Markup("<p>{}</p>").format(notice.text) if notice.text else Markup()
    html += Markup('<p><a href="{}">{}</a></p>').format(
        f"{blog.addresses.origin}{notice.path}", "See to it"
    )
    return Entry(
        id=address,
        url=address,
        title=notice.title,
        html=str(html),
        summary="",
        language="",
        published=changed,
        updated=changed,
        author=Person(notice.who or "fediblog", notice.url),
    )
