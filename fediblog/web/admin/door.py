"""In and out: who is signed in, and whether a form really comes from one of our pages.

A cookie that scripts cannot read, sent to /admin only and by our own pages only (SameSite); every
form also carries the session's token, and a browser that says where a request comes from must say
that it is us.
"""

import functools
import secrets
from collections.abc import Callable
from urllib.parse import quote

from limits import RateLimitItemPerMinute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions import sign_in as actions
from fediblog.actions.passkeys import sign_in_with_passkey
from fediblog.actions.second_factor import second_factor
from fediblog.actions.sessions import (
    SignedIn,
    Visitor,
    find_session,
    is_fresh,
    note_attempt,
)
from fediblog.actions.sessions import (
    sign_out as end_session,
)
from fediblog.actions.sign_in import HalfWay
from fediblog.blog import Blog
from fediblog.domain.user_agents import in_words
from fediblog.errors import Forbidden, Invalid, TooManyRequests, Unauthenticated
from fediblog.store.attempts import Way
from fediblog.store.sessions import Session
from fediblog.web.admin.pages import admin_page
from fediblog.web.context import blog_of
from fediblog.web.forms import Handler, fields, read_form
from fediblog.web.peers import peer_of
from fediblog.web.throttling import throttle

#: As long as browsers keep one: it is the server that ends a session, long before.
_COOKIE_SECONDS = 400 * 24 * 3600
_TRIES = RateLimitItemPerMinute(10, 15)
_CHALLENGES = RateLimitItemPerMinute(30, 15, namespace="challenges")
#: From everywhere: who has the password may come from many addresses to guess the codes.
_CODES = RateLimitItemPerMinute(30, 15, namespace="codes")
#: Who is made to wait is written down once in a while, however hard they knock.
_NOTES = RateLimitItemPerMinute(1, 15, namespace="notes")
_LONGEST_ADDRESS = 64


def signed_in(handler: Handler) -> Handler:
    """Let only the author through. A page asks to sign in; a form needs the session's token."""

    @functools.wraps(handler)
    async def guarded(request: Request) -> Response:
        blog = blog_of(request)
        session = await find_session(blog, session_token(request), visitor_of(request))
        if session is None:
            if request.method == "POST":
                raise Unauthenticated("You are not signed in any more.")
            return RedirectResponse(f"/admin/sign-in?next={quote(_here(request))}", 303)
        request.state.session = session
        request.state.csrf = session.csrf
        if request.method == "POST":
            await _check_form(request, session)
        return await handler(request)

    return guarded


def confirmed(page: str) -> Callable[[Handler], Handler]:
    """Let only the author through, and only for ten minutes after they have shown that it is them:
    for what somebody else at an open browser must not do. Stands beneath `signed_in`.

    page: where a form goes back to that came too late.
    """

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def guarded(request: Request) -> Response:
            if is_fresh(blog_of(request), session_of(request)):
                return await handler(request)
            target = _here(request) if request.method == "GET" else page
            return RedirectResponse(f"/admin/confirm?next={quote(target)}", 303)

        return guarded

    return decorate


def session_of(request: Request) -> Session:
    """The session of the author who is signed in."""
    session: Session = request.state.session
    return session


def session_token(request: Request) -> str:
    """What the browser's cookie says."""
    return request.cookies.get(_cookie(blog_of(request)), "")


def visitor_of(request: Request) -> Visitor:
    """Who is at the door."""
    blog = blog_of(request)
    peer = peer_of(request, blog.settings.trusted_proxies)[:_LONGEST_ADDRESS]
    return Visitor(peer, in_words(request.headers.get("user-agent", "")))


async def sign_in_page(request: Request) -> Response:
    """The form that asks for the password, or a passkey."""
    return await _sign_in_form(request, safe_next(request.query_params.get("next", "")), {})


async def sign_in(request: Request) -> Response:
    """Sign in, unless too many have tried from there; a second factor is asked for on its own."""
    blog = blog_of(request)
    check_origin(request)
    await throttle_tries(request, "password")
    form = await fields(request)
    target = safe_next(form.get("next", ""))
    try:
        outcome = await actions.sign_in(
            blog, form.get("password", ""), visitor_of(request), before=session_token(request)
        )
    except Invalid as error:
        return await _sign_in_form(request, target, {error.field: error.public}, error.status)
    if isinstance(outcome, HalfWay):
        return await _half_way(request, outcome, target, {})
    return enter(request, outcome, target)


async def second(request: Request) -> Response:
    """The second half, by a code."""
    blog = blog_of(request)
    check_origin(request)
    form = await fields(request)
    ticket, target = form.get("ticket", ""), safe_next(form.get("next", ""))
    # Before any try counts: strangers without the password must not use up what is for everybody.
    await actions.find_half(blog, ticket)
    await throttle_tries(request, "code")
    try:
        session = await actions.finish_with_code(
            blog, ticket, form.get("code", ""), visitor_of(request), before=session_token(request)
        )
    except Invalid as error:
        half = await actions.find_half(blog, ticket)
        return await _half_way(request, half, target, {error.field: error.public}, error.status)
    return enter(request, session, target)


async def sign_in_by_passkey(request: Request) -> Response:
    """Sign in by what a browser's passkey has answered."""
    blog = blog_of(request)
    check_origin(request)
    await throttle_tries(request, "passkey")
    form = await fields(request)
    target = safe_next(form.get("next", ""))
    try:
        session = await sign_in_with_passkey(
            blog,
            form.get("ticket", ""),
            form.get("answer", ""),
            visitor_of(request),
            before=session_token(request),
        )
    except (Invalid, Forbidden) as error:
        return await _sign_in_form(request, target, {"passkey": error.public}, error.status)
    return enter(request, session, target)


async def welcome_page(request: Request) -> Response:
    """Where the one-time link leads: set a password."""
    token = request.query_params.get("token", "")
    await actions.check_link(blog_of(request), token)
    return await admin_page(request, "admin/welcome.html", {"token": token, "errors": {}})


async def welcome(request: Request) -> Response:
    """Set the password by a one-time link, and be signed in."""
    blog = blog_of(request)
    check_origin(request)
    form = await fields(request)
    token = form.get("token", "")
    try:
        session = await actions.set_password_by_link(
            blog,
            token,
            form.get("password", ""),
            form.get("again", ""),
            visitor_of(request),
            before=session_token(request),
        )
    except Invalid as error:
        context = {"token": token, "errors": {error.field: error.public}}
        return await admin_page(request, "admin/welcome.html", context, status=error.status)
    return enter(request, session, "")


@signed_in
async def sign_out(request: Request) -> Response:
    """End this browser's session."""
    blog = blog_of(request)
    await end_session(blog, session_token(request))
    response = RedirectResponse("/admin/sign-in", 303)
    response.delete_cookie(_cookie(blog), path="/admin", secure=_is_safe(blog))
    return response


def check_origin(request: Request) -> None:
    """What a browser says of where a form comes from; other clients say nothing."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if origin is not None and origin != blog_of(request).addresses.origin:
        raise Forbidden("This form is not from this blog.")
    if site is not None and site not in {"same-origin", "none"}:
        raise Forbidden("This form is not from this blog.")


async def throttle_tries(request: Request, way: Way) -> None:
    """Ten tries in fifteen minutes from one address; no limit in development mode."""
    blog, limiter = blog_of(request), request.app.state.limiter
    if blog.settings.development:
        return
    visitor = visitor_of(request)
    allowed = limiter.hit(_TRIES, visitor.address)
    if way == "code" and allowed:
        allowed = limiter.hit(_CODES, "all")
    if not allowed:
        if limiter.hit(_NOTES, visitor.address):
            await note_attempt(blog, way, "throttled", visitor)
        raise TooManyRequests("Too many tries. Please wait a quarter of an hour.", retry_after=900)


def throttle_challenges(request: Request) -> None:
    """Each of them is kept for a while; nothing is tried with it yet."""
    throttle(request, _CHALLENGES, "Too many tries. Please wait a quarter of an hour.")


def enter(request: Request, session: SignedIn, target: str) -> Response:
    """To a page of the admin, signed in."""
    return with_session(request, RedirectResponse(target or "/admin/", 303), session.token)


def with_session(request: Request, response: Response, token: str) -> Response:
    """Let the browser keep a session's token."""
    blog = blog_of(request)
    response.set_cookie(
        _cookie(blog),
        token,
        max_age=_COOKIE_SECONDS,
        path="/admin",
        secure=_is_safe(blog),
        httponly=True,
        samesite="lax",
    )
    return response


def safe_next(target: str) -> str:
    """Only a page of the admin: never a way to another site (K21)."""
    path = target.partition("?")[0]
    ours = path == "/admin" or path.startswith("/admin/")
    plain = target.isprintable() and "\\" not in target and "//" not in path
    return target if ours and plain else ""


async def _check_form(request: Request, session: Session) -> None:
    """The token comes in the form, or from a script in a header, which no other site can send."""
    check_origin(request)
    token = request.headers.get("x-csrf") or str((await read_form(request)).get("csrf", ""))
    if not secrets.compare_digest(token.encode(), session.csrf.encode()):
        raise Forbidden("This form is too old or not from here. Please go back and try again.")


async def _sign_in_form(
    request: Request, target: str, errors: dict[str, str], status: int = 200
) -> Response:
    passkeys = (await second_factor(blog_of(request).db)).passkeys
    context = {"errors": errors, "next": target, "passkeys": bool(passkeys)}
    return await admin_page(request, "admin/sign_in.html", context, status=status)


async def _half_way(
    request: Request, half: HalfWay, target: str, errors: dict[str, str], status: int = 200
) -> Response:
    context = {"errors": errors, "next": target, "ticket": half.ticket, "asked": half.asked}
    return await admin_page(request, "admin/second_factor.html", context, status=status)


def _cookie(blog: Blog) -> str:
    """With the prefix for which browsers take it over https only, and for no other host's sake."""
    return "__Secure-fediblog" if _is_safe(blog) else "fediblog"


def _is_safe(blog: Blog) -> bool:
    return blog.addresses.origin.startswith("https://")


def _here(request: Request) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")
