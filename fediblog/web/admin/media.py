"""The admin's media: uploaded once, used in posts and pages."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fediblog.actions.delete_medium import delete_medium
from fediblog.actions.describe_medium import describe_medium, described_by, existing_medium
from fediblog.actions.keep_medium import keep_upload
from fediblog.blog import Blog
from fediblog.domain.file_types import TYPES
from fediblog.domain.search_words import composed, find_words
from fediblog.errors import Conflict, FediblogError, Invalid
from fediblog.store import media
from fediblog.store.media import Described, Medium, Use
from fediblog.store.moments import from_ms
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.forms import fields
from fediblog.web.pictures import OWN, markdown_of, small_url
from fediblog.web.reading import page_start
from fediblog.web.uploads import MOST_FILES, Upload, takes_uploads, uploads_of

_PER_PAGE = 24
_MOST_WORDS = 10
_MOST_USES = 100


@signed_in
async def index(request: Request) -> Response:
    """Everything that was uploaded, the newest first, and what is uploaded next."""
    return await _index_page(request, [])


@takes_uploads
@signed_in
async def add(request: Request) -> Response:
    """Take several files of a form. Those that do not fit are named with the reason, and the others
    are kept."""
    refused: list[dict[str, str]] = []
    uploads = await uploads_of(request)
    for upload in uploads:
        try:
            await _keep(blog_of(request), upload, Described())
        except FediblogError as error:
            refused.append({"name": upload.name, "why": error.public})
    if not uploads:
        refused.append({"name": "", "why": "Choose a file first."})
    if refused:
        return await _index_page(request, refused, kept=len(uploads) - len(refused), status=422)
    return back_to("/admin/media", "uploaded")


@takes_uploads
@signed_in
async def upload(request: Request) -> Response:
    """Take a file for a script, which learns how to show it: as `file` of a form, perhaps with
    `alt` and `caption`. What does not fit is answered with {"error": why}, as to every program."""
    described = described_by(await fields(request))
    files = await uploads_of(request)
    if len(files) != 1:
        raise Invalid("Choose one file.", field="file")
    medium = await _keep(blog_of(request), files[0], described)
    told = {
        "url": OWN + medium.common_file,
        "page": f"/admin/media/{medium.id}",
        "small": small_url(medium),
        "name": medium.name,
        "title": medium.title,
        "kind": medium.kind,
        "width": medium.common_width,
        "height": medium.common_height,
        "alt": medium.alt,
        "markdown": markdown_of(medium),
    }
    return JSONResponse(told, 201)


@signed_in
async def one(request: Request) -> Response:
    """A medium: what it is, where it is used, what the author says of it."""
    medium = await _medium(request)
    return await _one_page(request, medium, _form_of(medium), {})


@signed_in
async def describe(request: Request) -> Response:
    """Write what the author says of it."""
    medium, form = await _medium(request), await fields(request)
    try:
        await describe_medium(blog_of(request), medium.id, form)
    except Invalid as error:
        errors = {error.field: error.public}
        return await _one_page(request, medium, form, errors, status=error.status)
    return back_to(f"/admin/media/{medium.id}", "saved")


@signed_in
async def delete_page(request: Request) -> Response:
    """Ask before deleting, and show what uses it."""
    return await _delete_page(request, await _medium(request), "")


@signed_in
async def delete(request: Request) -> Response:
    """Delete it; if it is used, only when that was ticked."""
    medium, form = await _medium(request), await fields(request)
    try:
        await delete_medium(blog_of(request), medium.id, used=bool(form.get("used")))
    except Conflict as error:
        return await _delete_page(request, medium, "Tick this first.", status=error.status)
    return back_to("/admin/media", "medium_deleted")


async def _keep(blog: Blog, upload: Upload, described: Described) -> Medium:
    if upload.too_large:
        most = blog.settings.largest_upload // 1_000_000
        raise Invalid(f"This file is larger than {most} MB.", field="file")
    if not upload.size:
        raise Invalid("This file is empty.", field="file")
    return await keep_upload(blog, upload.path, upload.name, described)


async def _medium(request: Request) -> Medium:
    return await existing_medium(blog_of(request).db, request.path_params["number"])


async def _index_page(
    request: Request, refused: list[dict[str, str]], *, kept: int = 0, status: int = 200
) -> Response:
    blog, asked = blog_of(request), request.query_params
    kind = asked.get("kind", "") if asked.get("kind") in media.KINDS else ""
    query, before = asked.get("q", "")[:200], page_start(asked.get("before"))
    words = [word.text for word in find_words(composed(query))][:_MOST_WORDS]
    found = await media.list_media(
        blog.db, kind=kind, words=words, before=before, limit=_PER_PAGE + 1
    )
    shown = found[:_PER_PAGE]
    older = len(found) > _PER_PAGE
    uses = await media.count_uses(blog.db, shown)
    narrowed = {name: value for name, value in (("kind", kind), ("q", query)) if value}
    context = {
        "media": [_row(medium) | {"uses": uses.get(medium.id, 0)} for medium in shown],
        "kind": kind,
        "query": query,
        "refused": refused,
        "kept": kept,
        "most_files": MOST_FILES,
        "most_bytes": blog.settings.largest_upload,
        "older_url": _list_url(narrowed | {"before": shown[-1].id}) if older else None,
        "newer_url": _list_url(narrowed) if before else None,
    }
    return await admin_page(request, "admin/media.html", context, status=status)


async def _one_page(
    request: Request,
    medium: Medium,
    form: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> Response:
    uses = await media.list_uses(blog_of(request).db, medium, _MOST_USES)
    context = {
        "medium": _row(medium),
        "uses": [_use(use) for use in uses],
        "form": dict(form),
        "errors": dict(errors),
    }
    return await admin_page(request, "admin/medium.html", context, status=status)


async def _delete_page(
    request: Request, medium: Medium, error: str, *, status: int = 200
) -> Response:
    uses = await media.list_uses(blog_of(request).db, medium, _MOST_USES)
    context = {"medium": _row(medium), "uses": [_use(use) for use in uses], "error": error}
    return await admin_page(request, "admin/medium_delete.html", context, status=status)


def _list_url(narrowed: Mapping[str, Any]) -> str:
    return f"/admin/media?{urlencode(narrowed)}" if narrowed else "/admin/media"


def _form_of(medium: Medium) -> dict[str, str]:
    return {
        "alt": medium.alt,
        "caption": medium.caption,
        "focus_x": str(medium.focus_x),
        "focus_y": str(medium.focus_y),
    }


def _row(medium: Medium) -> dict[str, Any]:
    """A medium as the templates want it. small_url: of a small picture of it, None for others."""
    return {
        "kind": medium.kind,
        "title": medium.title or f"{medium.kind.capitalize()} {medium.id}",
        "page_url": f"/admin/media/{medium.id}",
        "delete_url": f"/admin/media/{medium.id}/delete",
        "url": OWN + medium.common_file,
        "small_url": small_url(medium),
        "type": "picture" if medium.kind == "picture" else TYPES[medium.ending].media_type,
        "ending": medium.ending,
        "width": medium.width,
        "height": medium.height,
        "shown_width": medium.common_width,
        "shown_height": medium.common_height,
        "size": _size(medium.size) if medium.size else None,
        "alt": medium.alt,
        "focus_x": medium.focus_x,
        "focus_y": medium.focus_y,
        "markdown": markdown_of(medium),
        "uploaded": from_ms(medium.created_at),
    }


def _size(count: int) -> str:
    """How large a file is, in words."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} kB"
    return f"{count / 1_000_000:.1f} MB"


def _use(use: Use) -> dict[str, Any]:
    url = f"/admin/posts/{use.key}" if use.kind == "post" else f"/admin/pages/{use.number}"
    return {
        "title": use.title,
        "state": use.state,
        "kind": use.kind,
        "url": url,
        "leads": use.leads,
    }
