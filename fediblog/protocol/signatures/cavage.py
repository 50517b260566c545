"""Signatures as draft-cavage-http-signatures-12 describes them: reading, checking, making."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import urlsplit

from fediblog.errors import Unauthenticated
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.digests import check_digest, digest_header
from fediblog.protocol.keys import PrivateKey, PublicKey
from fediblog.protocol.signatures.requests import (
    LONGEST_HEADER,
    MOST_COVERED,
    Signature,
    SignedRequest,
    check_key_id,
    check_moments,
    combined,
    has_scheme,
    header_bytes,
)

#: What the servers of the fediverse name (requirement B7). hs2019 leaves the choice to the key: for
#: an RSA key everybody means rsa-sha256. So does who names nothing.
_ALGORITHMS = {
    "": "hs2019",
    "hs2019": "hs2019",
    "rsa-sha256": "rsa-sha256",
    "rsa-sha512": "rsa-sha512",
}

_PARAMETER = re.compile(
    r"""[ \t]*([A-Za-z][A-Za-z0-9_-]*)=        # name
        (?:"([ !#-\[\]-~]*(?:\\[ -~][ !#-\[\]-~]*)*)"  # a quoted string, with escapes
        |([!#-+\--~]+))                         # or a bare word
        [ \t]*(,|\Z)""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")
_COVERED = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+|\((?:request-target|created|expires)\)")
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_SECONDS = re.compile(r"[0-9]{1,11}")


@dataclass(frozen=True, slots=True)
class SignatureParams:
    """What a Signature header says.

    headers: names of what the signature covers, in lower case and in order. algorithm: in lower
    case, empty when unnamed. created, expires: seconds since the epoch.
    """

    key_id: str
    algorithm: str
    headers: tuple[str, ...]
    signature: bytes
    created: int | None = None
    expires: int | None = None


def check(request: SignedRequest, *, origin: str, now: datetime) -> Signature:
    """The one signature of a request, made for our origin, now, and for this very body.

    Unauthenticated for the first thing that is wrong, from the cheapest to the dearest.
    """
    params = parse_signature(request)
    check_covered(params, method=request.method)
    check_window(request, params, now)
    check_host(request, origin)
    if request.has_body:
        check_digest(request.values("digest"), request.body)
    return Signature(
        key_id=params.key_id,
        algorithm=_ALGORITHMS[params.algorithm],
        signature=params.signature,
        texts=signing_strings(request, params),
    )


def parse_signature(request: SignedRequest) -> SignatureParams:
    """Read the one signature of a request, from `Signature` or `Authorization: Signature`.

    Unauthenticated when there is none, more than one, a parameter twice (requirement B9), a key id
    that is no http address (B12), or anything that another reader could read differently.
    """
    parameters = _parameters(_signature_text(request))
    return SignatureParams(
        key_id=check_key_id(parameters.get("keyid", "")),
        algorithm=_algorithm(parameters.get("algorithm", "")),
        # Section 2.1.6: without a list it is the date alone, which no check of ours lets pass.
        headers=_covered(parameters.get("headers", "date")),
        signature=_signature(parameters.get("signature", "")),
        created=_seconds(parameters.get("created")),
        expires=_seconds(parameters.get("expires")),
    )


def check_covered(params: SignatureParams, *, method: str) -> None:
    """Refuse, with Unauthenticated, a signature that leaves open what must be fixed.

    It covers the request target, the host, a date, and for all but GET and HEAD the digest of the
    body (requirement B8). (created) and (expires) exist for hs2019 only (section 2.3), so that
    nobody can pass one line of the signed text off as another.
    """
    covered = set(params.headers)
    required = {"(request-target)", "host"}
    if method not in {"GET", "HEAD"}:
        required.add("digest")
    if missing := required - covered:
        raise Unauthenticated(f"The signature must cover {', '.join(sorted(missing))}.")
    if not covered & {"date", "(created)"}:
        raise Unauthenticated("The signature must cover date or (created).")
    for name, value in (("(created)", params.created), ("(expires)", params.expires)):
        if name in covered and (value is None or params.algorithm != "hs2019"):
            raise Unauthenticated(f"{name} needs its parameter and the algorithm hs2019.")


def check_window(request: SignedRequest, params: SignatureParams, now: datetime) -> None:
    """Refuse what is too old or from the future. Only a date that the signature covers counts."""
    moments = list(_signed_moments(request, params))
    if not moments:
        raise Unauthenticated("The signature must cover date or (created).")
    check_moments(moments, params.expires, now)


def check_host(request: SignedRequest, origin: str) -> None:
    """Refuse, with Unauthenticated, a request for any origin but ours.

    Otherwise a server could pass on to us what somebody signed for it (requirement B2). The
    default port of the origin's scheme may be there or not; any other must be the same.
    """
    hosts = request.values("host")
    if len(hosts) != 1 or _HOST.fullmatch(hosts[0]) is None:
        raise Unauthenticated("One Host header is needed.")
    scheme = urlsplit(origin).scheme
    # Nobody who knows us by our ids writes a dot at the end, though DNS takes it for the same.
    dotted = hosts[0].partition(":")[0].endswith(".")
    if dotted or authority_of(f"{scheme}://{hosts[0]}") != authority_of(origin):
        raise Unauthenticated("This request was signed for another host.")


def signing_strings(request: SignedRequest, params: SignatureParams) -> tuple[bytes, ...]:
    """The texts of which the signature may be (section 2.3), the likelier first.

    The target is tried as it came and, when it has a query, without it: Misskey, Pixelfed and
    Friendica sign the path alone (requirement B9). Unauthenticated when a covered header is absent.
    """
    targets = [request.target]
    if "(request-target)" in params.headers and "?" in request.target:
        targets.append(request.target.partition("?")[0])
    return tuple(_signing_string(request, params, target) for target in targets)


def verify(request: SignedRequest, params: SignatureParams, public_key: PublicKey) -> bool:
    """Whether the key made this signature over this request. It checks nothing else."""
    algorithm = _ALGORITHMS[params.algorithm]
    return any(
        public_key.verify(params.signature, text, algorithm)
        for text in signing_strings(request, params)
    )


def sign(
    request: SignedRequest, *, host: str, key_id: str, key: PrivateKey, date: datetime
) -> dict[str, str]:
    """The headers that sign a request whose other signed headers are those that it has.

    The signature covers request target, host and date, for a request with a body also its digest,
    and whatever headers there are (requirements B1 and B5).
    """
    headers = {"Host": host, "Date": format_datetime(date.astimezone(UTC), usegmt=True)}
    if request.has_body:
        headers["Digest"] = digest_header(request.body)
    lines = tuple((name.lower(), value) for name, value in headers.items()) + request.headers
    covered = ("(request-target)", *(name for name, _ in lines))
    params = SignatureParams(key_id, "rsa-sha256", covered, b"")
    signed = replace(request, headers=lines)
    signature = key.sign(_signing_string(signed, params, request.target))
    headers["Signature"] = (
        f'keyId="{key_id}",algorithm="rsa-sha256",headers="{" ".join(covered)}",'
        f'signature="{b64encode(signature).decode("ascii")}"'
    )
    return headers


def _signature_text(request: SignedRequest) -> str:
    """The text of the only signature; some put the scheme of Authorization before it."""
    texts = [
        *request.values("signature"),
        *(text for text in request.values("authorization") if has_scheme(text)),
    ]
    if len(texts) > 1:
        raise Unauthenticated("This request carries more than one signature.")
    if not texts:
        raise Unauthenticated()
    text = texts[0].strip(" \t")
    return text[len("Signature ") :] if has_scheme(text) else text


def _parameters(text: str) -> dict[str, str]:
    """The parameters by name in lower case; one that comes twice has no meaning that is safe."""
    found: dict[str, str] = {}
    end, more = 0, len(text) <= LONGEST_HEADER
    while more:
        match = _PARAMETER.match(text, end)
        if match is None or match[1].lower() in found:
            break
        quoted, word = match[2], match[3]
        if word is None:
            word = _ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted
        found[match[1].lower()] = word
        if not match[4]:
            return found
        end = match.end()
    raise Unauthenticated("The Signature header cannot be read, or names a parameter twice.")


def _algorithm(text: str) -> str:
    if text.lower() not in _ALGORITHMS:
        raise Unauthenticated("Signatures are taken with rsa-sha256, rsa-sha512 or hs2019.")
    return text.lower()


@lru_cache(maxsize=64)
def _covered(text: str) -> tuple[str, ...]:
    names = tuple(text.lower().split(" "))
    if not all(map(_COVERED.fullmatch, names)) or len(set(names)) != len(names):
        raise Unauthenticated("The list of covered headers cannot be read, or names one twice.")
    if len(names) > MOST_COVERED:
        raise Unauthenticated(f"A signature may cover {MOST_COVERED} headers.")
    return names


def _signature(text: str) -> bytes:
    """The bytes of strict Base64: exactly one spelling of each signature is taken."""
    try:
        signature = b64decode(text, validate=True)
    except binascii.Error as error:
        raise Unauthenticated("The signature is no Base64.") from error
    if not signature or b64encode(signature).decode("ascii") != text:
        raise Unauthenticated("The signature is no Base64.")
    return signature


def _seconds(text: str | None) -> int | None:
    if text is None:
        return None
    if _SECONDS.fullmatch(text) is None:
        raise Unauthenticated("created and expires are whole seconds since the epoch.")
    return int(text)


def _signed_moments(request: SignedRequest, params: SignatureParams) -> Iterator[float]:
    """When it was signed, in seconds since the epoch, by each date that the signature covers."""
    if "date" in params.headers:
        yield _date(request.values("date")).timestamp()
    if "(created)" in params.headers and params.created is not None:
        yield params.created


def _date(values: Sequence[str]) -> datetime:
    """The moment in the only Date header: IMF-fixdate (RFC 9110 section 5.6.7) and nothing else."""
    try:
        (text,) = values
        return _moment(text)
    except ValueError as error:
        raise Unauthenticated("One Date header is needed, in the form of RFC 9110.") from error


@lru_cache(maxsize=256)
def _moment(text: str) -> datetime:
    """The moment in an IMF-fixdate; many requests are of the same second. Raises ValueError."""
    moment = datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    # strptime forgives a wrong weekday, other digits, and case; writing it back does not.
    if format_datetime(moment, usegmt=True) != text:
        raise ValueError(text)
    return moment


def _signing_string(request: SignedRequest, params: SignatureParams, target: str) -> bytes:
    lines = (f"{name}: {_line_value(request, params, target, name)}" for name in params.headers)
    return header_bytes("\n".join(lines))


def _line_value(request: SignedRequest, params: SignatureParams, target: str, name: str) -> str:
    match name:
        case "(request-target)":
            return f"{request.method.lower()} {target}"
        case "(created)":
            return str(params.created)
        case "(expires)":
            return str(params.expires)
    return combined(request, name)
