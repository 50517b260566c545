"""What handlers read first: the post that an address names, or why there is none."""

from starlette.requests import Request

from fediblog.errors import Gone, NotFound
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post
from fediblog.store.threads import Cursor


def published_post(post: Post | None) -> Post:
    """The post if everybody may see it. Raises NotFound for none or a draft, Gone if deleted."""
    if post is None or post.published_at is None:
        raise NotFound
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


def thread_page_start(text: str | None) -> Cursor:
    """Where a page of a thread begins; its beginning for none or nonsense."""
    branch, _, row = (text or "").partition(".")
    return Cursor(page_start(branch) or 0, page_start(row) or 0)


def thread_page_address(address: str, start: Cursor) -> str:
    """The address of the page of a thread that begins there."""
    if start == Cursor(0, 0):
        return address
    return f"{address}?after={start.branch}" + (f".{start.row}" if start.row else "")
