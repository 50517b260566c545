"""In and out: who is signed in, and whether a form really comes from one of our pages.

A cookie that scripts cannot read, sent to /admin only and by our own pages only (SameSite); every
form also carries the session's token, and a browser that says where a request comes from must say
that it is us.
"""

import functools
import secrets
from urllib.parse import quote

from limits import RateLimitItemPerMinute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions import sign_in as actions
from fediblog.actions.sign_in import SignedIn
from fediblog.blog import Blog
from fediblog.errors import Forbidden, Invalid, TooManyRequests, Unauthenticated
from fediblog.store.sessions import Session
from fediblog.web.admin.pages import admin_page
from fediblog.web.context import blog_of
from fediblog.web.forms import Handler, read_form
from fediblog.web.peers import peer_of

_COOKIE = "fediblog"
#: As long as browsers keep one: it is the server that ends a session, long before.
_COOKIE_SECONDS = 400 * 24 * 3600
_TRIES = RateLimitItemPerMinute(10, 15)


def signed_in(handler: Handler) -> Handler:
    """Let only the admin through. A page asks to sign in; a form needs the session's token."""

    @functools.wraps(handler)
    async def guarded(request: Request) -> Response:
        blog = blog_of(request)
        session = await actions.find_session(blog, request.cookies.get(_COOKIE, ""))
        if session is None:
            if request.method == "POST":
                raise Unauthenticated("You are not signed in any more.")
            return RedirectResponse(f"/admin/sign-in?next={quote(request.url.path)}", 303)
        request.state.csrf = session.csrf
        if request.method == "POST":
            await _check_form(request, blog, session)
        return await handler(request)

    return guarded


async def sign_in_page(request: Request) -> Response:
    """The form that asks for the password."""
    context = {"errors": {}, "next": _safe_next(request.query_params.get("next", ""))}
    return await admin_page(request, "admin/sign_in.html", context)


async def sign_in(request: Request) -> Response:
    """Sign in, unless too many have tried from there."""
    blog = blog_of(request)
    _check_origin(request, blog)
    _throttle(request, blog)
    form = await read_form(request)
    next_page = _safe_next(str(form.get("next", "")))
    try:
        session = await actions.sign_in(blog, str(form.get("password", "")))
    except Invalid as error:
        context = {"errors": {error.field: error.public}, "next": next_page}
        return await admin_page(request, "admin/sign_in.html", context, status=error.status)
    return _enter(blog, session, next_page or "/admin/")


async def welcome_page(request: Request) -> Response:
    """Where the one-time link leads: set a password."""
    token = request.query_params.get("token", "")
    await actions.check_link(blog_of(request), token)
    return await admin_page(request, "admin/welcome.html", {"token": token, "errors": {}})


async def welcome(request: Request) -> Response:
    """Set the password by a one-time link, and be signed in."""
    blog = blog_of(request)
    _check_origin(request, blog)
    form = await read_form(request)
    token = str(form.get("token", ""))
    try:
        session = await actions.set_password_by_link(
            blog, token, str(form.get("password", "")), str(form.get("again", ""))
        )
    except Invalid as error:
        context = {"token": token, "errors": {error.field: error.public}}
        return await admin_page(request, "admin/welcome.html", context, status=error.status)
    return _enter(blog, session, "/admin/")


@signed_in
async def sign_out(request: Request) -> Response:
    """End this browser's session."""
    await actions.sign_out(blog_of(request), request.cookies.get(_COOKIE, ""))
    response = RedirectResponse("/admin/sign-in", 303)
    response.delete_cookie(_COOKIE, path="/admin")
    return response


async def _check_form(request: Request, blog: Blog, session: Session) -> None:
    """The token comes in the form, or from a script in a header, which no other site can send."""
    _check_origin(request, blog)
    token = request.headers.get("x-csrf") or str((await read_form(request)).get("csrf", ""))
    if not secrets.compare_digest(token.encode(), session.csrf.encode()):
        raise Forbidden("This form is too old or not from here. Please go back and try again.")


def _check_origin(request: Request, blog: Blog) -> None:
    """What a browser says of where a form comes from; other clients say nothing."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if origin is not None and origin != blog.addresses.origin:
        raise Forbidden("This form is not from this blog.")
    if site is not None and site not in {"same-origin", "none"}:
        raise Forbidden("This form is not from this blog.")


def _throttle(request: Request, blog: Blog) -> None:
    """Ten tries in fifteen minutes from one address; no limit in development mode."""
    if blog.settings.development:
        return
    limiter = request.app.state.limiter
    if not limiter.hit(_TRIES, peer_of(request, blog.settings.trusted_proxies)):
        raise TooManyRequests("Too many tries. Please wait a quarter of an hour.", retry_after=900)


def _enter(blog: Blog, session: SignedIn, target: str) -> Response:
    response = RedirectResponse(target, 303)
    response.set_cookie(
        _COOKIE,
        session.token,
        max_age=_COOKIE_SECONDS,
        path="/admin",
        secure=blog.addresses.origin.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    return response


def _safe_next(target: str) -> str:
    """Only a page of the admin: never a way to another site (K21)."""
    ours = target == "/admin" or target.startswith("/admin/")
    plain = target.isprintable() and "\\" not in target and "//" not in target
    return target if ours and plain else ""
