"""How a program asks the author's blog for a token (IndieAuth, OAuth 2.0 with PKCE)."""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import orjson

from fediblog.errors import Malformed

_LONGEST_URL = 500
_LONGEST_STATE = 2000
#: A verifier's SHA-256 in base64url (RFC 7636, 4.2), and verifiers themselves (4.1).
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
#: What a browser would run, or read from the author's disk.
_NEVER = frozenset({"javascript", "data", "vbscript", "file", "blob", "about", "filesystem"})
_WEB = frozenset({"http", "https"})
#: What some programs still call it.
_OTHER_NAMES = {"post": "create"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program asks for. client_id: the address that it is known by. scopes: as it names
    them. challenge: to which it will have the verifier."""

    client_id: str
    redirect_uri: str
    state: str
    challenge: str
    scopes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Client:
    """What a program's own page says of it."""

    name: str = ""
    redirect_uris: Sequence[str] = ()


def parse_request(params: Mapping[str, str]) -> Asked:
    """What stands in the address that a program sends the author to. Raises Malformed."""
    if params.get("response_type") != "code":
        raise Malformed("response_type has to be code.")
    if params.get("code_challenge_method") != "S256":
        raise Malformed("code_challenge_method has to be S256.")
    challenge = params.get("code_challenge", "")
    if not _CHALLENGE.fullmatch(challenge):
        raise Malformed("code_challenge is missing, or is none (RFC 7636).")
    state = params.get("state", "")
    if len(state) > _LONGEST_STATE:
        raise Malformed("state is too long.")
    scopes = [_OTHER_NAMES.get(each, each) for each in params.get("scope", "").split()]
    client_id = _client_id(params.get("client_id", ""))
    redirect_uri = _redirect_uri(params.get("redirect_uri", ""))
    return Asked(client_id, redirect_uri, state, challenge, scopes)


def may_redirect(asked: Asked, published: Sequence[str]) -> bool:
    """Whether the author may be sent there: to the program's own host, or to an address that its
    own page names. Nobody else's gets a code that way (K21)."""
    return _place(asked.client_id) == _place(asked.redirect_uri) or asked.redirect_uri in published


def is_on_this_machine(client_id: str) -> bool:
    """Whether a program says that it runs where the author sits: it has no page to look at."""
    host = urlsplit(client_id).hostname or ""
    return host == "localhost" or host.endswith(".localhost") or _is_address(host)


def form_target(redirect_uri: str) -> str:
    """The source that a policy has to allow for a form that ends there (CSP, form-action)."""
    parts = urlsplit(redirect_uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in _WEB else f"{parts.scheme}:"


def verifies(verifier: str, challenge: str) -> bool:
    """Whether who comes with the code is who asked for it (RFC 7636, 4.6)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return secrets.compare_digest(made, challenge)


def parse_client(body: bytes, client_id: str) -> Client:
    """A program's metadata in JSON. Raises Malformed for what is none, or is another program's."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed("This is not JSON.") from error
    if not isinstance(given, dict) or given.get("client_id") != client_id:
        raise Malformed("This is another program's metadata.")
    name, uris = given.get("client_name"), given.get("redirect_uris")
    return Client(
        name if isinstance(name, str) else "",
        [each for each in uris if isinstance(each, str)] if isinstance(uris, list) else (),
    )


def metadata(origin: str, scopes: Sequence[str]) -> dict[str, Any]:
    """Where everything is (RFC 8414)."""
    return {
        "issuer": f"{origin}/",
        "authorization_endpoint": f"{origin}/admin/authorize",
        "token_endpoint": f"{origin}/indieauth/token",
        "introspection_endpoint": f"{origin}/indieauth/introspect",
        "revocation_endpoint": f"{origin}/indieauth/revoke",
        "revocation_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": "https://indieauth.spec.indieweb.org/",
    }


def _client_id(url: str) -> str:
    """IndieAuth 3.3: an address with a path, without a fragment, a name or a password; its host is
    a name, or this machine."""
    parts = _split(url, "client_id")
    host = parts.hostname or ""
    if (
        parts.scheme not in _WEB
        or not host
        or not parts.path.startswith("/")
        or {".", ".."} & set(parts.path.split("/"))
        or (_is_address(host) and host not in {"127.0.0.1", "::1"})
    ):
        raise Malformed("client_id is no address that a program can be known by.")
    return url


def _redirect_uri(url: str) -> str:
    parts = _split(url, "redirect_uri")
    web = parts.scheme in _WEB
    if (
        not _SCHEME.fullmatch(parts.scheme)
        or parts.scheme in _NEVER
        or (web and not parts.hostname)
    ):
        raise Malformed("redirect_uri is no address that a browser can be sent to.")
    return url


def _split(url: str, name: str) -> SplitResult:
    refused = Malformed(f"{name} is missing, or is no plain address.")
    try:
        parts = urlsplit(url)
        # Reading it is what raises.
        _ = parts.port
    except ValueError as error:
        raise refused from error
    if not (
        0 < len(url) <= _LONGEST_URL
        and url.isascii()
        and url.isprintable()
        and not set(url) & set(" \\\"'<>;,#")
        and "@" not in parts.netloc
    ):
        raise refused
    return parts


def _place(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or default


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
