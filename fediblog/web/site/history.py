"""How a reply has changed: every text of it that was public, with its time."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.documents import permalink
from fediblog.domain.changes import Change, find_change
from fediblog.domain.plaintext import plain_text
from fediblog.errors import NotFound
from fediblog.store import posts, revisions, threads
from fediblog.store.moments import from_ms
from fediblog.store.revisions import Revision
from fediblog.web.context import blog_of
from fediblog.web.reactions import look_beside
from fediblog.web.reading import published_post
from fediblog.web.rows import reply_row
from fediblog.web.site.pages import site_page

#: Characters of HTML; what changed in longer texts is left to the reader's eyes.
_LONGEST = 20_000


async def history(request: Request) -> Response:
    """The versions of a reply that is shown, newest first. Raises NotFound for any other."""
    blog = blog_of(request)
    reply = await threads.get_thread_reply(blog.db, request.path_params["number"])
    if reply is None or reply.state != "shown":
        raise NotFound
    post = published_post(await posts.get_post_by_number(blog.db, reply.post_id or 0))
    earlier = await revisions.list_public_revisions(blog.db, reply.id)
    now = Revision(
        reply.html, reply.warning, reply.language, reply.updated_at or reply.published_at
    )
    address = permalink(blog, post)
    context = {
        "reply": reply_row(reply, await look_beside(blog.db, [reply], blog.clock())),
        "post": {"title": post.title, "url": address, "language": post.language},
        "versions": _versions([*earlier, now]),
        "nothing_earlier": not earlier,
    }
    return await site_page(request, "site/history.html", context)


def _versions(texts: Sequence[Revision]) -> list[dict[str, Any]]:
    """Newest first, each with what is new in it."""
    before: Sequence[Revision | None] = [None, *texts[:-1]]
    rows = [
        {
            "written": from_ms(text.written_at),
            "content_html": text.html,
            "warning": text.warning or None,
            "language": text.language or None,
            "orphan": False,
            "change": _change(old, text) if old else None,
        }
        for old, text in zip(before, texts, strict=True)
    ]
    return rows[::-1]


def _change(old: Revision, new: Revision) -> Change | None:
    if max(len(old.html), len(new.html)) > _LONGEST:
        return None
    return find_change(_plain(old), _plain(new))


def _plain(text: Revision) -> str:
    return f"{text.warning} {plain_text(text.html)}"
