"""Answers to programs: JSON that no cache keeps, and errors as RFC 6750 and Micropub name them."""

import functools
import logging
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fediblog.actions.api_tokens import find_token
from fediblog.errors import (
    FediblogError,
    Malformed,
    NotScoped,
    RequestError,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from fediblog.store.api_tokens import ApiToken
from fediblog.web.context import blog_of
from fediblog.web.forms import Handler, read_form

log = logging.getLogger("fediblog.web")

_SCHEME = "bearer "
#: Statuses that say something of their own; everything else that is refused is a 400.
_OWN_STATUS = frozenset({401, 403, 413, 415, 429, 500, 503})
_NAMES = {401: "unauthorized", 403: "forbidden", 429: "slow_down", 503: "temporarily_unavailable"}


def to_programs(handler: Handler) -> Handler:
    """Answer every refusal as JSON with `error` and `error_description`."""

    @functools.wraps(handler)
    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except FediblogError as error:
            return _refusal(request, error)
        except HTTPException as error:
            # The framework's own, for a form that is none.
            return answer({"error": "invalid_request", "error_description": str(error.detail)}, 400)

    return guarded


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """JSON that is kept by nobody on the way."""
    return JSONResponse(body, status, {"Cache-Control": "no-store", "Pragma": "no-cache"} | headers)


def created(location: str) -> Response:
    """It is there now, at that address."""
    return Response(status_code=201, headers={"Location": location})


async def token_of(request: Request) -> ApiToken:
    """What the program's token is good for: from the header, or from a form, never from the
    address, which ends up in logs. Raises Unauthenticated, or Malformed for two of them."""
    posted = request.method == "POST" and is_form(request)
    if _in_header(request):
        token = await token_in_header(request)
        if posted and (await read_form(request)).get("access_token"):
            raise Malformed("The token has to come in one way, not in two.")
        return token
    in_form = str((await read_form(request)).get("access_token", "")) if posted else ""
    if not in_form:
        raise _no_token()
    return await find_token(blog_of(request), in_form)


async def token_in_header(request: Request) -> ApiToken:
    """The same, before anything of the body is read. Raises Unauthenticated."""
    if not (given := _in_header(request)):
        raise _no_token()
    return await find_token(blog_of(request), given)


def is_form(request: Request) -> bool:
    """Whether the body is a form."""
    kind = media_type(request)
    return kind in {"application/x-www-form-urlencoded", "multipart/form-data"}


def media_type(request: Request) -> str:
    """What the body says that it is."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _in_header(request: Request) -> str:
    given = request.headers.get("authorization", "")
    return given[len(_SCHEME) :].strip() if given.lower().startswith(_SCHEME) else ""


def _no_token() -> Unauthenticated:
    return Unauthenticated("A token is needed: Authorization: Bearer ….")


def _refusal(request: Request, error: FediblogError) -> Response:
    status = error.status if error.status in _OWN_STATUS else 400
    if not isinstance(error, RequestError) or status >= 500:
        log.error("%s %s: %s", request.method, request.url.path, error)
    body = {"error": _NAMES.get(status, "invalid_request"), "error_description": error.public}
    headers = {}
    if isinstance(error, NotScoped):
        body |= {"error": "insufficient_scope", "scope": error.scope}
        headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope}"'
    elif status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Unavailable | TooManyRequests):
        headers["Retry-After"] = str(error.retry_after)
    return answer(body, status, **headers)
