"""The conversation beneath a post, as the templates want it: one page of its thread."""

from collections.abc import Mapping, Sequence
from typing import Any

from fediblog.actions.documents import permalink
from fediblog.blog import Blog
from fediblog.store import threads
from fediblog.store.posts import Post
from fediblog.store.threads import Order, PageStart, ThreadReply
from fediblog.web.quotes import quotes_of_answers
from fediblog.web.reactions import look_beside
from fediblog.web.reading import thread_page_address
from fediblog.web.rows import Row, answer_at, changed_rows, permalink_of, tree_rows

#: Replies on one page, in whole branches as far as they fit.
REPLIES_PER_PAGE = 100
#: Changes that are told to an open page at once.
_CHANGES_AT_ONCE = 100
_ORDERS: Sequence[Order] = ("oldest", "newest", "liked")


async def conversation(blog: Blog, post: Post, address: str, start: PageStart) -> dict[str, Any]:
    """One page of a post's thread, and the ways to the others. address: the post's permalink."""
    page = await threads.get_thread(blog.db, post.id, start, limit=REPLIES_PER_PAGE)
    about = await _about(blog, address, page.replies, in_tree=True)
    rows = tree_rows(
        page.replies,
        thread_page_address(address, start),
        await look_beside(blog.db, page.replies, blog.clock()),
        visible=_is_shown,
        extra=lambda reply: about[reply.id],
        order=start.order,
        folding=True,
    )

    def to(there: PageStart | None) -> str | None:
        return f"{thread_page_address(address, there)}#responses" if there else None

    return {
        **await _counts(blog, post),
        "rows": rows,
        "order": start.order,
        "orders": [{"order": order, "url": to(PageStart(order))} for order in _ORDERS],
        "branch_url": permalink_of(start.branch) if start.branch is not None else None,
        "first_url": to(PageStart(start.order)) if start.branch or start.after else None,
        "rest_url": to(page.rest),
        "later_url": to(page.later),
        "is_first": start == PageStart(),
        "feed_url": f"{address}/responses.atom",
    }


async def changes(blog: Blog, post: Post, since: int) -> dict[str, Any]:
    """What came or has changed in a thread since a version of its post, for an open page."""
    found = await threads.list_changed(blog.db, post.id, since=since, limit=_CHANGES_AT_ONCE + 1)
    replies = found[:_CHANGES_AT_ONCE]
    about = await _about(blog, permalink(blog, post), replies, in_tree=False)
    beside = await look_beside(blog.db, replies, blog.clock())
    return {
        **await _counts(blog, post),
        "rows": changed_rows(
            replies, beside, visible=_is_shown, extra=lambda reply: about[reply.id]
        ),
        "too_many": len(found) > _CHANGES_AT_ONCE,
    }


async def _counts(blog: Blog, post: Post) -> dict[str, Any]:
    """How many responses there are, and honestly how many more that nobody sees. The version was
    read before them, so whatever comes later is told as a change."""
    counts = (await blog.thread_counts.by_state(blog.db, [post]))[post.id]
    unseen = sum(number for state, number in counts.items() if state not in {"shown", "deleted"})
    return {"count": counts.get("shown", 0), "unseen": unseen, "version": post.version}


async def _about(
    blog: Blog, address: str, replies: Sequence[ThreadReply], *, in_tree: bool
) -> Mapping[int, Row]:
    """More for each row: where it can be answered, who quotes it, and what it answers. in_tree:
    whether the rows stand in a tree, which says that of those whose parent is among them."""
    here = {reply.id for reply in replies} if in_tree else set()
    wanted = {reply.parent_id for reply in replies if reply.parent_id} - here
    parents = {parent.id: parent for parent in await threads.list_replies(blog.db, wanted)}
    quoted = await quotes_of_answers(blog.db, replies, address)
    found: dict[int, Row] = {}
    for reply in replies:
        found[reply.id] = {"answer_at": answer_at(reply.uri), **quoted.get(reply.id, {})}
        if parent := parents.get(reply.parent_id or 0):
            found[reply.id] |= {
                "parent_id": parent.id,
                "parent_name": parent.name or parent.username if _is_shown(parent) else None,
                "parent_permalink": permalink_of(parent.id),
            }
            if in_tree:
                found[reply.id]["parent_elsewhere"] = True
    return found


def _is_shown(reply: ThreadReply) -> bool:
    return reply.state == "shown"
