"""Programs that write posts: the tokens that they do it with."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions import api_tokens as actions
from fediblog.actions.sessions import is_fresh
from fediblog.errors import Invalid
from fediblog.store.api_tokens import list_tokens
from fediblog.store.moments import from_ms, maybe_from_ms
from fediblog.web.admin.door import confirmed, session_of, signed_in
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.forms import fields
from fediblog.web.reading import page_start

_PAGE = "/admin/tokens"
_PER_PAGE = 30


@signed_in
async def page(request: Request) -> Response:
    """All tokens, and a form for a new one."""
    return await _page(request, {"create": "on", "update": "on", "media": "on"}, {})


@signed_in
@confirmed(_PAGE)
async def make(request: Request) -> Response:
    """A new token, shown on this page only."""
    blog, form = blog_of(request), await fields(request)
    name = form.get("name", "")
    try:
        token = await actions.make_token(blog, name, form)
    except Invalid as error:
        return await _page(request, form, {error.field: error.public}, status=error.status)
    context = {"token": token, "name": name, "endpoint": f"{blog.addresses.origin}/micropub"}
    return await admin_page(request, "admin/token.html", context)


@signed_in
async def revoke(request: Request) -> Response:
    """Take a token back."""
    await actions.revoke_token(blog_of(request), request.path_params["number"])
    return back_to(_PAGE, "revoked_token")


async def _page(
    request: Request, form: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200
) -> Response:
    blog = blog_of(request)
    before = page_start(request.query_params.get("before"))
    found = await list_tokens(blog.db, before=before, limit=_PER_PAGE + 1)
    older = f"{_PAGE}?before={found[_PER_PAGE - 1].id}" if len(found) > _PER_PAGE else None
    context = {
        "form": form,
        "errors": errors,
        "fresh": is_fresh(blog, session_of(request)),
        "scopes": actions.SCOPES,
        "tokens": [
            {
                "name": each.name,
                "client": each.client,
                "scopes": each.scopes.split(),
                "created": from_ms(each.created_at),
                "used": maybe_from_ms(each.used_at),
                "revoke_url": f"{_PAGE}/{each.id}/revoke",
            }
            for each in found[:_PER_PAGE]
        ],
        "older_url": older,
        "newer_url": _PAGE if before else None,
        "endpoint": f"{blog.addresses.origin}/micropub",
    }
    return await admin_page(request, "admin/tokens.html", context, status=status)
