"""The author allows a program to write, or does not (IndieAuth)."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions import authorize as actions
from fediblog.protocol.indieauth import form_target
from fediblog.web.admin.door import confirmed, signed_in
from fediblog.web.admin.pages import admin_page
from fediblog.web.context import blog_of
from fediblog.web.forms import fields
from fediblog.web.headers import policy_with_forms


@signed_in
@confirmed("/admin/tokens")
async def page(request: Request) -> Response:
    """What a program asks for."""
    consent = await actions.ask_author(blog_of(request), request.query_params)
    response = await admin_page(request, "admin/authorize.html", {"consent": consent})
    target = form_target(consent.asked.redirect_uri)
    response.headers["Content-Security-Policy"] = policy_with_forms(target)
    return response


@signed_in
async def decide(request: Request) -> Response:
    """The author's answer, on its way to the program."""
    form = await fields(request)
    allowed = form.get("action") == "allow"
    target = await actions.answer_program(
        blog_of(request), form.get("ticket", ""), form, allowed=allowed
    )
    return RedirectResponse(target, 303, headers={"Cache-Control": "no-store"})
