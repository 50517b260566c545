"""Passkeys: made by the author's device, which then signs what nobody else can (WebAuthn 3)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import orjson

from fediblog.actions.second_factor import drop_recovery_codes
from fediblog.actions.sessions import (
    SignedIn,
    Visitor,
    confirm_session,
    note_attempt,
    open_session,
)
from fediblog.actions.site import get_site
from fediblog.actions.tickets import issue_ticket, use_ticket
from fediblog.blog import Blog
from fediblog.domain.plaintext import one_line
from fediblog.errors import Forbidden, Invalid
from fediblog.lazily import Lazily
from fediblog.store import passkeys
from fediblog.store.passkeys import Passkey
from fediblog.store.sessions import Session

if TYPE_CHECKING:
    import webauthn
    from webauthn.helpers import exceptions, structs
else:
    webauthn = Lazily("webauthn")
    exceptions, structs = Lazily("webauthn.helpers.exceptions"), Lazily("webauthn.helpers.structs")

MOST_PASSKEYS = 20
_LONGEST_NAME = 60
_LONGEST_ANSWER = 20_000
#: What the library raises for what it cannot read, beside an exception of its own.
_UNREADABLE = (ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser is asked. options: for navigator.credentials, as JSON. ticket: goes with the
    answer."""

    options: str
    ticket: str


def can_have_passkeys(blog: Blog) -> bool:
    """Browsers make them for names only, not for addresses such as 127.0.0.1."""
    try:
        ip_address(_host(blog))
    except ValueError:
        return True
    return False


async def list_passkeys(blog: Blog) -> Sequence[Passkey]:
    """All of the author's."""
    return await passkeys.list_passkeys(blog.db, limit=MOST_PASSKEYS)


async def ask_for_new_passkey(blog: Blog) -> Challenge:
    """What a browser needs to make one: it is to be found without a name, and to be unlocked."""
    known = await list_passkeys(blog)
    options = webauthn.generate_registration_options(
        rp_id=_host(blog),
        rp_name=(await get_site(blog)).title,
        user_name=blog.addresses.handle,
        user_id=hashlib.sha256(blog.addresses.actor.encode()).digest(),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(webauthn.base64url_to_bytes(each.credential))
            for each in known
        ],
    )
    value = {"challenge": webauthn.helpers.bytes_to_base64url(options.challenge)}
    return Challenge(
        webauthn.options_to_json(options), await issue_ticket(blog, "new_passkey", value)
    )


async def add_passkey(blog: Blog, ticket: str, answer: str, name: str) -> None:
    """Keep a passkey that a browser has made. Raises Forbidden for a challenge that is used up or
    too old, Invalid for an answer that does not hold."""
    challenge = await _use_challenge(blog, "new_passkey", ticket)
    try:
        made = webauthn.verify_registration_response(
            credential=answer[:_LONGEST_ANSWER],
            expected_challenge=challenge,
            expected_rp_id=_host(blog),
            expected_origin=blog.addresses.origin,
            require_user_verification=True,
        )
    except (*_UNREADABLE, exceptions.WebAuthnException) as error:
        raise Invalid("This passkey cannot be used.", field="passkey", detail=str(error)) from error
    async with blog.db.transaction() as tx:
        if await passkeys.count_passkeys(tx) >= MOST_PASSKEYS:
            raise Invalid(f"There can be {MOST_PASSKEYS} passkeys.", field="passkey")
        added = await passkeys.add_passkey(
            tx,
            webauthn.helpers.bytes_to_base64url(made.credential_id),
            made.credential_public_key,
            made.sign_count,
            one_line(name)[:_LONGEST_NAME] or "Passkey",
            blog.now_ms(),
        )
    if not added:
        raise Invalid("This passkey is here already.", field="passkey")


async def remove_passkey(blog: Blog, number: int) -> None:
    """Forget one."""
    async with blog.db.transaction() as tx:
        await passkeys.remove_passkey(tx, number)
        await drop_recovery_codes(tx)


async def ask_for_passkey(blog: Blog) -> Challenge:
    """What a browser needs to show that it has one. It is not told which: a stranger would learn
    which there are."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(blog), user_verification=structs.UserVerificationRequirement.REQUIRED
    )
    value = {"challenge": webauthn.helpers.bytes_to_base64url(options.challenge)}
    return Challenge(webauthn.options_to_json(options), await issue_ticket(blog, "passkey", value))


async def sign_in_with_passkey(
    blog: Blog, ticket: str, answer: str, visitor: Visitor, *, before: str = ""
) -> SignedIn:
    """Sign a browser in: a passkey is something that one has, and that only its owner can unlock,
    so nothing else is asked for. before: the token of a session that ends. Raises Forbidden or
    Invalid."""
    await _check(blog, ticket, answer, visitor)
    return await open_session(blog, "passkey", visitor, before)


async def confirm_with_passkey(
    blog: Blog, session: Session, ticket: str, answer: str, visitor: Visitor
) -> str:
    """Show that it is still the author who sits there; the session's new token. Raises Forbidden or
    Invalid."""
    await _check(blog, ticket, answer, visitor)
    return await confirm_session(blog, session)


async def _check(blog: Blog, ticket: str, answer: str, visitor: Visitor) -> None:
    challenge = await _use_challenge(blog, "passkey", ticket)
    passkey = await passkeys.get_passkey(blog.db, _credential_of(answer))
    try:
        if passkey is None:
            raise ValueError("an unknown passkey")
        shown = webauthn.verify_authentication_response(
            credential=answer[:_LONGEST_ANSWER],
            expected_challenge=challenge,
            expected_rp_id=_host(blog),
            expected_origin=blog.addresses.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (*_UNREADABLE, exceptions.WebAuthnException) as error:
        await note_attempt(blog, "passkey", "wrong", visitor)
        raise Invalid(
            "This passkey does not open this blog.", field="passkey", detail=str(error)
        ) from error
    async with blog.db.transaction() as tx:
        await passkeys.set_passkey_used(tx, passkey.id, shown.new_sign_count, blog.now_ms())


async def _use_challenge(blog: Blog, kind: Literal["passkey", "new_passkey"], ticket: str) -> bytes:
    async with blog.db.transaction() as tx:
        value = await use_ticket(blog, tx, kind, ticket)
    if value is None:
        raise Forbidden("That took too long. Please try again.")
    return webauthn.base64url_to_bytes(value["challenge"])


def _credential_of(answer: str) -> str:
    """The id of the passkey that an answer says it is of; empty for what is no answer."""
    try:
        given = orjson.loads(answer[:_LONGEST_ANSWER])
    except orjson.JSONDecodeError:
        return ""
    named = given.get("id") if isinstance(given, dict) else None
    return named if isinstance(named, str) and "\0" not in named else ""


def _host(blog: Blog) -> str:
    return urlsplit(blog.addresses.origin).hostname or ""
