"""ActivityPub and other JSON answers, with what caches and browsers have to know about them."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from fediblog.protocol.negotiation import wants_activitypub
from fediblog.protocol.outgoing import ACTIVITY_JSON, encode

#: Documents and pages share addresses, so caches must look at Accept (requirement 0.16).
_VARY = {"Vary": "Accept", "Access-Control-Allow-Origin": "*"}
_MAX_AGE = "public, max-age=60"


def asks_activitypub(request: Request) -> bool:
    """Whether the asker prefers ActivityPub to HTML."""
    return wants_activitypub(", ".join(request.headers.getlist("accept")))


def document(content: Mapping[str, object], *, status: int = 200) -> Response:
    """An ActivityPub document."""
    return document_bytes(encode(content), status=status)


def document_bytes(body: bytes, *, status: int = 200) -> Response:
    """An ActivityPub document from its final bytes."""
    return Response(body, status, {"Cache-Control": _MAX_AGE, **_VARY}, media_type=ACTIVITY_JSON)


def plain_json(content: Mapping[str, object], media_type: str = "application/json") -> Response:
    """Any other JSON, open to scripts of other sites."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": _MAX_AGE}
    return Response(encode(content), headers=headers, media_type=media_type)
