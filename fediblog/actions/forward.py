"""Hand what people say in a thread on to the servers of the followers (D2, D4).

A reply goes to whom its author knows, and these are not all who read the thread. The very bytes
that came go on, because others believe the proof inside them and not us; without one they would
take nothing.
"""

from fediblog.actions.rules import rules_in_force
from fediblog.actions.send import MAX_BYTES, mint_key, next_update, not_rejected
from fediblog.blog import Blog
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import parse_activity, parse_json
from fediblog.store import outbox
from fediblog.store.database import Transaction

#: Activities from one server that are on their way to others: it must not fill the queue in which
#: the author's own wait.
_MOST_QUEUED_PER_SERVER = 100


async def forward(blog: Blog, tx: Transaction, body: bytes) -> None:
    """Queue a public activity with a proof of its own, unchanged; the commit wakes the
    deliveries.

    To the followers' inboxes, but not on the servers that had it from its author: the author's own,
    and those of everybody whom it is addressed to. Only called for what is new here, or newer, so
    what comes back to us goes nowhere. However often somebody edits, others get it once a minute:
    a later Update takes the place of one that has not left yet.
    """
    activity = parse_activity(parse_json(body))
    if not activity.public or not activity.has_proof or len(body) > MAX_BYTES:
        return
    told = {authority_of(uri) for uri in (activity.actor, *activity.addressees)}
    told.add(blog.addresses.authority)
    blocks = await rules_in_force(blog, tx)
    placed = ((inbox, authority_of(inbox)) for inbox in await outbox.list_follower_inboxes(tx))
    pairs = not_rejected(blocks, [pair for pair in placed if pair[1] not in told])
    if not pairs:
        return
    now = due = blog.now_ms()
    if activity.type == "Update":
        await outbox.cancel_forwarded_updates(tx, activity.object_id, now)
        due = await next_update(tx, activity.object_id, now)
    authority = authority_of(activity.actor)
    if await outbox.count_forwarding(tx, authority) >= _MOST_QUEUED_PER_SERVER:
        return
    number = await outbox.add_activity(
        tx,
        key=mint_key(blog),
        type=activity.type,
        object_uri=activity.object_id,
        body=body,
        now=now,
        forwarded=True,
    )
    await outbox.add_deliveries(tx, number, activity.object_id, pairs, now, due=due)
    tx.told.add(blog.signals.deliveries.name)
