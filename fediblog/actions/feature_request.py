"""Somebody asks whether they may put the blog into a collection of theirs (FEP-7aa9).

Everybody may. What Mastodon then asks for is an authorization at an address of its own; it is read
from the Accept that was sent, so there is one for each request that was answered and for no other.
"""

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.know_actor import know_actor
from fediblog.actions.rules import is_blocked
from fediblog.actions.send import send
from fediblog.blog import Blog
from fediblog.protocol import outgoing
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import Activity, one_id, parse_json
from fediblog.store import outbox


async def receive_feature_request(blog: Blog, activity: Activity) -> Fate:
    """Answer it, each time it comes."""
    if activity.object_id != blog.addresses.actor:
        return ignored("a request to feature somebody who is not here")
    if authority_of(activity.instrument) != authority_of(activity.actor):
        return ignored("a request for a collection that is not on its author's server")
    actor = await know_actor(blog, activity.actor)
    async with blog.db.transaction() as tx:
        await outbox.cancel_answers(tx, actor.inbox, activity.id, blog.now_ms())
        await send(
            blog,
            tx,
            lambda key: outgoing.accept_feature(
                blog.addresses, key, activity.id, activity.actor, activity.instrument
            ),
            object_uri=activity.id,
            inboxes=[actor.inbox],
        )
    return done("features the blog in a collection")


async def feature_authorization(blog: Blog, key: str) -> outgoing.Document | None:
    """The authorization that goes with the Accept of this key; None for any other key, and while
    the collection's server is blocked (K17)."""
    sent = await outbox.get_activity(blog.db, key)
    if sent is None or sent.withdrawn:
        return None
    accept = parse_json(sent.body)
    request = accept.get("object")
    if accept.get("type") != "Accept" or not isinstance(request, dict):
        return None
    collection = one_id(request.get("instrument"))
    asks = request.get("type") == "FeatureRequest"
    if not asks or await is_blocked(blog, authority_of(collection)):
        return None
    return outgoing.feature_authorization(blog.addresses, key, collection)
