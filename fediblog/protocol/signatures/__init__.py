"""Signed requests, in the two ways of the fediverse: draft-cavage and RFC 9421.

Everything that does not need the key is checked by `check_request`, which is where the two part.
"""

from fediblog.protocol.signatures.checking import check_request, claimed_key_id, scheme_of
from fediblog.protocol.signatures.making import sign_request
from fediblog.protocol.signatures.requests import Scheme, Signature, SignedRequest

__all__ = [
    "Scheme",
    "Signature",
    "SignedRequest",
    "check_request",
    "claimed_key_id",
    "scheme_of",
    "sign_request",
]
