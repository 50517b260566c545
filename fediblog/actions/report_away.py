"""The author reports a reply to the server that it comes from (G12)."""

from fediblog.actions.send import send
from fediblog.blog import Blog
from fediblog.domain.plaintext import without_controls
from fediblog.errors import Conflict, Invalid, NotFound
from fediblog.protocol import outgoing
from fediblog.store import actors, outbox, replies
from fediblog.store.actors import Actor
from fediblog.store.database import Queries
from fediblog.store.replies import Reply

LONGEST_REPORT = 1000


async def send_report(blog: Blog, reply_id: int, words: str) -> None:
    """Tell a reply's server of it, in the name of this server: it names nobody who reports.

    Raises NotFound, Conflict for an answer of the author or what is deleted or was reported
    already, or Invalid.
    """
    words = without_controls(words.replace("\r\n", "\n")).strip()
    if len(words) > LONGEST_REPORT:
        raise Invalid(f"A report can have at most {LONGEST_REPORT:,} characters.", field="words")
    async with blog.db.transaction() as tx:
        reply, author = await reported(tx, reply_id)
        if await outbox.get_last_flag(tx, reply.uri) is not None:
            raise Conflict("You have reported this reply already.")
        await send(
            blog,
            tx,
            lambda key: outgoing.flag(blog.addresses, key, [author.uri, reply.uri], words),
            object_uri=reply.uri,
            inboxes=[author.shared_inbox or author.inbox],
            key_id=blog.addresses.instance_key,
            also_blocked=True,
        )


async def reported(db: Queries, reply_id: int) -> tuple[Reply, Actor]:
    """A reply that can be reported, and who wrote it. Raises NotFound or Conflict."""
    reply = await replies.get_reply_by_number(db, reply_id)
    author = await actors.get_actor_by_number(db, reply.actor_id) if reply else None
    if reply is None or author is None or reply.post_id is None:
        raise NotFound("There is no such reply.")
    if reply.key is not None or reply.state == "deleted":
        raise Conflict("There is nothing to report.")
    return reply, author
