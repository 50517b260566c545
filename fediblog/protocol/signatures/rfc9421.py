"""Signatures as RFC 9421 describes them, as far as the fediverse uses them (requirement B17).

One signature, over the method, the target URI and, with a body, its Content-Digest. What the
standard has besides (several signatures, parameters of components, responses) is refused: nobody
sends it, and each of them is one more way to sign less than it seems.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import http_sf

from fediblog.errors import Unauthenticated
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.digests import check_content_digest, content_digest_header
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.signatures.requests import (
    MOST_COVERED,
    Signature,
    SignedRequest,
    check_key_id,
    check_moments,
    combined,
    has_scheme,
    header_bytes,
)
from fediblog.protocol.structured import parse_dictionary

#: The registered names of what the fediverse uses (section 3.3). Without a name it is the key's
#: type that decides (section 3.2), and a name must fit it, which `PublicKey.verify` sees to.
_ALGORITHMS = {"": "hs2019", "rsa-v1_5-sha256": "rsa-sha256", "ed25519": "ed25519"}

#: Parameters of a signature that have a meaning (section 2.3), with their types.
_PARAMETERS: Mapping[str, type] = {
    "created": int,
    "expires": int,
    "keyid": str,
    "alg": str,
    "nonce": str,
    "tag": str,
}
_FIELD = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
_LABEL = "sig1"


@dataclass(frozen=True, slots=True)
class MessageSignature:
    """What Signature-Input and Signature say.

    covered: names of components, in order. algorithm: as registered, empty when unnamed. created,
    expires: seconds since the epoch. params: the value of @signature-params, as it was signed.
    """

    key_id: str
    algorithm: str
    covered: tuple[str, ...]
    created: int
    expires: int | None
    signature: bytes
    params: str


def check(request: SignedRequest, *, origin: str, now: datetime) -> Signature:
    """The one signature of a request, made for our origin, now, and for this very body.

    Unauthenticated for the first thing that is wrong, from the cheapest to the dearest.
    """
    found = parse(request)
    check_covered(found, request)
    check_moments([found.created], found.expires, now)
    if request.has_body:
        check_content_digest(request.values("content-digest"), request.body)
    return Signature(
        key_id=found.key_id,
        algorithm=_ALGORITHMS[found.algorithm],
        signature=found.signature,
        texts=(signature_base(request, found, origin),),
    )


def parse(request: SignedRequest) -> MessageSignature:
    """Read the one signature of a request.

    Unauthenticated when there is more than one of them, in whichever way, when `created` or
    `keyid` is missing, or when there is anything that is not known here.
    """
    if any(map(has_scheme, request.values("authorization"))):
        raise Unauthenticated("This request carries more than one signature.")
    inputs = parse_dictionary(request.values("signature-input"), "Signature-Input")
    signatures = parse_dictionary(request.values("signature"), "Signature")
    if len(inputs) != 1 or inputs.keys() != signatures.keys():
        raise Unauthenticated("Signature-Input and Signature must have one member, the same.")
    (listed, parameters), (signature, more) = *inputs.values(), *signatures.values()
    if not isinstance(signature, bytes) or not signature or more:
        raise Unauthenticated("The signature is no byte sequence.")
    covered = _covered(listed)
    known = _known(parameters)
    return MessageSignature(
        key_id=check_key_id(known.get("keyid", "")),
        algorithm=_algorithm(known.get("alg", "")),
        covered=covered,
        created=_created(known),
        expires=known.get("expires"),
        signature=signature,
        params=_params(covered, parameters),
    )


def check_covered(found: MessageSignature, request: SignedRequest) -> None:
    """Refuse, with Unauthenticated, a signature that leaves open what must be fixed (B8, B17).

    Of the components that tell where a request goes, @target-uri alone fixes scheme, host, path and
    query together. The others may be covered besides, but a signature over some of them is not
    taken for one over all. Mastodon demands the same, and all who sign in this way comply.
    """
    required = {"@method", "@target-uri"}
    if request.has_body:
        required.add("content-digest")
    if missing := required - set(found.covered):
        raise Unauthenticated(f"The signature must cover {', '.join(sorted(missing))}.")


def signature_base(request: SignedRequest, found: MessageSignature, origin: str) -> bytes:
    """The text that was signed (section 2.5), if it was signed for our origin.

    Where the request went is told by our own origin, never by its Host header, which the sender
    chooses and a proxy may change. Unauthenticated when a covered header is absent.
    """
    lines = [f'"{name}": {_value(request, name, origin)}' for name in found.covered]
    return header_bytes("\n".join([*lines, f'"@signature-params": {found.params}']))


def sign(
    request: SignedRequest,
    *,
    url: str,
    host: str,
    key_id: str,
    key: PrivateKey,
    date: datetime,
) -> dict[str, str]:
    """The headers that sign a request to url (requirement B4)."""
    headers = {"Host": host, "Date": format_datetime(date.astimezone(UTC), usegmt=True)}
    covered: tuple[str, ...] = ("@method", "@target-uri")
    if request.has_body:
        headers["Content-Digest"] = content_digest_header(request.body)
        covered += ("content-digest",)
    created = int(date.timestamp())
    params = _params(covered, {"created": created, "keyid": key_id})
    found = MessageSignature(key_id, "", covered, created, None, b"", params)
    lines = tuple((name.lower(), value) for name, value in headers.items())
    parts = urlsplit(url)
    signed = SignedRequest(request.method, request.target, lines, request.body)
    text = signature_base(signed, found, f"{parts.scheme}://{parts.netloc}")
    signature = http_sf.ser({_LABEL: (key.sign(text), {})})
    return headers | {"Signature-Input": f"{_LABEL}={params}", "Signature": signature}


def _covered(listed: object) -> tuple[str, ...]:
    """The names in the inner list of components, each once and without parameters."""
    if not isinstance(listed, list) or len(listed) > MOST_COVERED:
        raise Unauthenticated("The list of covered components cannot be read.")
    names: list[str] = []
    for name, parameters in listed:
        if type(name) is not str or parameters:
            raise Unauthenticated("Components are taken as plain names, without parameters.")
        if name not in _DERIVED and not _FIELD.fullmatch(name):
            raise Unauthenticated(f"There is no component {name[:100]} that could be covered.")
        names.append(name)
    if len(set(names)) != len(names):
        raise Unauthenticated("A component is covered twice.")
    return tuple(names)


def _known(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    for name, value in parameters.items():
        # type, as a boolean would pass for an integer, and a token for a string
        if type(value) is not _PARAMETERS.get(name):
            raise Unauthenticated(f"The parameter {name} of the signature is not known.")
    return parameters


def _created(parameters: Mapping[str, Any]) -> int:
    if "created" not in parameters:
        raise Unauthenticated("The signature must say when it was created.")
    return int(parameters["created"])


def _algorithm(name: str) -> str:
    if name not in _ALGORITHMS:
        raise Unauthenticated("Signatures are taken with rsa-v1_5-sha256 or ed25519.")
    return name


def _params(covered: Sequence[str], parameters: Mapping[str, Any]) -> str:
    """Covered components and parameters as the one spelling that can be signed (section 2.3)."""
    components: http_sf.InnerListType = ([(name, {}) for name in covered], dict(parameters))
    return http_sf.ser([components])


def _value(request: SignedRequest, name: str, origin: str) -> str:
    if derive := _DERIVED.get(name):
        return derive(request, origin)
    return combined(request, name)


#: The derived components of a request (section 2.2), from the request and our origin.
_DERIVED: Mapping[str, Callable[[SignedRequest, str], str]] = {
    "@method": lambda request, origin: request.method,
    "@target-uri": lambda request, origin: origin + request.target,
    "@authority": lambda request, origin: authority_of(origin),
    "@scheme": lambda request, origin: urlsplit(origin).scheme,
    "@request-target": lambda request, origin: request.target,
    "@path": lambda request, origin: request.target.partition("?")[0],
    "@query": lambda request, origin: "?" + request.target.partition("?")[2],
}
