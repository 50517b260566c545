"""The admin hides a reply or shows it again, and blocks servers."""

import re

from fediblog.blog import Blog
from fediblog.errors import Conflict, Invalid, NotFound
from fediblog.protocol.addresses import authority_of
from fediblog.store import hosts, outbox, posts, replies

_HOST = re.compile(r"[a-z0-9.:\[\]-]{1,253}")


async def hide_reply(blog: Blog, reply_id: int) -> None:
    """Take a reply off the page; it stays here for the admin. Raises NotFound or Conflict."""
    await _move(blog, reply_id, {"shown"}, "hidden")


async def show_reply(blog: Blog, reply_id: int) -> None:
    """Show a hidden reply again. Raises NotFound, or Conflict for one that is not hidden: what
    was not meant for everybody cannot be shown to everybody."""
    await _move(blog, reply_id, {"hidden"}, "shown")


async def set_blocked(blog: Blog, host: str, blocked: bool) -> str:
    """Block a server, or take it back; its name as it is compared. Raises Invalid."""
    authority = authority_of(f"https://{host.strip().lower()}")
    if not authority or not _HOST.fullmatch(authority):
        raise Invalid(f"{host!r} is no server's name.", field="host")
    async with blog.db.transaction() as tx:
        await hosts.set_blocked(tx, authority, blocked)
    return authority


async def _move(blog: Blog, reply_id: int, allowed: set[str], state: str) -> None:
    async with blog.db.transaction() as tx:
        reply = await replies.lock_reply_by_number(tx, reply_id)
        if reply is None or reply.post_id is None:
            raise NotFound("There is no such reply.")
        if reply.state == state:
            return
        if reply.state not in allowed or not reply.public:
            raise Conflict(f"A reply that is {reply.state} cannot become {state}.")
        await replies.set_state(tx, reply_id, state)
        if state == "hidden":
            await outbox.cancel_forwards(tx, reply.uri, blog.now_ms())
        await posts.touch(tx, reply.post_id, [reply_id])
    blog.signals.threads.set()
