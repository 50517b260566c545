"""Between Starlette's requests and responses and ours."""

from hashlib import sha256
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from fediblog.demo.state import State
from fediblog.errors import Unauthenticated
from fediblog.protocol.negotiation import wants_activitypub
from fediblog.protocol.outgoing import ACTIVITY_JSON, Document, encode
from fediblog.protocol.signatures import SignedRequest, claimed_key_id


def state_of(request: Request) -> State:
    """The server that a request came to."""
    return cast(State, request.app.state.demo)


async def signed_request(request: Request) -> SignedRequest:
    """The request as it came over the wire, which is what was signed."""
    return SignedRequest(request.method, _target(request), _headers(request), await request.body())


def claimed_key(request: Request) -> str | None:
    """The key id that a request names, unchecked."""
    try:
        bare = SignedRequest(request.method, _target(request), _headers(request), b"")
        return claimed_key_id(bare)
    except Unauthenticated:
        return None


def asks_for_activitypub(request: Request) -> bool:
    """Whether it is a server that asks, not a browser."""
    return wants_activitypub(request.headers.get("accept", ""))


def activitypub(document: Document, status: int = 200) -> Response:
    """A document as ActivityPub, with an ETag as Rails makes them."""
    body = encode(document)
    headers = {"Vary": "Accept", "ETag": f'W/"{sha256(body).hexdigest()[:32]}"'}
    return Response(body, status, headers=headers, media_type=ACTIVITY_JSON)


def _target(request: Request) -> str:
    path = cast(bytes, request.scope["raw_path"]).partition(b"?")[0].decode("ascii")
    query = cast(bytes, request.scope["query_string"]).decode("ascii")
    return f"{path}?{query}" if query else path


def _headers(request: Request) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
    )
