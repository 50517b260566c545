"""Backups: how often, those that are there, one more now."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from fediblog.actions import keep_backups
from fediblog.actions.make_backup import backup_folder
from fediblog.errors import Invalid
from fediblog.store.moments import from_ms, maybe_from_ms
from fediblog.web.admin.door import confirmed, signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.forms import fields


@signed_in
async def page(request: Request) -> Response:
    """What is set, and what is there."""
    plan = await keep_backups.backup_plan(blog_of(request))
    return await _page(request, {"every": plan.every, "keep": str(plan.keep)}, {})


@signed_in
async def save(request: Request) -> Response:
    """Set how often, and how many are kept."""
    form = await fields(request)
    try:
        await keep_backups.change_backup_plan(blog_of(request), form)
    except Invalid as error:
        return await _page(request, form, {error.field: error.public}, status=error.status)
    return back_to("/admin/backup", "saved")


@signed_in
async def make(request: Request) -> Response:
    """Have one made: that may take longer than a browser waits."""
    await keep_backups.want_backup(blog_of(request))
    return back_to("/admin/backup", "backing_up")


@signed_in
@confirmed("/admin/backup")
async def download(request: Request) -> Response:
    """The file. It is the whole blog, so no cache keeps it."""
    name = request.path_params["name"]
    path = keep_backups.find_backup(blog_of(request), name)
    headers = {"Cache-Control": "no-store"}
    return FileResponse(path, filename=name, media_type="application/x-tar", headers=headers)


@signed_in
async def delete(request: Request) -> Response:
    """Throw one away."""
    await keep_backups.remove_backup(blog_of(request), request.path_params["name"])
    return back_to("/admin/backup", "backup_deleted")


async def _page(
    request: Request, form: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200
) -> Response:
    blog = blog_of(request)
    plan = await keep_backups.backup_plan(blog)
    context = {
        "form": dict(form),
        "errors": dict(errors),
        "folder": str(backup_folder(blog.settings)),
        "under_way": plan.under_way,
        "failure": plan.failure,
        "tried": maybe_from_ms(plan.tried_at),
        "backups": [
            {
                "name": backup.name,
                "megabytes": f"{backup.size / 1_000_000:,.1f}",
                "made": from_ms(backup.made_at),
                "url": f"/admin/backup/{backup.name}",
                "delete_url": f"/admin/backup/{backup.name}/delete",
            }
            for backup in await keep_backups.list_backups(blog)
        ],
    }
    return await admin_page(request, "admin/backup.html", context, status=status)
