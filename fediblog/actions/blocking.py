"""The admin blocks servers."""

import re

from fediblog.blog import Blog
from fediblog.errors import Invalid
from fediblog.protocol.addresses import authority_of
from fediblog.store import hosts

_HOST = re.compile(r"[a-z0-9.:\[\]-]{1,253}")


async def set_blocked(blog: Blog, host: str, blocked: bool) -> str:
    """Block a server, or take it back; its name as it is compared. Raises Invalid."""
    authority = authority_of(f"https://{host.strip().lower()}")
    if not authority or not _HOST.fullmatch(authority):
        raise Invalid(f"{host!r} is no server's name.", field="host")
    async with blog.db.transaction() as tx:
        await hosts.set_blocked(tx, authority, blocked)
    return authority
