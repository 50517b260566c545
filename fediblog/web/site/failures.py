"""Every error that reaches the edge, as an answer: a page for people, JSON for servers."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Match, Route

from fediblog.errors import FediblogError, TooManyRequests, Unavailable
from fediblog.web.documents import asks_activitypub
from fediblog.web.site.pages import site_page

log = logging.getLogger("fediblog.web")

_TITLES = {
    400: "That cannot be read",
    401: "Please sign in",
    403: "Not for you",
    404: "Nothing here",
    405: "Not like this",
    409: "That does not fit",
    410: "It was here once",
    413: "Too much",
    415: "The wrong kind",
    422: "That does not fit",
    429: "Slow down a little",
    503: "In a moment",
}
#: Where people post; everywhere else it is servers.
_FORMS = ("/admin", "/interact")
_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take requests of this kind.",
    413: "This is larger than we take.",
}


async def on_fediblog_error(request: Request, error: Exception) -> Response:
    """An error of ours: its status and its public sentence; the rest goes to the log."""
    if not isinstance(error, FediblogError):
        raise error
    if error.status >= 500:
        log.error("%s %s: %s", request.method, request.url.path, error)
    headers = {}
    if isinstance(error, Unavailable | TooManyRequests):
        headers["Retry-After"] = str(error.retry_after)
    return await failure(request, error.status, error.public, headers)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """What the framework refuses: no such address, no such method."""
    if not isinstance(error, HTTPException):
        raise error
    sentence = _SENTENCES.get(error.status_code, "This request cannot be answered.")
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = _methods(request)
    return await failure(request, error.status_code, sentence, headers)


async def on_bug(request: Request, error: Exception) -> Response:
    """An error that nobody foresaw: logged in full by the server, told in one sentence."""
    return JSONResponse({"error": "Something went wrong on our side."}, 500)


def _methods(request: Request) -> str:
    """Every method that the address takes: a page and its form are two routes."""
    methods: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return ", ".join(sorted(methods))


async def failure(
    request: Request, status: int, sentence: str, headers: dict[str, str]
) -> Response:
    """The answer for a status and a sentence."""
    if request.method == "POST" and not request.url.path.startswith(_FORMS):
        return JSONResponse({"error": sentence}, status, headers)
    if asks_activitypub(request) or "text/html" not in request.headers.get("accept", "text/html"):
        return JSONResponse({"error": sentence}, status, headers | {"Vary": "Accept"})
    context = {"status": status, "title": _TITLES.get(status, "It did not work")}
    try:
        response = await site_page(
            request, "site/error.html", context | {"sentence": sentence}, status=status
        )
    except Unavailable:
        # The page needs the database too, to say whose blog this is.
        return PlainTextResponse(sentence, status, headers)
    response.headers.update(headers)
    response.headers["Cache-Control"] = "no-store"
    return response
