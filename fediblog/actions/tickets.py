"""Tickets: what is good once and for a short time, and known by its token alone."""

from collections.abc import Mapping

from fediblog.actions.sessions import hash_token, new_token
from fediblog.blog import Blog
from fediblog.store import tickets
from fediblog.store.database import Transaction
from fediblog.store.tickets import Kind

_TEN_MINUTES_MS = 10 * 60 * 1000


async def issue_ticket(blog: Blog, kind: Kind, value: Mapping[str, str]) -> str:
    """A new one's token; it holds for ten minutes."""
    token, now = new_token(), blog.now_ms()
    async with blog.db.transaction() as tx:
        await tickets.add_ticket(
            tx, kind, hash_token(token), value, now=now, expires_at=now + _TEN_MINUTES_MS
        )
    return token


async def read_ticket(blog: Blog, kind: Kind, token: str) -> Mapping[str, str] | None:
    """What it stands for, None for one that is none, or no longer holds."""
    return await tickets.get_ticket(blog.db, kind, hash_token(token), blog.now_ms())


async def use_ticket(
    blog: Blog, tx: Transaction, kind: Kind, token: str
) -> Mapping[str, str] | None:
    """The same, and it is used up."""
    return await tickets.take_ticket(tx, kind, hash_token(token), blog.now_ms())
