"""The admin's view of replies: a post's thread, and all replies by their state."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions import answer as answers
from fediblog.actions import moderate
from fediblog.actions.documents import permalink
from fediblog.actions.report_away import reported, send_report
from fediblog.actions.write_post import existing_post
from fediblog.blog import Blog
from fediblog.domain.plaintext import plain_text
from fediblog.errors import FediblogError, Invalid, NotFound
from fediblog.store import outbox, posts, threads
from fediblog.store.moments import maybe_from_ms
from fediblog.store.posts import Post
from fediblog.store.threads import PageStart, ThreadReply
from fediblog.web.admin.delivery_rows import block_person_url
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.admin.walks import look_at_walks
from fediblog.web.context import blog_of
from fediblog.web.forms import fields
from fediblog.web.reactions import look_beside
from fediblog.web.reading import page_start, thread_page_address, thread_page_start
from fediblog.web.rows import Beside, Row, reply_row, tree_rows

_REPLIES_PER_PAGE = 100
_PER_PAGE = 50
_EXCERPT = 500
_STATES = ("held", "private", "hidden", "waiting")
_REASONS = {
    "private": "It was not sent to the public: only you can see it.",
    "hidden": "You have hidden it.",
    "waiting": "The reply that it answers is not here yet.",
}


@signed_in
async def thread(request: Request) -> Response:
    """A post's thread with everything in it, also what readers do not see."""
    after = thread_page_start(request.query_params)
    return await _thread_page(request, await _post(request), after)


@signed_in
async def index(request: Request) -> Response:
    """Replies by their state, newest first."""
    blog = blog_of(request)
    asked = request.query_params.get("state")
    state = asked if asked in _STATES else None
    before = page_start(request.query_params.get("before"))
    found = await threads.list_by_state(blog.db, state, before=before, limit=_PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    address = f"/admin/replies?state={state or 'all'}"
    context = {
        "state": state or "all",
        "rows": await listed(blog, shown),
        "older_url": f"{address}&before={shown[-1].id}" if len(found) > _PER_PAGE else None,
        "newer_url": address if before else None,
    }
    return await admin_page(request, "admin/replies.html", context)


@signed_in
async def place(request: Request) -> Response:
    """Leads to a reply, in its thread."""
    return RedirectResponse(await _address(request, _number(request)), 303)


@signed_in
async def hide(request: Request) -> Response:
    """Take a reply off the page."""
    await moderate.hide_reply(blog_of(request), _number(request))
    return await _back(request, _number(request), "hidden")


@signed_in
async def show(request: Request) -> Response:
    """Put a hidden reply back on the page."""
    await moderate.show_reply(blog_of(request), _number(request))
    return await _back(request, _number(request), "shown")


@signed_in
async def answer_post(request: Request) -> Response:
    """Answer a post."""
    post, form = await _post(request), await fields(request)
    try:
        answer = await answers.answer_post(blog_of(request), post.key, form.get("body", ""))
    except Invalid as error:
        return await _thread_page(request, post, PageStart(), _refused("post", form, error))
    return await _back(request, answer.id, "answered")


@signed_in
async def answer_reply(request: Request) -> Response:
    """Answer a reply."""
    blog, number, form = blog_of(request), _number(request), await fields(request)
    try:
        answer = await answers.answer_reply(blog, number, form.get("body", ""))
    except Invalid as error:
        post, after = await _post_of_reply(request, number), await _page_of(blog, number)
        return await _thread_page(request, post, after, _refused(number, form, error))
    return await _back(request, answer.id, "answered")


@signed_in
async def edit_page(request: Request) -> Response:
    """One of the author's own answers in its form."""
    answer = await answers.own_answer(blog_of(request).db, _number(request))
    return await _edit_page(request, {"body": answer.source}, {})


@signed_in
async def edit(request: Request) -> Response:
    """Change an answer."""
    form = await fields(request)
    try:
        await answers.edit_answer(blog_of(request), _number(request), form.get("body", ""))
    except Invalid as error:
        return await _edit_page(request, dict(form), {"body": error.public}, error.status)
    return await _back(request, _number(request), "saved")


@signed_in
async def delete(request: Request) -> Response:
    """Delete an answer everywhere."""
    await answers.delete_answer(blog_of(request), _number(request))
    return await _back(request, _number(request), "deleted")


@signed_in
async def report_page(request: Request) -> Response:
    """A form that reports a reply to its server."""
    return await _report_page(request, {}, {})


@signed_in
async def report(request: Request) -> Response:
    """Report a reply to its server."""
    form = await fields(request)
    try:
        await send_report(blog_of(request), _number(request), form.get("words", ""))
    except Invalid as error:
        return await _report_page(request, form, {error.field: error.public}, error.status)
    return await _back(request, _number(request), "reported")


async def _report_page(
    request: Request, form: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:
    blog, number = blog_of(request), _number(request)
    reply, author = await reported(blog.db, number)
    post = await _post_of_reply(request, number)
    context = {
        "server": author.authority,
        "author_name": author.name or author.username,
        "excerpt": plain_text(reply.html, _EXCERPT),
        "sent": maybe_from_ms(await outbox.get_last_flag(blog.db, reply.uri)),
        "save_url": f"/admin/replies/{number}/report",
        "cancel_url": f"/admin/posts/{post.key}/thread",
        "form": dict(form),
        "errors": dict(errors),
    }
    return await admin_page(request, "admin/reply_report.html", context, status=status)


async def _thread_page(
    request: Request, post: Post, start: PageStart, answering: Mapping[str, Any] | None = None
) -> Response:
    """start: where the page begins. answering: the form of an answer that was refused."""
    blog = blog_of(request)
    page = await threads.get_thread(
        blog.db, post.id, start, limit=_REPLIES_PER_PAGE, everything=True
    )
    address = f"/admin/posts/{post.key}/thread"
    more = page.rest or page.later
    beside = await look_beside(blog.db, page.replies, blog.clock())
    context = {
        "post": {
            "title": post.title,
            "url": permalink(blog, post),
            "edit_url": f"/admin/posts/{post.key}",
            "quotes_url": f"/admin/quotes?post={post.key}",
        },
        "answer_url": f"/admin/posts/{post.key}/answer",
        "walks": await look_at_walks(blog, post),
        "thread": tree_rows(
            page.replies,
            address,
            beside,
            visible=lambda reply: reply.state != "deleted",
            extra=controls,
        ),
        "older_url": thread_page_address(address, more) if more else None,
        "newer_url": address if start != PageStart() else None,
    }
    status = 422 if answering else 200
    return await admin_page(
        request, "admin/thread.html", context | dict(answering or {}), status=status
    )


async def listed(blog: Blog, replies: Sequence[ThreadReply]) -> list[Row]:
    """Replies in a list that is of no single thread."""
    beside = await look_beside(blog.db, replies, blog.clock())
    numbers = sorted({reply.post_id for reply in replies if reply.post_id})
    there = await posts.list_by_number(blog.db, numbers)
    return [_listed(reply, there.get(reply.post_id or 0), beside) for reply in replies]


def _listed(reply: ThreadReply, post: Post | None, beside: Beside) -> Row:
    address = f"/admin/posts/{post.key}/thread" if post else None
    row = reply_row(reply, beside)
    if reply.state == "deleted":
        row |= {"kind": "gone", "note": "A reply that was deleted"}
    return (
        row
        | controls(reply)
        | {
            "post_title": post.title if post else None,
            "thread_url": f"{address}#reply-{reply.id}" if address else None,
        }
    )


def controls(reply: ThreadReply) -> Row:
    """What the admin can do with a reply. Only a public one can be answered: the answer is."""
    base = f"/admin/replies/{reply.id}"
    mine = reply.key is not None and reply.state == "shown"
    answerable = reply.state in {"shown", "hidden"}
    return {
        "permalink": f"#reply-{reply.id}",
        "state": reply.state,
        "reason": reply.reason or _REASONS.get(reply.state),
        "hide_url": f"{base}/hide" if reply.state in {"shown", "held"} and not mine else None,
        "show_url": f"{base}/show" if reply.state in {"hidden", "held"} else None,
        "answer_url": f"{base}/answer" if answerable else None,
        "edit_url": f"{base}/edit" if mine else None,
        "delete_url": f"{base}/delete" if mine else None,
        "report_url": f"{base}/report" if reply.key is None and reply.post_id else None,
        "block_url": block_person_url(reply.handle, reply.actor_uri) if reply.key is None else None,
    }


def _refused(row: int | str, form: Any, error: FediblogError) -> dict[str, Any]:
    return {"answering": row, "form": dict(form), "errors": {"body": error.public}}


async def _edit_page(
    request: Request, form: dict[str, str], errors: dict[str, str], status: int = 200
) -> Response:
    post = await _post_of_reply(request, _number(request))
    context = {
        "post": {"title": post.title},
        "save_url": f"/admin/replies/{_number(request)}/edit",
        "cancel_url": f"/admin/posts/{post.key}/thread",
        "form": form,
        "errors": errors,
    }
    return await admin_page(request, "admin/answer_edit.html", context, status=status)


async def _back(request: Request, number: int, notice: str) -> Response:
    """To a reply, in its thread."""
    address, _, element = (await _address(request, number)).partition("#")
    return back_to(address, notice, element=element)


async def _address(request: Request, number: int) -> str:
    """Where a reply stands in its thread."""
    post, after = await _post_of_reply(request, number), await _page_of(blog_of(request), number)
    address = thread_page_address(f"/admin/posts/{post.key}/thread", after)
    return f"{address}#reply-{number}"


async def _page_of(blog: Blog, number: int) -> PageStart:
    reply = await threads.get_thread_reply(blog.db, number)
    if reply is None:
        return PageStart()
    return await threads.find_page(blog.db, reply, limit=_REPLIES_PER_PAGE, everything=True)


async def _post(request: Request) -> Post:
    post = await existing_post(blog_of(request).db, request.path_params["key"])
    if post.state != "published":
        raise NotFound("A draft has no replies.")
    return post


async def _post_of_reply(request: Request, number: int) -> Post:
    post = await posts.get_post_of_reply(blog_of(request).db, number)
    if post is None:
        raise NotFound("There is no such reply.")
    return post


def _number(request: Request) -> int:
    number: int = request.path_params["number"]
    return number
