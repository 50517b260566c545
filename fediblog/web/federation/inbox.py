"""The inboxes: only builds the signed request; everything else is the action's."""

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.accept_delivery import MAX_BODY, accept_delivery, claimed_host
from fediblog.errors import RequestError, TooLarge
from fediblog.metrics import INBOX
from fediblog.protocol.signatures import SignedRequest
from fediblog.web.context import blog_of
from fediblog.web.federation.actors import check_username

_ACCEPTED = INBOX.labels("accepted")


async def inbox(request: Request) -> Response:
    """The shared inbox: 202 once the delivery is on disk. What is turned away is counted."""
    blog = blog_of(request)
    try:
        await accept_delivery(blog, _signed(request, await _body(request)))
    except RequestError as error:
        claimed = claimed_host(_signed(request, b""))
        blog.refusals.count(claimed, error.public, blog.now_ms())
        INBOX.labels(type(error).__name__).inc()
        raise
    _ACCEPTED.inc()
    return Response(status_code=202)


async def personal_inbox(request: Request) -> Response:
    """The inbox of the blog's actor: what comes here is taken like everything else."""
    check_username(request)
    return await inbox(request)


def _signed(request: Request, body: bytes) -> SignedRequest:
    """The request as it came over the wire: raw path, headers in their order."""
    scope = request.scope
    query = scope["query_string"].decode("latin-1")
    target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    return SignedRequest(
        method=request.method,
        target=target,
        headers=tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in scope["headers"]
        ),
        body=body,
    )


async def _body(request: Request) -> bytes:
    """The body, read no further than the cap, whatever its length is said to be."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > MAX_BODY:
            raise TooLarge("An activity can have at most 1 MB.")
        pieces.append(piece)
    return b"".join(pieces)
