"""ActivityPub and other JSON answers, with what caches and browsers have to know about them."""

import hashlib
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


def document(request: Request, content: Mapping[str, object], *, status: int = 200) -> Response:
    """An ActivityPub document; 304 when the asker has these very bytes."""
    return document_bytes(request, encode(content), status=status)


def document_bytes(request: Request, body: bytes, *, status: int = 200) -> Response:
    """An ActivityPub document from its final bytes."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": _MAX_AGE, **_VARY}
    if status == 200 and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type=ACTIVITY_JSON)


def plain_json(content: Mapping[str, object], media_type: str = "application/json") -> Response:
    """Any other JSON, open to scripts of other sites."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": _MAX_AGE}
    return Response(encode(content), headers=headers, media_type=media_type)
