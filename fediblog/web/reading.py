"""What handlers read first: the post that an address names, or why there is none."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request

from fediblog.errors import BeingDeleted, Gone, NotFound
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post
from fediblog.store.threads import Cursor, Order, PageStart

_SORTS: Mapping[str, Order] = {"newest": "newest", "liked": "liked"}


def published_post(post: Post | None) -> Post:
    """The post if everybody may see it. Raises NotFound for none or what is not out yet, Gone if
    deleted, BeingDeleted if that can still be taken back."""
    if post is None or post.published_at is None:
        raise NotFound
    if post.state == "deleting":
        raise BeingDeleted
    if post.state == "deleted":
        raise Gone("This post has been deleted.")
    return post


def is_at(request: Request, found: Post) -> bool:
    """Whether the address that was asked for, /{year}/{month}/{slug}…, is where the post is now."""
    published = from_ms(found.published_at or 0)
    asked = (request.path_params[name] for name in ("year", "month", "slug"))
    return tuple(asked) == (f"{published:%Y}", f"{published:%m}", found.slug)


def page_start(text: str | None) -> int | None:
    """Where a page begins, from its query parameter; None for none or nonsense."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def post_page_start(text: str | None) -> tuple[int, int] | None:
    """Where a page of posts begins: (published, row number) of the last post seen."""
    published, _, number = (text or "").partition(".")
    start = page_start(published), page_start(number)
    return (start[0], start[1]) if start[0] is not None and start[1] is not None else None


def post_page_cursor(published_at: int | None, number: int) -> str:
    """The query parameter for the page after the post of this time (ms) and row number."""
    return f"{published_at}.{number}"


def thread_page_start(query: Mapping[str, str]) -> PageStart:
    """Where a page of a thread begins; what is nonsense counts as if it was not there.

    sort: newest or liked; after: rank and row number of the last reply seen; branch: the row number
    of the top-level reply of which alone the page is.
    """
    order = _SORTS.get(query.get("sort", ""), "oldest")
    branch = page_start(query.get("branch"))
    after = post_page_start(query.get("after"))
    return PageStart(order, branch, Cursor(*after) if after else None)


def thread_page_address(address: str, start: PageStart) -> str:
    """The address of the page of a thread that begins there."""
    query: dict[str, str | int] = {}
    if start.order != "oldest":
        query["sort"] = start.order
    if start.branch is not None:
        query["branch"] = start.branch
    if start.after is not None:
        query["after"] = f"{start.after.rank}.{start.after.row}"
    return f"{address}?{urlencode(query)}" if query else address
