"""Queue an activity: final bytes once, and a delivery for each distinct inbox.

Called inside the transaction that causes it, so what is published is on its way or not at all.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from fediblog.actions.rules import rules_in_force
from fediblog.blog import Blog
from fediblog.domain.blocks import Rules
from fediblog.domain.ids import new_key
from fediblog.errors import Invalid
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import is_public
from fediblog.protocol.outgoing import AS_CONTEXT, CONTEXT, encode
from fediblog.protocol.proofs import with_proof
from fediblog.store import actors, outbox
from fediblog.store.database import Transaction

#: Mastodon and others take no document of a megabyte or more (requirement 0.15).
MAX_BYTES = 950_000
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
    key_id: str = "",
    also_blocked: bool = False,
) -> None:
    """Build the activity with a fresh key and queue it; the commit wakes the deliveries.

    What is public gets a proof of its own (B6), by which others may pass it on. key_id: of the key
    that signs its deliveries, if not the current one.

    Our own inboxes are left out, and those of people who block the blog; an inbox that they share
    with others still gets what is for these (G11). Servers that the author has blocked get nothing,
    unless it is to tell them so (also_blocked). An Update of a post or an answer that follows
    another one within a minute waits for the rest of it. Raises Invalid for an activity that nobody
    would take.
    """
    key = mint_key(blog)
    document = _proven(blog, build(key))
    body = encode(document)
    if len(body) > MAX_BYTES:
        raise Invalid("This is too long to be sent to other servers.", field="body")
    now = blog.now_ms()
    number = await outbox.add_activity(
        tx,
        key=key,
        type=str(document["type"]),
        object_uri=object_uri,
        body=body,
        now=now,
        key_id=key_id,
    )
    refusing = set(await actors.list_refusing_inboxes(tx))
    blocks = await rules_in_force(blog, tx)
    pairs = [
        (inbox, authority_of(inbox))
        for inbox in inboxes
        if inbox and inbox not in refusing and not blog.addresses.is_ours(inbox)
    ]
    if not also_blocked:
        pairs = not_rejected(blocks, pairs)
    due = now
    if document["type"] == "Update" and object_uri != blog.addresses.actor:
        due = await next_update(tx, object_uri, now)
    await outbox.add_deliveries(tx, number, object_uri, pairs, now, due=due)
    tx.told.add(blog.signals.deliveries.name)


async def next_update(tx: Transaction, object_uri: str, now: int) -> int:
    """When an Update of this object may go out (ms): not within a minute after another one."""
    return max(now, await outbox.get_last_update(tx, object_uri, now) + _BETWEEN_UPDATES_MS)


def not_rejected(blocks: Rules, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of inboxes with their servers, those on servers that the author has not blocked."""
    rejected = blocks.rejected(authority for _, authority in pairs)
    return [pair for pair in pairs if pair[1] not in rejected]


def _proven(blog: Blog, document: dict[str, Any]) -> dict[str, Any]:
    if not is_public(document):
        return document
    if document["@context"] == AS_CONTEXT:  # which has no terms for proofs
        document = document | {"@context": CONTEXT}
    return with_proof(
        document, key=blog.keys.proof, key_id=blog.addresses.proof_key, created=blog.clock()
    )


def mint_key(blog: Blog) -> str:
    """A fresh key for a post, an answer or an activity."""
    return new_key(blog.clock(), secrets.token_bytes(4))
