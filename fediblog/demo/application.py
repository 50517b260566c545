"""The demo server's addresses, and what every request goes through."""

import asyncio

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from fediblog.demo import forms, listing, reading
from fediblog.demo.inboxes import inbox
from fediblog.demo.state import Asked, State
from fediblog.demo.wire import claimed_key
from fediblog.errors import FediblogError

_ROUTES = [
    Route("/", reading.home),
    Route("/.well-known/webfinger", reading.webfinger),
    Route("/authorize_interaction", forms.ask, methods=["GET"]),
    Route("/authorize_interaction", forms.act, methods=["POST"]),
    Route("/actor", reading.instance),
    Route("/inbox", inbox, methods=["POST"]),
    Route("/avatars/{name}.png", reading.picture),
    Route("/emoji/{name}.png", reading.emoji_picture),
    Route("/views/{name}.jpg", reading.view_picture),
    Route("/users/{name}", reading.actor),
    Route("/users/{name}/main-key", reading.key),
    Route("/users/{name}/inbox", inbox, methods=["POST"]),
    Route("/users/{name}/outbox", reading.outbox),
    Route("/users/{name}/followers", reading.followers),
    Route("/users/{name}/following", reading.following),
    Route("/users/{name}/statuses/{number}", reading.note),
    Route("/users/{name}/statuses/{number}/activity", reading.note_activity),
    Route("/users/{name}/statuses/{number}/replies", listing.replies),
    Route("/contexts/{name}", listing.context),
    Route("/@{name}", reading.actor),
    Route("/@{name}/{number}", reading.note),
]


def create_application(state: State) -> Starlette:
    """The server as an ASGI application."""
    application = Starlette(
        routes=_ROUTES,
        middleware=[Middleware(_Door, state=state)],
        exception_handlers={FediblogError: _explain},
    )
    application.state.demo = state
    return application


class _Door:
    """Writes every request down, waits if told to, and gives a prepared answer if there is one."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http":
            request = Request(scope)
            asked = Asked(request.method, request.url.path, claimed_key(request))
            self._state.requests.append(asked)
            await asyncio.sleep(self._state.delay)
            app = self._state.responses.get(request.url.path, app)
            if self._state.down:
                app = Response(status_code=503)
        await app(scope, receive, send)


async def _explain(request: Request, error: Exception) -> Response:
    if not isinstance(error, FediblogError):
        raise error
    return JSONResponse({"error": error.public}, error.status)
