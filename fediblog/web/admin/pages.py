"""What every page of the admin is told, and short notices from one page to the next."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.site import get_site
from fediblog.store import notifications, replies, reports
from fediblog.web.context import blog_of, templates_of
from fediblog.web.site.pages import site_context

#: Notices travel as a word, so nobody can put a sentence of theirs on the page by a link.
_NOTICES = {
    "published": "Published. It is on its way to your followers.",
    "draft": "Kept as a draft.",
    "saved": "Saved.",
    "pinned": "Pinned above the other posts, and on your profile elsewhere.",
    "unpinned": "It stands among the other posts again.",
    "forgotten": "Forgotten: what it says now is all that is kept of it.",
    "scheduled": "It will be published at its time.",
    "scheduled_twice": "It will be published at its time. The clocks show that time twice on that "
    "day, for they are put back: it is the first of both.",
    "quiet": "Saved. No server is told of it.",
    "resent": "Your followers are being shown it again.",
    "undeleted": "It is back, as if nothing had happened.",
    "deleted": "Deleted, here and everywhere it had gone.",
    "page_published": "Published: everybody can read the page at its address now.",
    "page_deleted": "The page is deleted.",
    "uploaded": "Uploaded. Say what is to be seen on your pictures, for those who cannot see them.",
    "links_checked": "The pages behind your links were asked just now.",
    "medium_deleted": "The file is deleted.",
    "answered": "Your answer is on its way.",
    "hidden": "Hidden from the page.",
    "shown": "Shown on the page again.",
    "revoked": "Taken back: it is not shown any more.",
    "removed": "This follower is removed.",
    "read": "All of them are read.",
    "feed_removed": "The feed has no address any more.",
    "backing_up": "A backup is being made, which takes a while if there is much.",
    "backup_deleted": "The backup is deleted.",
    "examined": "This is how it is now.",
    "mailed": "A mail is on its way to you.",
    "steps_put_away": "The first steps are put away.",
    "counting": "Reads are counted from now on.",
    "not_counting": "Reads are counted no more, and what was counted is forgotten.",
    "closed": "The report is closed.",
    "password_changed": "The password is changed; every other browser is signed out.",
    "codes_asked": "From now on a code of the app is asked for.",
    "passkey_added": "The passkey is here. You can sign in with it.",
    "revoked_token": "Taken back: whoever has it can do nothing with it any more.",
    "signed_out": "Signed out there.",
    "reported": "The report is on its way to that server.",
    "block_set": "Blocked.",
    "block_ended": "The block is taken back, and what it has hidden comes back.",
    "approved": "Approved: it is shown on the page.",
    "allowed": "Approved, and whatever this person says from now on.",
    "rejected": "Rejected: it stays off the page.",
    "erased": "Deleted here: it does not come again.",
    "retried": "It is tried now.",
    "nothing_to_try": "There is nothing to try: it is under way or done, or a newer version has "
    "been sent since.",
    "given_up": "Given up: it is not tried any more.",
    "again": "It is processed again.",
}


async def admin_page(
    request: Request, template: str, context: dict[str, Any], *, status: int = 200
) -> Response:
    """A page that is kept by no cache."""
    blog = blog_of(request)
    signed_in = bool(getattr(request.state, "csrf", ""))
    site = await get_site(blog)
    everything = {
        "site": site_context(request, site),
        "open_reports": await reports.count_open(blog.db) if signed_in else 0,
        "unread": await notifications.count_unread(blog.db) if signed_in else 0,
        "held_replies": await replies.count_held(blog.db) if signed_in else 0,
        "csrf": getattr(request.state, "csrf", ""),
        "notice": _NOTICES.get(request.query_params.get("notice", "")),
    }
    return templates_of(request).page(
        template, everything | context, zone=site.timezone, status=status, cache="no-store"
    )


def back_to(path: str, notice: str, *, element: str = "") -> Response:
    """To another page after a deed, with a notice. element: the id of where on the page."""
    separator, fragment = "&" if "?" in path else "?", f"#{element}" if element else ""
    return RedirectResponse(f"{path}{separator}notice={notice}{fragment}", 303)
