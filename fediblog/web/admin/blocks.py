"""Blocks: listed, seen before they are set, taken back; and lists of them as Mastodon has them."""

from collections.abc import Mapping
from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions import block_lists, blocking
from fediblog.actions.blocking import Wanted
from fediblog.domain.blocks import KINDS
from fediblog.errors import Invalid, NotFound, RequestError
from fediblog.protocol.block_lists import ListKind
from fediblog.store import rules, threads
from fediblog.store.moments import from_ms
from fediblog.store.rules import StoredRule
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.admin.replies import listed
from fediblog.web.context import blog_of
from fediblog.web.forms import fields, takes_a_file, uploaded_file
from fediblog.web.reading import page_start

_PER_PAGE = 50


@signed_in
async def index(request: Request) -> Response:
    """The blocks that count, newest first, and the forms for more."""
    return await _page(request, dict(request.query_params), {})


@signed_in
async def look(request: Request) -> Response:
    """What a block would hide; the same form sets it then."""
    blog, form = blog_of(request), await fields(request)
    try:
        wanted = await _wanted(request, form)
    except Invalid as error:
        return await _page(request, form, {error.field: error.public}, status=error.status)
    if form.get("deed") == "set":
        await blocking.add_rule(blog, wanted)
        return back_to("/admin/blocks", "block_set")
    affected = await blocking.preview(blog, wanted)
    found = await threads.list_replies(blog.db, affected.listed)
    context = {
        "wanted": wanted,
        "affected": affected,
        "most_compared": blocking.MOST_COMPARED,
        "rows": await listed(blog, found),
    }
    return await admin_page(request, "admin/block_look.html", context)


@signed_in
async def end_page(request: Request) -> Response:
    """What comes back with the end of a block."""
    rule = await _rule(request)
    context = {"rule": rule, "hidden": await rules.count_hidden(blog_of(request).db, rule.id)}
    return await admin_page(request, "admin/block_end.html", context)


@signed_in
async def end(request: Request) -> Response:
    """Take a block back."""
    await blocking.end_rule(blog_of(request), request.path_params["number"])
    return back_to("/admin/blocks", "block_ended")


@signed_in
async def export(request: Request) -> Response:
    """The blocks as one of Mastodon's lists."""
    kind = request.path_params["kind"]
    if kind not in get_args(ListKind):
        raise NotFound
    text = await block_lists.export_list(blog_of(request), kind)
    headers = {
        "Content-Disposition": f'attachment; filename="{kind}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(text, media_type="text/csv", headers=headers)


@takes_a_file
@signed_in
async def take_list(request: Request) -> Response:
    """Set all blocks of a list."""
    try:
        taken = await block_lists.import_list(
            blog_of(request), await uploaded_file(request, "file")
        )
    except RequestError as error:
        return await _page(request, {}, {"file": error.public}, status=422)
    if taken.refused:
        named = ", ".join(taken.named) + (", …" if taken.refused > len(taken.named) else "")
        sentence = f"{taken.added} blocks are set, {taken.refused} not understood: {named}."
        return await _page(request, {}, {"file": sentence}, status=422)
    return back_to("/admin/blocks", "block_set")


async def _wanted(request: Request, form: Mapping[str, str]) -> Wanted:
    return await blocking.checked_rule(
        blog_of(request),
        form.get("kind", ""),
        form.get("value", ""),
        form.get("action", ""),
        form.get("note", ""),
    )


async def _rule(request: Request) -> StoredRule:
    rule = await rules.get_rule(blog_of(request).db, request.path_params["number"])
    if rule is None or rule.ended_at is not None:
        raise NotFound("There is no such block.")
    return rule


async def _page(
    request: Request, form: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200
) -> Response:
    blog = blog_of(request)
    asked = request.query_params.get("state")
    kind = asked if asked in KINDS else None
    before = page_start(request.query_params.get("before"))
    found = await rules.list_rules(blog.db, kind, before=before, limit=_PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    address = f"/admin/blocks?state={kind or 'all'}"
    context: dict[str, Any] = {
        "state": kind or "all",
        "rules": [_row(rule) for rule in shown],
        "form": dict(form),
        "errors": dict(errors),
        "older_url": f"{address}&before={shown[-1].id}" if len(found) > _PER_PAGE else None,
        "newer_url": address if before else None,
    }
    return await admin_page(request, "admin/blocks.html", context, status=status)


def _row(rule: StoredRule) -> dict[str, Any]:
    return {
        "kind": rule.kind,
        "label": rule.label or rule.value,
        "action": rule.action,
        "note": rule.note or None,
        "since": from_ms(rule.created_at),
        "under_way": rule.done_at is None,
        "end_url": f"/admin/blocks/{rule.id}/end",
    }
