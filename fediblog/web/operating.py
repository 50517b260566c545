"""For whoever runs the server: is it alive, is it ready, and what do its numbers say.

All three answer under any Host, as load balancers ask by address; none is limited in rate or kept
by anybody on the way.
"""

import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from fediblog.actions.look_up_metrics import look_up_metrics
from fediblog.actions.readiness import Readiness
from fediblog.errors import NotFound
from fediblog.metrics import CONTENT_TYPE, exposition
from fediblog.web.context import blog_of

_NEVER_KEPT = {"Cache-Control": "no-store"}
_RETRY_SECONDS = "5"


async def live_here(request: Request) -> Response:
    """The process answers; it asks nobody for that."""
    return PlainTextResponse("alive\n", headers=_NEVER_KEPT)


async def ready(request: Request) -> Response:
    """200 if requests can be sent here, else 503 with the names of what is missing."""
    readiness: Readiness = request.app.state.readiness
    missing = list(await readiness.missing())
    if not missing:
        return JSONResponse({"ready": True, "missing": []}, headers=_NEVER_KEPT)
    headers = {**_NEVER_KEPT, "Retry-After": _RETRY_SECONDS}
    return JSONResponse({"ready": False, "missing": missing}, 503, headers)


async def metrics(request: Request) -> Response:
    """Prometheus's text format, for who has the token; nothing is here if none is set. It says how
    busy the blog is, and behind a proxy everybody comes from a trusted address."""
    blog = blog_of(request)
    token = blog.settings.metrics_token
    if not token:
        raise NotFound
    given = request.headers.get("authorization", "").encode("latin-1")
    if not secrets.compare_digest(given, f"Bearer {token}".encode()):
        headers = {**_NEVER_KEPT, "WWW-Authenticate": "Bearer"}
        return PlainTextResponse("A token is needed.\n", 401, headers)
    await look_up_metrics(blog)
    return Response(exposition(), media_type=CONTENT_TYPE, headers=_NEVER_KEPT)
