"""Hand what people say in a thread on to the servers of the followers (D2, D4).

A reply goes to whom its author knows, and these are not all who read the thread. The very bytes
that came go on, because others believe the proof inside them and not us; without one they would
take nothing.
"""

from fediblog.actions.send import mint_key
from fediblog.blog import Blog
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import parse_activity, parse_json
from fediblog.store import hosts, outbox
from fediblog.store.database import Transaction

#: Mastodon and others take no document of a megabyte or more (requirement 0.15).
_MAX_BYTES = 950_000


async def forward(blog: Blog, tx: Transaction, body: bytes) -> None:
    """Queue a public activity with a proof of its own, unchanged. Wake the deliveries after the
    commit.

    To the followers' inboxes, but not on the servers that had it from its author: the author's own,
    and those of everybody whom it is addressed to. Only called for what is new here, or newer, so
    what comes back to us goes nowhere.
    """
    activity = parse_activity(parse_json(body))
    if not activity.public or not activity.has_proof or len(body) > _MAX_BYTES:
        return
    told = {authority_of(uri) for uri in (activity.actor, *activity.addressees)}
    told |= {blog.addresses.authority, *await hosts.list_blocked(tx)}
    pairs = [
        (inbox, authority_of(inbox))
        for inbox in await outbox.list_follower_inboxes(tx)
        if authority_of(inbox) not in told
    ]
    if not pairs:
        return
    now = blog.now_ms()
    number = await outbox.add_activity(
        tx,
        key=mint_key(blog),
        type=activity.type,
        object_uri=activity.object_id,
        body=body,
        now=now,
        forwarded=True,
    )
    await outbox.add_deliveries(tx, number, activity.object_id, pairs, now)
