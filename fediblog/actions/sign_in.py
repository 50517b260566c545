"""The admin signs in: by a one-time link that sets a password, then by that password."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fediblog.blog import Blog
from fediblog.errors import Forbidden, Invalid
from fediblog.store import sessions, site
from fediblog.store.sessions import Session

_SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 1000
_SESSION_MS = 30 * 24 * 3600 * 1000
_TOUCH_MS = 3600 * 1000
_LINK_MS = 24 * 3600 * 1000

_HASHER = PasswordHasher()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """token: the cookie's value. csrf: what every form carries."""

    token: str
    csrf: str


async def make_link(blog: Blog) -> str:
    """A fresh one-time link, good for a day; an earlier one ends."""
    token = secrets.token_urlsafe(32)
    value = f"{_hash(token)} {blog.now_ms() + _LINK_MS}"
    async with blog.db.transaction() as tx:
        await site.set_value(tx, "welcome_token", value)
    return f"{blog.addresses.origin}/admin/welcome?token={token}"


async def has_password(blog: Blog) -> bool:
    """Whether the admin has set a password yet."""
    return await site.get_value(blog.db, "password_hash") is not None


async def check_link(blog: Blog, token: str) -> None:
    """Raise Forbidden unless a one-time link's token is the right one and still holds."""
    stored = await site.get_value(blog.db, "welcome_token") or ""
    if not _matches(stored, token, blog.now_ms()):
        raise _used_up()


async def set_password_by_link(blog: Blog, token: str, password: str, again: str) -> SignedIn:
    """Use a one-time link up: set the password and sign in. Raises Forbidden or Invalid."""
    # Hashing takes long and much memory, which must not be had by anybody who asks.
    await check_link(blog, token)
    if password != again:
        raise Invalid("The two passwords are not the same.", field="again")
    hashed = await _hash_password(password)
    async with blog.db.transaction() as tx:
        stored = await site.get_value(tx, "welcome_token") or ""
        if not _matches(stored, token, blog.now_ms()) or not await site.take_value(
            tx, "welcome_token", stored
        ):
            raise _used_up()
        await site.set_value(tx, "password_hash", hashed)
        await sessions.remove_all_sessions(tx)
    return await _open_session(blog)


async def set_password(blog: Blog, password: str) -> None:
    """Set a password from the command line; everybody who was signed in no longer is."""
    hashed = await _hash_password(password)
    async with blog.db.transaction() as tx:
        await site.set_value(tx, "password_hash", hashed)
        await site.remove_value(tx, "welcome_token")
        await sessions.remove_all_sessions(tx)


async def sign_in(blog: Blog, password: str) -> SignedIn:
    """Sign a browser in. Raises Invalid for a wrong password."""
    stored = await site.get_value(blog.db, "password_hash") or ""
    if not await asyncio.to_thread(_is_password, stored, password[:_LONGEST_PASSWORD]):
        raise Invalid("This is not the password.", field="password")
    return await _open_session(blog)


async def sign_out(blog: Blog, token: str) -> None:
    """End one browser's session."""
    async with blog.db.transaction() as tx:
        await sessions.remove_session(tx, _hash(token))


async def find_session(blog: Blog, token: str) -> Session | None:
    """The session of a cookie, None when there is none or it was not used for 30 days."""
    now = blog.now_ms()
    session = await sessions.get_session(blog.db, _hash(token), used_after=now - _SESSION_MS)
    if session is not None and now - session.used_at > _TOUCH_MS:
        async with blog.db.transaction() as tx:
            await sessions.set_used(tx, session.id, now)
    return session


async def _open_session(blog: Blog) -> SignedIn:
    signed_in = SignedIn(secrets.token_urlsafe(32), secrets.token_urlsafe(24))
    async with blog.db.transaction() as tx:
        await sessions.add_session(tx, _hash(signed_in.token), signed_in.csrf, blog.now_ms())
    return signed_in


async def _hash_password(password: str) -> str:
    if len(password) < _SHORTEST_PASSWORD:
        raise Invalid(
            f"A password needs at least {_SHORTEST_PASSWORD} characters.", field="password"
        )
    if len(password) > _LONGEST_PASSWORD:
        raise Invalid(
            f"A password can have at most {_LONGEST_PASSWORD} characters.", field="password"
        )
    return await asyncio.to_thread(_HASHER.hash, password)


def _is_password(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _hash(token: str) -> str:
    """Tokens are long and random, so a plain hash is enough to keep them from the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def _matches(stored: str, token: str, now: int) -> bool:
    hashed, _, until = stored.partition(" ")
    return secrets.compare_digest(hashed, _hash(token)) and int(until or 0) > now


def _used_up() -> Forbidden:
    return Forbidden(
        "This link has been used or is too old. "
        "Make a new one with: scripts/fediblog admin password --link"
    )
