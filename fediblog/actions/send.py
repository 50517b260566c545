"""Queue an activity: final bytes once, and a delivery for each distinct inbox.

Called inside the transaction that causes it, so what is published is on its way or not at all.
"""

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from fediblog.blog import Blog
from fediblog.domain.ids import new_key
from fediblog.errors import Invalid
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.outgoing import encode
from fediblog.store import actors, outbox
from fediblog.store.database import Transaction

#: Mastodon and others take no document of a megabyte or more (requirement 0.15).
_MAX_BYTES = 950_000
#: Between two Updates of one post or answer: who edits in small steps must not have every server
#: fetch, render and store each of them (requirement G1).
_BETWEEN_UPDATES_MS = 60 * 1000


async def send(
    blog: Blog,
    tx: Transaction,
    build: Callable[[str], dict[str, Any]],
    *,
    object_uri: str,
    inboxes: Iterable[str],
) -> None:
    """Build the activity with a fresh key and queue it. Wake the deliveries after the commit.

    Our own inboxes are left out, and those of people who block the blog; an inbox that they share
    with others still gets what is for these (G11). An Update of a post or an answer that follows
    another one within a minute waits for the rest of it. Raises Invalid for an activity that nobody
    would take.
    """
    key = mint_key(blog)
    document = build(key)
    body = encode(document)
    if len(body) > _MAX_BYTES:
        raise Invalid("This is too long to be sent to other servers.", field="body")
    now = blog.now_ms()
    number = await outbox.add_activity(
        tx, key=key, type=str(document["type"]), object_uri=object_uri, body=body, now=now
    )
    refusing = set(await actors.list_refusing_inboxes(tx))
    pairs = [
        (inbox, authority_of(inbox))
        for inbox in inboxes
        if inbox and inbox not in refusing and not blog.addresses.is_ours(inbox)
    ]
    due = now
    if document["type"] == "Update" and object_uri != blog.addresses.actor:
        last = await outbox.get_last_update(tx, object_uri, now)
        due = max(now, last + _BETWEEN_UPDATES_MS)
    await outbox.add_deliveries(tx, number, object_uri, pairs, now, due=due)


def mint_key(blog: Blog) -> str:
    """A fresh key for a post, an answer or an activity."""
    return new_key(blog.clock(), secrets.token_bytes(4))
