"""A program asks for a token, the author allows it, and the program fetches it (IndieAuth)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from fediblog.actions.api_tokens import SCOPES, add_token
from fediblog.actions.tickets import issue_ticket, use_ticket
from fediblog.blog import Blog
from fediblog.domain.client_pages import read_client_page
from fediblog.domain.plaintext import plain_line
from fediblog.errors import Forbidden, Malformed, RemoteError
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.indieauth import (
    Asked,
    Client,
    is_on_this_machine,
    may_redirect,
    parse_client,
    parse_request,
    verifies,
)

_PAGE_BYTES = 200_000
_TYPES = ("application/json", "text/html", "application/xhtml+xml")
_SECONDS = 5.0
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Consent:
    """What the author is asked. name: what the program calls itself, its host if it says nothing.
    scopes: those that mean something here. ticket: goes with the author's answer."""

    asked: Asked
    name: str
    host: str
    scopes: Mapping[str, str]
    ticket: str


@dataclass(frozen=True, slots=True)
class _Grant:
    client_id: str
    redirect_uri: str
    state: str
    challenge: str
    name: str
    scopes: str

    def value(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


async def ask_author(blog: Blog, params: Mapping[str, str]) -> Consent:
    """What a program asks for, once it is certain that the answer goes to nobody else. Raises
    Malformed."""
    asked = parse_request(params)
    client = await _client(blog, asked.client_id)
    if not may_redirect(asked, client.redirect_uris):
        raise Malformed(
            "The answer would go to another address than the program's own, and the program's page "
            "does not name that one."
        )
    host = urlsplit(asked.client_id).netloc
    name = plain_line(client.name, _LONGEST_NAME) or host
    scopes = {scope: told for scope, told in SCOPES.items() if scope in asked.scopes}
    grant = _Grant(
        asked.client_id, asked.redirect_uri, asked.state, asked.challenge, name, " ".join(scopes)
    )
    return Consent(asked, name, host, scopes, await issue_ticket(blog, "consent", grant.value()))


async def answer_program(blog: Blog, ticket: str, scopes: Iterable[str], *, allowed: bool) -> str:
    """The address that takes the author's answer to the program. scopes: what the author has left
    of those that it asked for. Raises Forbidden when it took too long."""
    async with blog.db.transaction() as tx:
        value = await use_ticket(blog, tx, "consent", ticket)
    if value is None:
        raise Forbidden("That took too long, or was answered already. Please begin again there.")
    told = {"iss": blog.addresses.home} | ({"state": value["state"]} if value["state"] else {})
    if not allowed:
        return _with(value["redirect_uri"], {"error": "access_denied"} | told)
    left = set(scopes)
    kept = " ".join(scope for scope in value["scopes"].split() if scope in left)
    code = await issue_ticket(blog, "code", {**value, "scopes": kept})
    return _with(value["redirect_uri"], {"code": code} | told)


async def redeem(blog: Blog, params: Mapping[str, str]) -> dict[str, Any]:
    """A code for who the author is, and no more. Raises Malformed or Forbidden."""
    await _redeemed(blog, params)
    return {"me": blog.addresses.home}


async def exchange(blog: Blog, params: Mapping[str, str]) -> dict[str, Any]:
    """A code for a token. Raises Malformed, Forbidden, or Invalid when there are too many."""
    value = await _redeemed(blog, params)
    if not value["scopes"]:
        raise Forbidden("This code tells who the author is, and is good for nothing else.")
    async with blog.db.transaction() as tx:
        token = await add_token(
            blog, tx, value["name"], value["scopes"].split(), client=value["client_id"]
        )
    return {
        "access_token": token,
        "token_type": "Bearer",
        "scope": value["scopes"],
        "me": blog.addresses.home,
    }


async def _redeemed(blog: Blog, params: Mapping[str, str]) -> Mapping[str, str]:
    """What the author has allowed; its code is used up, whatever else is wrong."""
    if params.get("grant_type", "authorization_code") != "authorization_code":
        raise Malformed("grant_type has to be authorization_code.")
    async with blog.db.transaction() as tx:
        value = await use_ticket(blog, tx, "code", params.get("code", ""))
    if value is None:
        raise Forbidden("This code is none, was used before, or is too old.")
    for name in ("client_id", "redirect_uri"):
        if params.get(name) != value[name]:
            raise Forbidden(f"This code was made for another {name}.")
    if not verifies(params.get("code_verifier", ""), value["challenge"]):
        raise Forbidden("code_verifier is not that of the code.")
    return value


async def _client(blog: Blog, client_id: str) -> Client:
    """What the program's own page says; nothing if it cannot be had."""
    if is_on_this_machine(client_id) and not blog.settings.development:
        return Client()
    try:
        found = await blog.remote.get_bytes(
            client_id, cap=_PAGE_BYTES, types=_TYPES, deadline=_SECONDS
        )
        # Where it was redirected to another host, what is there is another's word.
        if authority_of(found.url) != authority_of(client_id):
            return Client()
        if found.content_type.startswith("application/json"):
            return parse_client(found.body, client_id)
    except (RemoteError, Malformed):
        return Client()
    name, targets = read_client_page(found.body.decode("utf-8", "replace"), found.url)
    return Client(name, targets)


def _with(uri: str, params: Mapping[str, str]) -> str:
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(params)}"
