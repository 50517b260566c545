"""Every error that reaches the edge, as an answer: a page for people, JSON for servers."""

import logging
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route

from fediblog.actions.site import get_site
from fediblog.domain.languages import ENGLISH, negotiate
from fediblog.errors import BeingDeleted, FediblogError, NotFound, TooManyRequests, Unavailable
from fediblog.logs import request_id
from fediblog.web.context import blog_of, templates_of
from fediblog.web.documents import asks_activitypub
from fediblog.web.headers import SAFE_HEADERS
from fediblog.web.languages import N_, Language, load_language
from fediblog.web.observing import HEADER
from fediblog.web.site.pages import interface_language, site_page

log = logging.getLogger("fediblog.web")

_TITLES = {
    400: N_("That cannot be read"),
    401: N_("Please sign in"),
    403: N_("Not for you"),
    404: N_("Nothing here"),
    405: N_("Not like this"),
    409: N_("That does not fit"),
    410: N_("It was here once"),
    413: N_("Too much"),
    415: N_("The wrong kind"),
    422: N_("That does not fit"),
    429: N_("Slow down a little"),
    500: N_("Something broke"),
    503: N_("In a moment"),
}
#: Where people post; everywhere else it is servers.
_FORMS = ("/admin", "/interact")
_SENTENCES = {
    404: N_("There is nothing at this address."),
    405: N_("This address does not take requests of this kind."),
    413: N_("This is larger than we take."),
}


async def on_fediblog_error(request: Request, error: Exception) -> Response:
    """An error of ours: its status and its public sentence; the rest goes to the log."""
    if not isinstance(error, FediblogError):
        raise error
    if isinstance(error, BeingDeleted):
        return await _being_deleted(request, error)
    if error.status >= 500:
        # Not the path: there are addresses that are a secret.
        route = getattr(request.scope.get("route"), "path", "")
        log.error("%s could not be answered: %s", f"{request.method} {route}", error)
    headers = {}
    if isinstance(error, Unavailable | TooManyRequests):
        headers["Retry-After"] = str(error.retry_after)
    return await failure(request, error, headers)


async def tell_program(request: Request, error: Exception) -> Response:
    """An error of ours where no people ask, so that there are no pages."""
    if not isinstance(error, Unavailable):
        raise error
    return _json(error, {"Retry-After": str(error.retry_after), "Cache-Control": "no-store"})


async def _being_deleted(request: Request, error: BeingDeleted) -> Response:
    """Servers are to ask again, and people to find nothing."""
    if _is_program(request):
        return _json(error, {"Retry-After": str(error.retry_after)})
    return await failure(request, NotFound(), {})


async def on_http_exception(request: Request, error: Exception) -> Response:
    """What the framework refuses: no such address, no such method."""
    if not isinstance(error, HTTPException):
        raise error
    refused = FediblogError(
        _SENTENCES.get(error.status_code, N_("This request cannot be answered."))
    )
    refused.status = error.status_code
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = _methods(request)
    return await failure(request, refused, headers)


async def on_hung_up(request: Request, error: Exception) -> Response:
    """Who has asked is gone before all of it was here: nobody hears this, and nothing failed."""
    return Response(status_code=400)


async def on_bug(request: Request, error: Exception) -> Response:
    """An error that nobody foresaw: logged in full by the server, told in one sentence.

    It is answered outside of everything that surrounds the other answers.
    """
    headers = {**SAFE_HEADERS, HEADER: request_id.get()}
    return _bare(request, FediblogError(), headers)


def _methods(request: Request) -> str:
    """Every method that the address takes: a page and its form are two routes."""
    methods: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return ", ".join(sorted(methods))


async def failure(request: Request, error: FediblogError, headers: dict[str, str]) -> Response:
    """The answer for an error: English for programs, a page in the reader's language for people."""
    if _is_program(request):
        return _json(error, headers)
    try:
        response = await _page(request, error)
    except Unavailable:
        # The page needs the database too, to say whose blog this is.
        return _bare(request, error, headers)
    response.headers.update(headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_program(request: Request) -> bool:
    if request.method == "POST" and not request.url.path.startswith(_FORMS):
        return True
    accept = request.headers.get("accept", "text/html")
    return asks_activitypub(request) or "text/html" not in accept


def _json(error: FediblogError, headers: Mapping[str, str]) -> Response:
    return JSONResponse({"error": error.public}, error.status, {**headers, "Vary": "Accept"})


def _bare(request: Request, error: FediblogError, headers: Mapping[str, str]) -> Response:
    """The answer that needs nothing but the templates."""
    if _is_program(request):
        return _json(error, headers)
    language = load_language(negotiate(request.headers.get("accept-language", ""), ENGLISH))
    context = _context(error, language)
    response = templates_of(request).page(
        "site/broken.html", context, language=language.tag, status=error.status, cache="no-store"
    )
    response.headers.update(headers)
    return response


async def _page(request: Request, error: FediblogError) -> Response:
    site = await get_site(blog_of(request))
    language = load_language(interface_language(request, site))
    context = _context(error, language)
    return await site_page(request, "site/error.html", context, status=error.status, site=site)


def _context(error: FediblogError, language: Language) -> dict[str, Any]:
    return {
        "status": error.status,
        "title": language.sentence(_TITLES.get(error.status, N_("It did not work"))),
        "sentence": language.sentence(error.sentence, error.values),
        "request_id": request_id.get(),
    }
