"""Signed requests as draft-cavage-http-signatures describes them: reading, checking, making."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

from fediblog.errors import Malformed, Unauthenticated
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.digests import digest_header
from fediblog.protocol.keys import PrivateKey, PublicKey

#: What the servers of the fediverse name (requirement B7). hs2019 leaves the choice to the key, and
#: for an RSA key everybody means rsa-sha256; so does who names nothing.
_ALGORITHMS = {
    "": "rsa-sha256",
    "hs2019": "rsa-sha256",
    "rsa-sha256": "rsa-sha256",
    "rsa-sha512": "rsa-sha512",
}

#: How far a date may be off: a clock an hour wrong, and five minutes on the way (requirement B10).
_SKEW = timedelta(hours=1)
_OLDEST = _SKEW + timedelta(minutes=5)

_LONGEST_HEADER = 8192
_LONGEST_KEY_ID = 2048
_MOST_COVERED = 32

_PARAMETER = re.compile(
    r"""[ \t]*([A-Za-z][A-Za-z0-9_-]*)=        # name
        (?:"((?:[ !#-\[\]-~]|\\[ -~])*)"        # a quoted string, with escapes
        |([!#-+\--~]+))                         # or a bare word
        [ \t]*(,|\Z)""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")
_COVERED = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+|\((?:request-target|created|expires)\)")
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_KEY_ID = re.compile(r"https?://[^\s/?#@\\]+(?:[/?#][^\s\\]*)?")
_SECONDS = re.compile(r"[0-9]{1,11}")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came over the wire.

    target: path and, after a "?", query, neither decoded nor mended. headers: names in lower case,
    in their order, repeated ones repeated; names and values decoded as Latin-1.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def values(self, name: str) -> list[str]:
        """Every value of the header of this name, which is in lower case."""
        return [value for each, value in self.headers if each == name]


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


def parse_signature(request: SignedRequest) -> SignatureParams:
    """Read the one signature of a request, from `Signature` or `Authorization: Signature`.

    Unauthenticated when there is none, more than one, a parameter twice (requirement B9), a key id
    that is no http address (B12), or anything that another reader could read differently.
    """
    parameters = _parameters(_signature_text(request))
    return SignatureParams(
        key_id=_key_id(parameters.get("keyid", "")),
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
    """Refuse, with Unauthenticated, what was signed over 65 minutes ago or is an hour ahead.

    Only a date that the signature covers counts. An `expires` may be past by an hour at most
    (requirement B10).
    """
    moments = list(_signed_moments(request, params))
    if not moments:
        raise Unauthenticated("The signature must cover date or (created).")
    if min(moments) < (now - _OLDEST).timestamp():
        raise Unauthenticated("The signature is too old.")
    if max(moments) > (now + _SKEW).timestamp():
        raise Unauthenticated("The signature is from the future.")
    if params.expires is not None and params.expires < (now - _SKEW).timestamp():
        raise Unauthenticated("The signature has expired.")


def check_host(request: SignedRequest, origin: str) -> None:
    """Refuse, with Unauthenticated, a request for any origin but ours.

    Otherwise a server could pass on to us what somebody signed for it (requirement B2). The
    default port of the origin's scheme may be there or not; any other must be the same.
    """
    hosts = request.values("host")
    if len(hosts) != 1 or _HOST.fullmatch(hosts[0]) is None:
        raise Unauthenticated("One Host header is needed.")
    scheme = urlsplit(origin).scheme
    if authority_of(f"{scheme}://{hosts[0]}") != authority_of(origin):
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


def sign_request(
    *,
    method: str,
    url: str,
    key_id: str,
    private_key: PrivateKey,
    date: datetime,
    body: bytes | None = None,
    content_type: str | None = None,
) -> dict[str, str]:
    """The headers that make a request a signed one, to be sent exactly as they are.

    url: percent-encoded as it goes over the wire. The signature covers request target, host and
    date, with a body also its digest and its content type (requirements B1 and B5). Malformed when
    url is no http address.
    """
    headers = {
        "Host": authority_of(url),
        "Date": format_datetime(date.astimezone(UTC), usegmt=True),
    }
    if not headers["Host"]:
        raise Malformed(f"{url} is no http address.")
    if body is not None:
        headers["Digest"] = digest_header(body)
    if content_type is not None:
        headers["Content-Type"] = content_type
    lines = tuple((name.lower(), value) for name, value in headers.items())
    request = SignedRequest(method, _target(url), lines, body or b"")
    covered = ("(request-target)", *(name for name, _ in lines))
    params = SignatureParams(key_id, "rsa-sha256", covered, b"")
    signature = private_key.sign(signing_strings(request, params)[0])
    headers["Signature"] = (
        f'keyId="{key_id}",algorithm="rsa-sha256",headers="{" ".join(covered)}",'
        f'signature="{b64encode(signature).decode("ascii")}"'
    )
    return headers


def _target(url: str) -> str:
    """Path and query of an address; an empty query keeps its question mark, as clients do."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if "?" in url.partition("#")[0] else ""
    return (parts.path or "/") + query


def _signature_text(request: SignedRequest) -> str:
    """The text of the only signature; some put the scheme of Authorization before it."""
    texts = request.values("signature")
    texts += [text for text in request.values("authorization") if _has_scheme(text)]
    if len(texts) > 1:
        raise Unauthenticated("This request carries more than one signature.")
    if not texts:
        raise Unauthenticated()
    text = texts[0].strip(" \t")
    return text[len("Signature ") :] if _has_scheme(text) else text


def _has_scheme(text: str) -> bool:
    return text[: len("Signature ")].lower() == "signature "


def _parameters(text: str) -> dict[str, str]:
    """The parameters by name in lower case; one that comes twice has no meaning that is safe."""
    found: dict[str, str] = {}
    end, more = 0, len(text) <= _LONGEST_HEADER
    while more:
        match = _PARAMETER.match(text, end)
        if match is None or match[1].lower() in found:
            break
        quoted, word = match[2], match[3]
        found[match[1].lower()] = _ESCAPED.sub(r"\1", quoted) if word is None else word
        if not match[4]:
            return found
        end = match.end()
    raise Unauthenticated("The Signature header cannot be read, or names a parameter twice.")


def _key_id(text: str) -> str:
    if len(text) > _LONGEST_KEY_ID or not _KEY_ID.fullmatch(text) or not authority_of(text):
        raise Unauthenticated("The keyId must be the address of a key.")
    return text


def _algorithm(text: str) -> str:
    if text.lower() not in _ALGORITHMS:
        raise Unauthenticated("Signatures are taken with rsa-sha256, rsa-sha512 or hs2019.")
    return text.lower()


def _covered(text: str) -> tuple[str, ...]:
    names = tuple(text.lower().split(" "))
    if not all(map(_COVERED.fullmatch, names)) or len(set(names)) != len(names):
        raise Unauthenticated("The list of covered headers cannot be read, or names one twice.")
    if len(names) > _MOST_COVERED:
        raise Unauthenticated(f"A signature may cover {_MOST_COVERED} headers.")
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


def _date(values: list[str]) -> datetime:
    """The moment in the only Date header: IMF-fixdate (RFC 9110 section 5.6.7) and nothing else."""
    try:
        (text,) = values
        moment = datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError as error:
        raise Unauthenticated("One Date header is needed, in the form of RFC 9110.") from error
    # strptime forgives a wrong weekday, other digits, and case; writing it back does not.
    if format_datetime(moment, usegmt=True) != text:
        raise Unauthenticated("One Date header is needed, in the form of RFC 9110.")
    return moment


def _signing_string(request: SignedRequest, params: SignatureParams, target: str) -> bytes:
    lines = (f"{name}: {_line_value(request, params, target, name)}" for name in params.headers)
    try:
        return "\n".join(lines).encode("latin-1")
    except UnicodeEncodeError as error:
        raise Unauthenticated("A signed header has a character that no header can have.") from error


def _line_value(request: SignedRequest, params: SignatureParams, target: str, name: str) -> str:
    match name:
        case "(request-target)":
            return f"{request.method.lower()} {target}"
        case "(created)":
            return str(params.created)
        case "(expires)":
            return str(params.expires)
    values = request.values(name)
    if not values:
        raise Unauthenticated(f"The signature covers {name}, which did not come.")
    return ", ".join(value.strip(" \t") for value in values)
