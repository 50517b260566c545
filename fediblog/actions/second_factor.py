"""The second factor: codes of an app on a phone, or a passkey, and what stands in if it is lost."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.actions.sessions import hash_token
from fediblog.actions.tickets import issue_ticket, read_ticket, use_ticket
from fediblog.blog import Blog
from fediblog.errors import Forbidden, Invalid
from fediblog.protocol.totp import app_address, matching_step, new_secret
from fediblog.store import passkeys, recovery_codes, sessions, site, tickets
from fediblog.store.attempts import Way
from fediblog.store.database import Queries, Transaction

_TOTP = "totp_secret"
#: The step of the last code that was used: neither it nor an earlier one is taken again.
_STEP = "totp_step"
_PASSKEY = "passkey_as_second_factor"
_CODES = 10
#: Without those that are mistaken for one another; 16 of them are 80 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What is asked for after the password. codes: of an app. passkey: whether one is asked for
    where there are no codes. passkeys, recovery_codes: how many there are."""

    codes: bool
    passkey: bool
    passkeys: int
    recovery_codes: int

    @property
    def needed(self) -> bool:
        """Whether the password alone is not enough."""
        return self.codes or self.passkey


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret that is being set up. address: as an app reads it."""

    ticket: str
    secret: str
    address: str


async def second_factor(db: Queries) -> SecondFactor:
    """What is asked for after the password."""
    values = await site.get_values(db)
    number = await passkeys.count_passkeys(db)
    return SecondFactor(
        codes=_TOTP in values,
        passkey=_PASSKEY in values and number > 0,
        passkeys=number,
        recovery_codes=await recovery_codes.count_recovery_codes(db),
    )


async def begin_codes(blog: Blog) -> NewSecret:
    """A secret for an app, which counts once the app has shown that it has it."""
    secret = new_secret()
    return _new_secret(blog, await issue_ticket(blog, "totp", {"secret": secret}), secret)


async def find_new_secret(blog: Blog, ticket: str) -> NewSecret:
    """The one that is being set up. Raises Forbidden if that took too long."""
    value = await read_ticket(blog, "totp", ticket)
    if value is None:
        raise _too_late()
    return _new_secret(blog, ticket, value["secret"])


async def finish_codes(blog: Blog, ticket: str, code: str) -> Sequence[str]:
    """Ask for codes of the app from now on. Returns recovery codes, if there were none; they can be
    read only here. Raises Forbidden, or Invalid when it is not the app's code."""
    new = await find_new_secret(blog, ticket)
    step = matching_step(new.secret, _tidied(code), blog.clock())
    if step is None:
        raise Invalid("This is not the code that the app should show now.", field="code")
    async with blog.db.transaction() as tx:
        if await use_ticket(blog, tx, "totp", ticket) is None:
            raise _too_late()
        await site.set_value(tx, _TOTP, new.secret)
        await site.set_value(tx, _STEP, str(step))
        return await _first_recovery_codes(tx)


async def end_codes(blog: Blog) -> None:
    """Ask for no codes any more."""
    async with blog.db.transaction() as tx:
        await site.remove_value(tx, _TOTP)
        await site.remove_value(tx, _STEP)
        await drop_recovery_codes(tx)


async def ask_for_passkey(blog: Blog, *, asked: bool) -> Sequence[str]:
    """Whether a passkey is asked for after the password. Returns recovery codes, if there were
    none. Raises Invalid when there is no passkey."""
    async with blog.db.transaction() as tx:
        if not asked:
            await site.remove_value(tx, _PASSKEY)
            await drop_recovery_codes(tx)
            return ()
        if not await passkeys.count_passkeys(tx):
            raise Invalid("There is no passkey yet. Add one first.", field="asked")
        await site.set_value(tx, _PASSKEY, "on")
        return await _first_recovery_codes(tx)


async def new_recovery_codes(blog: Blog) -> Sequence[str]:
    """Ten in the place of those that there are. Raises Invalid when nothing needs them."""
    async with blog.db.transaction() as tx:
        if not (await second_factor(tx)).needed:
            raise Invalid("Without a second factor there is nothing to recover.")
        return await _make_recovery_codes(tx)


async def drop_recovery_codes(tx: Transaction) -> None:
    """Forget them if nothing needs them any more."""
    if not (await second_factor(tx)).needed:
        await recovery_codes.set_recovery_codes(tx, ())


async def reset_second_factor(blog: Blog) -> None:
    """From the command line, for a phone that is lost: the password alone lets in again. Passkeys
    go, too, and everybody who is signed in no longer is."""
    async with blog.db.transaction() as tx:
        for name in (_TOTP, _STEP, _PASSKEY):
            await site.remove_value(tx, name)
        await passkeys.remove_all_passkeys(tx)
        await recovery_codes.set_recovery_codes(tx, ())
        await sessions.remove_all_sessions(tx)
        await tickets.remove_tickets(tx)


def kind_of(code: str) -> Way:
    """What somebody has typed: a code of the app, or one to recover with."""
    return "code" if re.fullmatch(r"[0-9]{6}", _tidied(code)) else "recovery"


async def take_code(blog: Blog, tx: Transaction, code: str) -> bool:
    """Use a code of the app or a recovery code up; whether it was right, and not used before."""
    typed = _tidied(code)
    if kind_of(typed) == "recovery":
        return await recovery_codes.take_recovery_code(tx, hash_token(typed))
    secret = await site.get_value(tx, _TOTP)
    last = await site.get_value(tx, _STEP)
    if secret is None or last is None:
        return False
    step = matching_step(secret, typed, blog.clock())
    # Of two who come with the same code at once, one changes the value.
    return (
        step is not None
        and step > int(last)
        and await site.change_value(tx, _STEP, last, str(step))
    )


def _new_secret(blog: Blog, ticket: str, secret: str) -> NewSecret:
    authority = blog.addresses.authority
    address = app_address(secret, issuer=authority, account=blog.addresses.username)
    return NewSecret(ticket, secret, address)


async def _first_recovery_codes(tx: Transaction) -> Sequence[str]:
    if await recovery_codes.count_recovery_codes(tx):
        return ()
    return await _make_recovery_codes(tx)


async def _make_recovery_codes(tx: Transaction) -> Sequence[str]:
    codes = [_recovery_code() for _ in range(_CODES)]
    await recovery_codes.set_recovery_codes(tx, [hash_token(_tidied(code)) for code in codes])
    return codes


def _recovery_code() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _tidied(code: str) -> str:
    """As people copy it, with spaces or hyphens anywhere."""
    return re.sub(r"[\s-]+", "", code[:100]).lower()


def _too_late() -> Forbidden:
    return Forbidden("That took too long. Please begin again.")
