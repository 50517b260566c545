"""The feed of notifications: whoever knows its address may read it, so it is long and at random,
and only its hash is kept."""

import hashlib
import secrets

from fediblog.blog import Blog
from fediblog.store import site

_NAME = "notification_feed"


async def has_feed(blog: Blog) -> bool:
    """Whether there is an address at all."""
    return await site.get_value(blog.db, _NAME) is not None


async def renew_feed(blog: Blog) -> str:
    """A new address, which is told this once; a former one leads nowhere from now on."""
    token = secrets.token_urlsafe(32)
    async with blog.db.transaction() as tx:
        await site.set_value(tx, _NAME, _hash(token))
    return f"{blog.addresses.origin}/notifications/{token}.atom"


async def remove_feed(blog: Blog) -> None:
    """No address any more."""
    async with blog.db.transaction() as tx:
        await site.remove_value(tx, _NAME)


async def is_feed(blog: Blog, token: str) -> bool:
    """Whether this is the address."""
    kept = await site.get_value(blog.db, _NAME)
    return kept is not None and secrets.compare_digest(kept, _hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
