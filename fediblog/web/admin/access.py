"""How the author signs in: password, second factor, passkeys, sessions, and who has tried."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from fediblog.actions import passkeys, sessions, sign_in
from fediblog.actions import second_factor as factors
from fediblog.blog import Blog
from fediblog.errors import Forbidden, Invalid
from fediblog.lazily import Lazily
from fediblog.store.attempts import list_attempts
from fediblog.store.moments import from_ms, maybe_from_ms
from fediblog.store.sessions import list_sessions
from fediblog.web.admin.door import (
    check_origin,
    confirmed,
    safe_next,
    session_of,
    signed_in,
    throttle_challenges,
    throttle_tries,
    visitor_of,
    with_session,
)
from fediblog.web.admin.pages import admin_page, back_to
from fediblog.web.context import blog_of
from fediblog.web.forms import fields
from fediblog.web.reading import page_start

if TYPE_CHECKING:
    import segno
else:
    segno = Lazily("segno")

_PAGE = "/admin/access"
_MOST_SESSIONS = 50
_ATTEMPTS = 15


@signed_in
async def page(request: Request) -> Response:
    """Everything about signing in."""
    return await _page(request, {})


@signed_in
async def change_password(request: Request) -> Response:
    """Another password, for who knows the old one."""
    blog, form = blog_of(request), await fields(request)
    await throttle_tries(request, "password")
    try:
        token = await sign_in.change_password(
            blog,
            session_of(request),
            form.get("old", ""),
            form.get("password", ""),
            form.get("again", ""),
            visitor_of(request),
        )
    except Invalid as error:
        return await _page(request, {error.field: error.public}, status=error.status)
    return with_session(request, back_to(_PAGE, "password_changed"), token)


@signed_in
async def confirm_page(request: Request) -> Response:
    """Ask whether it is still the author who sits there."""
    target = safe_next(request.query_params.get("next", "")) or _PAGE
    return await _confirm_form(request, target, {})


@signed_in
async def confirm(request: Request) -> Response:
    """By the password."""
    form = await fields(request)
    await throttle_tries(request, "password")
    target = safe_next(form.get("next", "")) or _PAGE
    try:
        token = await sign_in.confirm_with_password(
            blog_of(request), session_of(request), form.get("password", ""), visitor_of(request)
        )
    except Invalid as error:
        return await _confirm_form(request, target, {error.field: error.public}, error.status)
    return with_session(request, RedirectResponse(target, 303), token)


@signed_in
async def confirm_by_passkey(request: Request) -> Response:
    """By a passkey."""
    form = await fields(request)
    await throttle_tries(request, "passkey")
    target = safe_next(form.get("next", "")) or _PAGE
    try:
        token = await passkeys.confirm_with_passkey(
            blog_of(request),
            session_of(request),
            form.get("ticket", ""),
            form.get("answer", ""),
            visitor_of(request),
        )
    except (Invalid, Forbidden) as error:
        return await _confirm_form(request, target, {"passkey": error.public}, error.status)
    return with_session(request, RedirectResponse(target, 303), token)


@signed_in
@confirmed(_PAGE)
async def begin_codes(request: Request) -> Response:
    """A secret for an app, to be read from the screen."""
    return await _codes_form(request, await factors.begin_codes(blog_of(request)), {})


@signed_in
@confirmed(_PAGE)
async def finish_codes(request: Request) -> Response:
    """Ask for codes from now on, if the app shows the right one."""
    blog, form = blog_of(request), await fields(request)
    ticket = form.get("ticket", "")
    try:
        codes = await factors.finish_codes(blog, ticket, form.get("code", ""))
    except Invalid as error:
        new = await factors.find_new_secret(blog, ticket)
        return await _codes_form(request, new, {error.field: error.public}, error.status)
    return await _show_or_go(request, codes, "codes_asked")


@signed_in
@confirmed(_PAGE)
async def end_codes(request: Request) -> Response:
    """Ask for no codes any more."""
    await factors.end_codes(blog_of(request))
    return back_to(_PAGE, "saved")


@signed_in
@confirmed(_PAGE)
async def new_recovery_codes(request: Request) -> Response:
    """Ten new ones; those before are worth nothing any more."""
    return await _show_or_go(request, await factors.new_recovery_codes(blog_of(request)), "")


@signed_in
@confirmed(_PAGE)
async def ask_for_passkey(request: Request) -> Response:
    """Whether a passkey is asked for after the password."""
    asked = (await fields(request)).get("asked") == "on"
    try:
        codes = await factors.ask_for_passkey(blog_of(request), asked=asked)
    except Invalid as error:
        return await _page(request, {error.field: error.public}, status=error.status)
    return await _show_or_go(request, codes, "saved")


@signed_in
@confirmed(_PAGE)
async def challenge_for_new_passkey(request: Request) -> Response:
    """What a browser needs to make a passkey."""
    return _challenge(await passkeys.ask_for_new_passkey(blog_of(request)))


async def challenge_for_passkey(request: Request) -> Response:
    """What a browser needs to show that it has one, for whoever is at the door."""
    check_origin(request)
    throttle_challenges(request)
    return _challenge(await passkeys.ask_for_passkey(blog_of(request)))


@signed_in
@confirmed(_PAGE)
async def add_passkey(request: Request) -> Response:
    """Keep a passkey that the browser has made."""
    form = await fields(request)
    try:
        await passkeys.add_passkey(
            blog_of(request), form.get("ticket", ""), form.get("answer", ""), form.get("name", "")
        )
    except Invalid as error:
        return await _page(request, {error.field: error.public}, status=error.status)
    return back_to(_PAGE, "passkey_added", element="passkeys")


@signed_in
@confirmed(_PAGE)
async def remove_passkey(request: Request) -> Response:
    """Forget a passkey."""
    await passkeys.remove_passkey(blog_of(request), request.path_params["number"])
    return back_to(_PAGE, "saved", element="passkeys")


@signed_in
async def end_session(request: Request) -> Response:
    """Sign another browser out, or this one."""
    number = request.path_params["number"]
    await sessions.end_session(blog_of(request), number)
    return back_to(_PAGE, "signed_out", element="sessions")


@signed_in
async def end_other_sessions(request: Request) -> Response:
    """Sign every other browser out."""
    await sessions.end_other_sessions(blog_of(request), session_of(request))
    return back_to(_PAGE, "signed_out", element="sessions")


async def _page(request: Request, errors: dict[str, str], *, status: int = 200) -> Response:
    blog, session = blog_of(request), session_of(request)
    before = page_start(request.query_params.get("before"))
    tries = await list_attempts(blog.db, before=before, limit=_ATTEMPTS + 1)
    older = f"{_PAGE}?before={tries[_ATTEMPTS - 1].id}#attempts" if len(tries) > _ATTEMPTS else None
    context = {
        "errors": errors,
        "fresh": sessions.is_fresh(blog, session),
        "factor": await factors.second_factor(blog.db),
        "passkeys": [
            {
                "number": each.id,
                "name": each.name,
                "created": from_ms(each.created_at),
                "used": maybe_from_ms(each.used_at),
            }
            for each in await passkeys.list_passkeys(blog)
        ],
        "can_have_passkeys": passkeys.can_have_passkeys(blog),
        "browser": visitor_of(request).browser,
        "sessions": await _sessions(blog, session.id),
        "attempts": [
            {
                "at": from_ms(each.at),
                "way": each.way,
                "result": each.result,
                "browser": each.browser,
                "address": each.address,
                "times": each.times,
            }
            for each in tries[:_ATTEMPTS]
        ],
        "older_url": older,
        "newer_url": f"{_PAGE}#attempts" if before else None,
    }
    return await admin_page(request, "admin/access.html", context, status=status)


async def _sessions(blog: Blog, this: int) -> list[dict[str, Any]]:
    now = blog.now_ms()
    found = await list_sessions(
        blog.db,
        used_after=now - sessions.SESSION_MS,
        begun_after=now - sessions.LONGEST_SESSION_MS,
        limit=_MOST_SESSIONS,
    )
    return [
        {
            "number": each.id,
            "browser": each.browser or "A browser",
            "address": each.address,
            "since": from_ms(each.created_at),
            "used": from_ms(each.used_at),
            "here": each.id == this,
        }
        for each in found
    ]


async def _confirm_form(
    request: Request, target: str, errors: dict[str, str], status: int = 200
) -> Response:
    factor = await factors.second_factor(blog_of(request).db)
    context = {"errors": errors, "next": target, "passkeys": bool(factor.passkeys)}
    return await admin_page(request, "admin/confirm.html", context, status=status)


async def _codes_form(
    request: Request, new: factors.NewSecret, errors: dict[str, str], status: int = 200
) -> Response:
    context = {
        "errors": errors,
        "ticket": new.ticket,
        "secret": " ".join(new.secret[at : at + 4] for at in range(0, len(new.secret), 4)),
        "address": new.address,
        "square": _square(new.address),
    }
    return await admin_page(request, "admin/codes.html", context, status=status)


async def _show_or_go(request: Request, codes: Sequence[str], notice: str) -> Response:
    """Recovery codes that were just made are shown here and never again."""
    if not codes:
        return back_to(_PAGE, notice)
    return await admin_page(request, "admin/recovery_codes.html", {"codes": codes})


def _square(text: str) -> str:
    """A square of dots for a phone's camera, as SVG that needs no style: dark on white always."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(
        drawn, kind="svg", scale=5, border=3, dark="#000", light="#fff", xmldecl=False, svgns=True,
        svgclass="square", lineclass=None, omitsize=True,
    )  # fmt: skip
    return drawn.getvalue().decode()


def _challenge(challenge: passkeys.Challenge) -> Response:
    body = {"options": challenge.options, "ticket": challenge.ticket}
    return JSONResponse(body, headers={"Cache-Control": "no-store"})
