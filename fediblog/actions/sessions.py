"""Signed-in browsers: a session begins, is found, is confirmed, and ends."""

import hashlib
import secrets
from dataclasses import dataclass

from fediblog.blog import Blog
from fediblog.store import attempts, sessions
from fediblog.store.attempts import Result, Way
from fediblog.store.sessions import Session

#: Without a visit.
SESSION_MS = 30 * 24 * 3600 * 1000
#: Altogether, however often it is used.
LONGEST_SESSION_MS = 180 * 24 * 3600 * 1000
_TOUCH_MS = 3600 * 1000
#: So long after a sign-in nobody is asked again whether it is really the author.
_FRESH_MS = 10 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is at the door: the address that limits count, and the browser in words."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """token: the cookie's value. csrf: what every form carries."""

    token: str
    csrf: str


def new_token() -> str:
    """Long and random: nobody guesses it."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Tokens are long and random, so a plain hash is enough to keep them from the database."""
    return hashlib.sha256(token.encode()).hexdigest()


async def note_attempt(blog: Blog, way: Way, result: Result, visitor: Visitor) -> None:
    """Write down who tried to sign in, and what came of it."""
    async with blog.db.transaction() as tx:
        await attempts.add_attempt(
            tx, way, result, browser=visitor.browser, address=visitor.address, now=blog.now_ms()
        )


async def open_session(blog: Blog, way: Way, visitor: Visitor, before: str) -> SignedIn:
    """Sign a browser in, and write that down. before: the token of the session that it has, which
    ends: nobody goes on in one that somebody else may have given them."""
    signed_in = SignedIn(new_token(), secrets.token_urlsafe(24))
    now = blog.now_ms()
    async with blog.db.transaction() as tx:
        await sessions.remove_session(tx, hash_token(before))
        await sessions.add_session(
            tx,
            hash_token(signed_in.token),
            signed_in.csrf,
            browser=visitor.browser,
            address=visitor.address,
            now=now,
        )
        await attempts.add_attempt(
            tx, way, "in", browser=visitor.browser, address=visitor.address, now=now
        )
    return signed_in


async def find_session(blog: Blog, token: str, visitor: Visitor) -> Session | None:
    """The session of a cookie, None when there is none, it was not used for 30 days, or it began
    180 days ago."""
    now = blog.now_ms()
    session = await sessions.get_session(
        blog.db,
        hash_token(token),
        used_after=now - SESSION_MS,
        begun_after=now - LONGEST_SESSION_MS,
    )
    if session is not None and now - session.used_at > _TOUCH_MS:
        async with blog.db.transaction() as tx:
            await sessions.set_used(tx, session.id, visitor.address, now)
    return session


def is_fresh(blog: Blog, session: Session) -> bool:
    """Whether it was shown within ten minutes that the author sits there."""
    return blog.now_ms() - session.confirmed_at < _FRESH_MS


async def confirm_session(blog: Blog, session: Session) -> str:
    """Note that the author sits there; the session's new token."""
    token = new_token()
    async with blog.db.transaction() as tx:
        await sessions.set_confirmed(tx, session.id, hash_token(token), blog.now_ms())
    return token


async def sign_out(blog: Blog, token: str) -> None:
    """End one browser's session."""
    async with blog.db.transaction() as tx:
        await sessions.remove_session(tx, hash_token(token))


async def end_session(blog: Blog, number: int) -> None:
    """End the session with this number, from another browser."""
    async with blog.db.transaction() as tx:
        await sessions.remove_session_by_number(tx, number)


async def end_other_sessions(blog: Blog, session: Session) -> None:
    """End every session but this one."""
    async with blog.db.transaction() as tx:
        await sessions.remove_other_sessions(tx, session.id)
