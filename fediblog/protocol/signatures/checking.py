"""Whether a request is signed as it must be; which of the two ways it is signed in."""

from datetime import datetime

from fediblog.protocol.signatures import cavage, rfc9421
from fediblog.protocol.signatures.requests import Scheme, Signature, SignedRequest


def check_request(request: SignedRequest, *, origin: str, now: datetime) -> Signature:
    """The one signature of a request, made for our origin, now, and for this very body.

    Only whether the key made it is left to check. A request with a `Signature-Input` is signed as
    RFC 9421 says and in no other way, whatever else it carries: `Signature` is a header of both, so
    no request can mean one thing to us and another to somebody else. Unauthenticated for the first
    thing that is wrong.
    """
    if scheme_of(request) is Scheme.RFC_9421:
        return rfc9421.check(request, origin=origin, now=now)
    return cavage.check(request, origin=origin, now=now)


def claimed_key_id(request: SignedRequest) -> str:
    """The key id that a request names, unchecked. Unauthenticated without a signature."""
    if scheme_of(request) is Scheme.RFC_9421:
        return rfc9421.parse(request).key_id
    return cavage.parse_signature(request).key_id


def scheme_of(request: SignedRequest) -> Scheme:
    """In which way a request is signed, if it is."""
    return Scheme.RFC_9421 if request.values("signature-input") else Scheme.CAVAGE
