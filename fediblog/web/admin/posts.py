"""The admin's posts: list, write, edit, schedule, delete."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions import write_post
from fediblog.actions.delete_post import delete_post, undelete_post
from fediblog.actions.documents import permalink
from fediblog.actions.keep_medium import store_picture
from fediblog.actions.pin_post import pin_post, unpin_post
from fediblog.actions.post_form import PostForm, fingerprint, form_of
from fediblog.actions.problems import Problems
from fediblog.actions.resend_post import resend_post, resendable_at
from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.domain.licences import LICENCES
from fediblog.domain.local_time import comes_twice, in_words, local_text
from fediblog.domain.plaintext import one_line
from fediblog.domain.policy import POLICIES
from fediblog.errors import Invalid, NotFound, Overtaken
from fediblog.store import media, outbox, posts
from fediblog.store.moments import from_ms, maybe_from_ms
from fediblog.store.post_revisions import get_post_revision, list_post_revisions
from fediblog.store.posts import Post
from fediblog.web.admin.conflicts import compare, put_together
from fediblog.web.admin.copies import (
    continued,
    copies_context,
    keeps_what_is_typed,
    settle,
)
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.forms import fields, takes_a_file, uploaded_file
from fediblog.web.pictures import picture_context, small_url
from fediblog.web.reading import page_start

_PER_PAGE = 30
_MOST_TO_CHOOSE_FROM = 12
#: What is typed for a post that is not there yet.
_NEW = "post/new"
#: Of the tags that are there so many are offered, those used most.
_MOST_TAGS = 500
_MOST_UNDO = 20
_LONGEST_SEARCH = 100
#: What can be asked for, in the order of the list's tabs.
_STATES = {"draft": "Drafts", "scheduled": "Scheduled", "published": "Published"}


@signed_in
async def index(request: Request) -> Response:
    """Posts, all or those that are sought, with how far each has got."""
    blog, query = blog_of(request), request.query_params
    before = page_start(query.get("before"))
    state = query.get("state", "") if query.get("state") in _STATES else ""
    words = one_line(query.get("q", "").replace("\0", ""))[:_LONGEST_SEARCH]
    found = await posts.list_posts(
        blog.db, before=before, limit=_PER_PAGE + 1, state=state, words=words
    )
    shown = found[:_PER_PAGE]
    counts = await blog.thread_counts.by_state(blog.db, shown)
    sent = await outbox.count_deliveries(
        blog.db, [blog.addresses.article(post.key) for post in shown]
    )
    zone = (await get_site(blog)).timezone
    deleting = await posts.list_posts(blog.db, before=None, limit=_MOST_UNDO, state="deleting")
    in_states = await posts.count_by_state(blog.db)
    here = {name: value for name, value in (("state", state), ("q", words)) if value}
    context = {
        "posts": [
            _row(blog, post, counts.get(post.id, {}), sent[blog.addresses.article(post.key)], zone)
            for post in shown
        ],
        "older_url": _address(here, before=shown[-1].id) if len(found) > _PER_PAGE else None,
        "newer_url": _address(here) if before else None,
        "state": state,
        "words": words,
        "states": [(name, label, in_states.get(name, 0)) for name, label in _STATES.items()],
        "total": sum(in_states.values()),
        "deleting": [_undo(post, zone) for post in deleting],
        "notice_links": _just_published(blog, shown, query.get("post")),
    }
    return await admin_page(request, "admin/posts.html", context)


@signed_in
async def new_page(request: Request) -> Response:
    """An empty form, or what was typed and not saved."""
    return await _form_page(request, None, await continued(request, _NEW) or {}, {})


@takes_a_file
@keeps_what_is_typed
@signed_in
async def create(request: Request) -> Response:
    """Write a post; what was typed, and a picture, stay in the form when something does not fit."""
    blog, form = blog_of(request), dict(await fields(request))
    if form.get("action") == "write":
        return await _form_page(request, None, form, {})
    action, problems = form.get("action"), Problems()
    form["lead"] = await lead_of(request, form, problems)
    _refuse_doubt(form, problems)
    try:
        post = await write_post.create_post(
            blog,
            PostForm.from_mapping(form),
            publish=action == "publish",
            schedule=action == "schedule",
            problems=problems,
        )
    except Invalid as error:
        return await _form_page(request, None, form, error.problems, status=error.status)
    await settle(request, _NEW, form)
    return await _saved(blog, post)


@signed_in
async def edit_page(request: Request) -> Response:
    """A post in its form: for ?copy=, with what was typed and not saved; for ?revision=, with what
    it once said, to be saved as an edit."""
    blog, post = blog_of(request), await _post(request)
    if typed := await continued(request, _place(post)):
        return await _form_page(request, post, typed, {})
    form = await form_of(blog.db, post)
    if number := page_start(request.query_params.get("revision")):
        revision = await get_post_revision(blog.db, post.id, number)
        if revision is None:
            raise NotFound
        form = replace(form, title=revision.title, body=revision.source)
    return await _form_page(request, post, asdict(form), {})


@takes_a_file
@keeps_what_is_typed
@signed_in
async def edit(request: Request) -> Response:
    """Write an edit. What was changed since the form was opened is shown, and not written over."""
    blog, post, form = blog_of(request), await _post(request), dict(await fields(request))
    if form.get("action") == "write":
        return await _form_page(request, post, form, {})
    action, problems = form.get("action"), Problems()
    form["lead"] = await lead_of(request, form, problems)
    if action == "merge":
        return await _merged_page(request, post, form)
    if post.state == "draft":
        _refuse_doubt(form, problems)
    try:
        edited = await write_post.edit_post(
            blog,
            post.key,
            PostForm.from_mapping(form),
            publish=action == "publish",
            schedule=action == "schedule",
            unschedule=action == "draft",
            based_on=form.get("based_on", ""),
            problems=problems,
        )
    except Invalid as error:
        return await _form_page(request, post, form, error.problems, status=error.status)
    except Overtaken as error:
        return await _overtaken_page(request, form, status=error.status)
    await settle(request, _place(post), form)
    if edited.state == post.state != "scheduled":
        return back_to("/admin/posts", "quiet" if form.get("quiet") else "saved")
    return await _saved(blog, edited)


@signed_in
async def delete_page(request: Request) -> Response:
    """Ask before deleting."""
    blog, post = blog_of(request), await _post(request)
    counts = (await blog.thread_counts.by_state(blog.db, [post]))[post.id]
    context = {
        "post": {"title": post.title, "state": post.state, "reply_count": counts.get("shown", 0)},
        "undo_seconds": blog.settings.undo_seconds,
        "delete_url": f"/admin/posts/{post.key}/delete",
        "cancel_url": f"/admin/posts/{post.key}",
    }
    return await admin_page(request, "admin/post_delete.html", context)


@signed_in
async def delete(request: Request) -> Response:
    """Delete a post everywhere; for a while that can be taken back."""
    blog = blog_of(request)
    await delete_post(blog, request.path_params["key"])
    if blog.settings.undo_seconds:
        return RedirectResponse("/admin/posts", 303)
    return back_to("/admin/posts", "deleted")


@signed_in
async def undelete(request: Request) -> Response:
    """Take a deletion back."""
    await undelete_post(blog_of(request), request.path_params["key"])
    return back_to("/admin/posts", "undeleted")


@signed_in
async def resend_page(request: Request) -> Response:
    """Say what it does to show a post to the followers again, and ask."""
    blog, post = blog_of(request), await _post(request)
    if post.state != "published":
        raise NotFound
    again = resendable_at(post)
    zone = (await get_site(blog)).timezone
    context = {
        "post": {"title": post.title},
        "resend_url": f"/admin/posts/{post.key}/resend",
        "cancel_url": f"/admin/posts/{post.key}",
        "not_before": in_words(from_ms(again), zone) if again > blog.now_ms() else None,
        "before": in_words(from_ms(post.resent_at), zone) if post.resent_at else None,
    }
    return await admin_page(request, "admin/post_resend.html", context)


@signed_in
async def resend(request: Request) -> Response:
    """Show a post to the followers again."""
    await resend_post(blog_of(request), request.path_params["key"])
    return back_to("/admin/posts", "resent")


@signed_in
async def forget_page(request: Request) -> Response:
    """Ask before forgetting earlier texts."""
    post = await _post(request)
    context = {
        "post": {"title": post.title},
        "forget_url": f"/admin/posts/{post.key}/forget",
        "cancel_url": f"/admin/posts/{post.key}",
    }
    return await admin_page(request, "admin/post_forget.html", context)


@signed_in
async def forget(request: Request) -> Response:
    """Forget every earlier text of a post."""
    post = await write_post.forget_earlier(blog_of(request), request.path_params["key"])
    return back_to(f"/admin/posts/{post.key}", "forgotten")


@signed_in
async def pin(request: Request) -> Response:
    """Let a post stand above the others."""
    await pin_post(blog_of(request), request.path_params["key"])
    return back_to("/admin/posts", "pinned")


@signed_in
async def unpin(request: Request) -> Response:
    """Let it stand among the others again."""
    await unpin_post(blog_of(request), request.path_params["key"])
    return back_to("/admin/posts", "unpinned")


def _place(post: Post) -> str:
    return f"post/{post.key}"


async def _post(request: Request) -> Post:
    return await write_post.existing_post(blog_of(request).db, request.path_params["key"])


async def lead_of(request: Request, form: Mapping[str, str], problems: Problems) -> str:
    """The name of the lead picture: of the one that comes with the form, else of the one that was
    picked, else of the one that it has already. problems: is told of one that cannot be used."""
    if body := await uploaded_file(request, "lead_file"):
        stored = await problems.awaited(store_picture(blog_of(request), body), None)
        if stored is not None:
            return stored.name
    if picked := form.get("lead_pick"):
        return picked
    return "" if form.get("remove_lead") else form.get("lead", "")


async def _library(blog: Blog) -> list[dict[str, Any]]:
    """The newest of the author's pictures, to choose from."""
    newest = await media.list_media(
        blog.db, kind="picture", words=(), before=None, limit=_MOST_TO_CHOOSE_FROM
    )
    return [
        {
            "name": medium.name,
            "title": medium.title or "A picture without a description",
            "alt": medium.alt,
            "url": small_url(medium),
            "width": medium.width,
            "height": medium.height,
        }
        for medium in newest
    ]


def _refuse_doubt(form: Mapping[str, str], problems: Problems) -> None:
    """Nothing goes out at once by the wrong button: that could not be taken back."""
    if form.get("action") == "publish" and form.get("publish_at", "").strip():
        sentence = (
            "You have chosen a time. Press “Schedule” to have it published then, or empty this "
            "field to publish it now."
        )
        problems.found.append(Invalid(sentence, field="publish_at"))


async def _overtaken_page(request: Request, form: dict[str, str], *, status: int) -> Response:
    """What was typed, beside what is saved: from here on it is the author who decides."""
    post = await _post(request)
    saved = await form_of(blog_of(request).db, post)
    form["based_on"] = fingerprint(saved)
    changes = compare(asdict(saved), asdict(PostForm.from_mapping(form)))
    return await _form_page(request, post, form, {}, changes, status=status)


async def _merged_page(request: Request, post: Post, form: dict[str, str]) -> Response:
    """The form with what was picked; anew what differs if it has been changed once more."""
    saved = await form_of(blog_of(request).db, post)
    if form.get("based_on") != fingerprint(saved):
        return await _overtaken_page(request, form, status=Overtaken.status)
    return await _form_page(request, post, put_together(asdict(saved), form), {})


async def _saved(blog: Blog, post: Post) -> Response:
    """To the list, with what has become of a post; one that is published now can be viewed."""
    notice = await _notice(blog, post)
    path = f"/admin/posts?post={post.key}" if notice == "published" else "/admin/posts"
    return back_to(path, notice)


def _just_published(blog: Blog, shown: Sequence[Post], key: str | None) -> list[tuple[str, str]]:
    """Where to go from the notice that a post is published: labels and addresses."""
    for post in shown:
        if post.key == key and post.state == "published":
            travels = f"/admin/posts/{post.key}/deliveries"
            return [("View it", permalink(blog, post)), ("Watch it travel", travels)]
    return []


async def _notice(blog: Blog, post: Post) -> str:
    """The word for what has become of a post that was saved."""
    if post.state == "published":
        return "published"
    if post.state == "scheduled" and post.publish_at is not None:
        zone = (await get_site(blog)).timezone
        return "scheduled_twice" if comes_twice(from_ms(post.publish_at), zone) else "scheduled"
    return "draft"


async def _form_page(
    request: Request,
    post: Post | None,
    form: Mapping[str, str],
    errors: Mapping[str, str],
    changes: Sequence[Mapping[str, Any]] = (),
    *,
    status: int = 200,
) -> Response:
    blog = blog_of(request)
    lead = await media.get_medium_by_name(blog.db, form.get("lead", ""))
    site = await get_site(blog)
    saved = await form_of(blog.db, post) if post else PostForm("", "")
    based_on = form.get("based_on") or (fingerprint(saved) if post else "")
    place = _place(post) if post else _NEW
    context = await copies_context(request, place, form, asdict(saved)) | {
        "post": await _form_post(blog, post, site.timezone) if post else None,
        "save_url": f"/admin/posts/{post.key}" if post else "/admin/posts/new",
        "form": dict(form) | {"based_on": based_on},
        "errors": dict(errors),
        "changes": changes,
        "lead": picture_context(lead, form.get("lead_alt", "")) if lead else None,
        "library": await _library(blog),
        "licences": list(LICENCES.values()),
        "policies": POLICIES,
        "categories": await posts.list_categories(blog.db),
        "tags": await posts.list_tag_names(blog.db, _MOST_TAGS),
        "site_language": site.language,
        "timezone": site.timezone,
        "now": local_text(blog.clock(), site.timezone),
    }
    return await admin_page(request, "admin/post_form.html", context, status=status)


async def _form_post(blog: Blog, post: Post, zone: str) -> dict[str, Any]:
    published = post.state == "published"
    edited = bool(await list_post_revisions(blog.db, post.id, before=None, limit=1, drafts=True))
    return {
        "scheduled": in_words(from_ms(post.publish_at), zone) if post.publish_at else None,
        "note": post.note,
        "revisions_url": f"/admin/posts/{post.key}/revisions" if edited else None,
        "resend_url": f"/admin/posts/{post.key}/resend" if published else None,
        "title": post.title,
        "state": post.state,
        "url": permalink(blog, post) if published else None,
        "thread_url": f"/admin/posts/{post.key}/thread" if published else None,
        "forget_url": f"/admin/posts/{post.key}/forget" if edited else None,
        "delete_url": f"/admin/posts/{post.key}/delete",
        "pin_url": f"/admin/posts/{post.key}/{'unpin' if post.pinned_at else 'pin'}",
        "pinned": post.pinned_at is not None,
    }


def _undo(post: Post, zone: str) -> dict[str, Any]:
    return {
        "title": post.title,
        "until": in_words(from_ms(post.delete_at or 0), zone),
        "told": post.published_at is not None,
        "undelete_url": f"/admin/posts/{post.key}/undelete",
    }


def _address(here: Mapping[str, str], **more: int) -> str:
    query = urlencode({**here, **more})
    return f"/admin/posts?{query}" if query else "/admin/posts"


def _row(
    blog: Blog, post: Post, counts: Mapping[str, int], sent: Mapping[str, int], zone: str
) -> dict[str, Any]:
    published = post.state == "published"
    return {
        "title": post.title or "(deleted)",
        "state": post.state,
        "url": permalink(blog, post) if published else None,
        "edit_url": f"/admin/posts/{post.key}" if post.state in _STATES else None,
        "scheduled": in_words(from_ms(post.publish_at), zone) if post.publish_at else None,
        "note": post.note,
        "thread_url": f"/admin/posts/{post.key}/thread" if published else None,
        "deliveries_url": f"/admin/posts/{post.key}/deliveries",
        "published": maybe_from_ms(post.published_at),
        "pinned": post.pinned_at is not None,
        "reply_count": counts.get("shown", 0),
        "deliveries": {
            "delivered": sent.get("done", 0),
            "waiting": sent.get("queued", 0),
            "failed": sent.get("failed", 0),
        },
    }
