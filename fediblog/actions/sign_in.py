"""The author signs in: by a one-time link that sets a password, then by that password, and by a
second factor if there is one."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fediblog.actions.second_factor import (
    SecondFactor,
    kind_of,
    second_factor,
    take_code,
)
from fediblog.actions.sessions import (
    SignedIn,
    Visitor,
    confirm_session,
    hash_token,
    new_token,
    note_attempt,
    open_session,
)
from fediblog.actions.tickets import issue_ticket, read_ticket, use_ticket
from fediblog.blog import Blog
from fediblog.errors import Forbidden, Invalid
from fediblog.lazily import Lazily
from fediblog.store import sessions, site, tickets
from fediblog.store.database import Transaction
from fediblog.store.sessions import Session

if TYPE_CHECKING:
    import zxcvbn
else:
    zxcvbn = Lazily("zxcvbn")

_SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 1000
#: Of the library's scores from 0 to 4: who has this one is not found by a million guesses.
_LEAST_SCORE = 2
#: More letters make no password easier to guess, and would take long to look through.
_LOOKED_AT = 72
_LINK_MS = 24 * 3600 * 1000

_HASHER = PasswordHasher()
#: Of no password: where none is set, a guess takes as long as anywhere.
_NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4$6sIOMz0u3EKTF+IwpDAIWg"
    "$U5QEMwaWfHXMcmjI6WHQu7dPcDLZeTI1TpaKgLJ7NfM"
)


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The password was right, and more is asked for. ticket: shows that it was right."""

    ticket: str
    asked: SecondFactor


async def make_link(blog: Blog) -> str:
    """A fresh one-time link, good for a day; an earlier one ends."""
    token = new_token()
    value = f"{hash_token(token)} {blog.now_ms() + _LINK_MS}"
    async with blog.db.transaction() as tx:
        await site.set_value(tx, "welcome_token", value)
    return f"{blog.addresses.origin}/admin/welcome?token={token}"


async def has_password(blog: Blog) -> bool:
    """Whether the author has set a password yet."""
    return await site.get_value(blog.db, "password_hash") is not None


async def check_link(blog: Blog, token: str) -> None:
    """Raise Forbidden unless a one-time link's token is the right one and still holds."""
    stored = await site.get_value(blog.db, "welcome_token") or ""
    if not _matches(stored, token, blog.now_ms()):
        raise _used_up()


async def set_password_by_link(
    blog: Blog, token: str, password: str, again: str, visitor: Visitor, *, before: str = ""
) -> SignedIn:
    """Use a one-time link up: set the password and sign in, past any second factor, for who has
    made the link has the server. before: the token of a session that ends. Raises Forbidden or
    Invalid."""
    # Hashing takes long and much memory, which must not be had by anybody who asks.
    await check_link(blog, token)
    _check_again(password, again)
    hashed = await _hash_password(blog, password)
    async with blog.db.transaction() as tx:
        stored = await site.get_value(tx, "welcome_token") or ""
        if not _matches(stored, token, blog.now_ms()) or not await site.take_value(
            tx, "welcome_token", stored
        ):
            raise _used_up()
        await site.set_value(tx, "password_hash", hashed)
        await _end_everything(tx)
    return await open_session(blog, "link", visitor, before)


async def set_password(blog: Blog, password: str) -> None:
    """Set a password from the command line; everybody who was signed in no longer is."""
    hashed = await _hash_password(blog, password)
    async with blog.db.transaction() as tx:
        await site.set_value(tx, "password_hash", hashed)
        await site.remove_value(tx, "welcome_token")
        await _end_everything(tx)


async def change_password(
    blog: Blog, session: Session, old: str, password: str, again: str, visitor: Visitor
) -> str:
    """Set another password; every other browser is signed out. Returns this session's new token.
    Raises Invalid with the field's name."""
    stored = await _checked_password(blog, old, visitor, field="old")
    _check_again(password, again)
    hashed = await _hash_password(blog, password)
    async with blog.db.transaction() as tx:
        if not await site.change_value(tx, "password_hash", stored, hashed):
            raise Invalid("The password was changed meanwhile.", field="old")
        await site.remove_value(tx, "welcome_token")
        await sessions.remove_other_sessions(tx, session.id)
        await tickets.remove_tickets(tx)
    return await confirm_session(blog, session)


async def sign_in(
    blog: Blog, password: str, visitor: Visitor, *, before: str = ""
) -> SignedIn | HalfWay:
    """Sign a browser in, or say what else is asked for. before: the token of the session that it
    has, which ends. Raises Invalid for a wrong password."""
    await _checked_password(blog, password, visitor, field="password")
    asked = await second_factor(blog.db)
    if asked.needed:
        await note_attempt(blog, "password", "half", visitor)
        return HalfWay(await issue_ticket(blog, "half", {}), asked)
    return await open_session(blog, "password", visitor, before)


async def find_half(blog: Blog, ticket: str) -> HalfWay:
    """A sign-in that is half done. Raises Forbidden if it took too long."""
    if await read_ticket(blog, "half", ticket) is None:
        raise _too_late()
    return HalfWay(ticket, await second_factor(blog.db))


async def finish_with_code(
    blog: Blog, ticket: str, code: str, visitor: Visitor, *, before: str = ""
) -> SignedIn:
    """The second half, by a code of the app or a recovery code. Raises Forbidden if it took too
    long, Invalid for a wrong code or one that was used before."""
    await find_half(blog, ticket)
    way = kind_of(code)
    async with blog.db.transaction() as tx:
        right = await take_code(blog, tx, code)
        if right and await use_ticket(blog, tx, "half", ticket) is None:
            raise _too_late()
    if not right:
        await note_attempt(blog, way, "wrong", visitor)
        raise Invalid(
            "This code is not right, or it was used before. Wait for the next one.", field="code"
        )
    return await open_session(blog, way, visitor, before)


async def confirm_with_password(
    blog: Blog, session: Session, password: str, visitor: Visitor
) -> str:
    """Show that it is still the author who sits there; the session's new token. Raises Invalid."""
    await _checked_password(blog, password, visitor, field="password")
    return await confirm_session(blog, session)


async def _checked_password(blog: Blog, password: str, visitor: Visitor, *, field: str) -> str:
    """The stored hash of a password that is right; a wrong one is written down."""
    stored = await site.get_value(blog.db, "password_hash")
    right = await asyncio.to_thread(_is_password, stored or _NOBODYS, password[:_LONGEST_PASSWORD])
    if stored is None or not right:
        await note_attempt(blog, "password", "wrong", visitor)
        raise Invalid("This is not the password.", field=field)
    return stored


async def _end_everything(tx: Transaction) -> None:
    await sessions.remove_all_sessions(tx)
    await tickets.remove_tickets(tx)


def _check_again(password: str, again: str) -> None:
    if password != again:
        raise Invalid("The two passwords are not the same.", field="again")


async def _check_guessing(blog: Blog, password: str) -> None:
    """Refuse, with Invalid, one of the passwords that are tried first everywhere, or one made of
    the blog's own names and little else."""
    title = await site.get_value(blog.db, "title") or ""
    names = [blog.addresses.authority, blog.addresses.username, "fediblog", title]
    judged = await asyncio.to_thread(zxcvbn.zxcvbn, password[:_LOOKED_AT], user_inputs=names)
    if judged["score"] < _LEAST_SCORE:
        raise Invalid(
            "This password is among the first that are tried. Take several words that have "
            "nothing to do with each other, or let a password manager choose one.",
            field="password",
        )


async def _hash_password(blog: Blog, password: str) -> str:
    if len(password) < _SHORTEST_PASSWORD:
        raise Invalid(
            f"A password needs at least {_SHORTEST_PASSWORD} characters.", field="password"
        )
    if len(password) > _LONGEST_PASSWORD:
        raise Invalid(
            f"A password can have at most {_LONGEST_PASSWORD} characters.", field="password"
        )
    await _check_guessing(blog, password)
    return await asyncio.to_thread(_HASHER.hash, password)


def _is_password(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _matches(stored: str, token: str, now: int) -> bool:
    hashed, _, until = stored.partition(" ")
    return secrets.compare_digest(hashed, hash_token(token)) and int(until or 0) > now


def _used_up() -> Forbidden:
    return Forbidden(
        "This link has been used or is too old. "
        "Make a new one with: scripts/fediblog admin password --link"
    )


def _too_late() -> Forbidden:
    return Forbidden("That took too long. Please sign in again.")
