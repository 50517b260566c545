"""The blog's actor as it is published, and who is told when it changes."""

import hashlib
from datetime import timedelta

from fediblog.actions.send import send
from fediblog.actions.site import Picture, Site, get_site
from fediblog.blog import Blog
from fediblog.protocol import outgoing
from fediblog.store import outbox, site, threads
from fediblog.store.database import Queries, Transaction
from fediblog.store.moments import from_ms, to_ms

#: Who took part lately sees the new name and picture beside what they answered to (E7).
_LATELY = timedelta(days=30)
_MOST_INBOXES = 1000


async def actor_profile(blog: Blog, db: Queries) -> outgoing.Profile:
    """The blog's actor as it is published."""
    texts = await get_site(blog, db)
    return outgoing.Profile(
        name=texts.author_name,
        summary=texts.description_html,
        language=texts.language,
        key_number=texts.key_number,
        public_key_pem=blog.keys.blog(texts.key_number).public_pem(),
        proof_key=blog.keys.proof.public_key().multibase(),
        published=from_ms(texts.created_at),
        fields=[(field.name, field.value, bool(field.link)) for field in texts.fields],
        also_known_as=[alias.uri for alias in texts.aliases],
        icon=picture_image(blog, texts.picture),
        image=picture_image(blog, texts.header),
        moved_to=texts.moved_to.uri if texts.moved_to else "",
    )


async def tell_profile(blog: Blog, tx: Transaction, *, key_id: str = "") -> None:
    """Send an Update of the actor, if it is not what was told last (E7).

    To the followers, and to who took part in a thread in the last 30 days. key_id: of the key that
    signs it, if not the current one.
    """
    actor = outgoing.blog_actor(blog.addresses, await actor_profile(blog, tx))
    fingerprint = hashlib.sha256(outgoing.encode(actor)).hexdigest()
    if await site.get_value(tx, "actor_told") == fingerprint:
        return
    await site.set_value(tx, "actor_told", fingerprint)
    inboxes = set(await outbox.list_follower_inboxes(tx))
    since = to_ms(blog.clock() - _LATELY)
    inboxes |= set(await threads.list_recent_inboxes(tx, since=since, limit=_MOST_INBOXES))
    if not inboxes:
        return
    await outbox.cancel_updates(tx, blog.addresses.actor, blog.now_ms())
    await send(
        blog,
        tx,
        lambda key: outgoing.wrap(blog.addresses, "Update", key, actor, published=blog.clock()),
        object_uri=blog.addresses.actor,
        inboxes=inboxes,
        key_id=key_id,
    )


async def settle_profile(blog: Blog) -> None:
    """At the start of a service: what a setting, a new key or a new version has changed of the
    actor is told, too."""
    async with blog.db.transaction(at_length=True) as tx:
        await site.set_value(tx, "handle_domain", blog.addresses.handle_domain)
        await tell_profile(blog, tx)


def picture_image(blog: Blog, picture: Picture | None) -> outgoing.Image | None:
    """A picture of the author's as documents name it."""
    if picture is None:
        return None
    return outgoing.Image(blog.addresses.own_picture(picture.name), picture.media_type)


def lead_of_site(texts: Site) -> Picture | None:
    """What stands for a post without pictures of its own: the header, else the author's."""
    return texts.header or texts.picture
