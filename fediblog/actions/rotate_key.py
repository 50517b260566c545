"""The blog's actor gets a new key for its requests (requirement E9).

The order makes it safe to die anywhere: first the new key is on disk, then one transaction makes it
the current one and queues the message that tells of it, and only when that is out does the former
key go. Other processes learn of it with the next delivery that they claim.
"""

import asyncio
from datetime import timedelta

from fediblog.actions.profile import tell_profile
from fediblog.actions.site import current_key
from fediblog.blog import Blog
from fediblog.errors import Conflict
from fediblog.keyring import blog_key_path, make_blog_key, remove_blog_key
from fediblog.store import outbox, site

#: For deliveries that another process had claimed before the key changed.
_GRACE = timedelta(hours=1)
_ROTATED_AT = "blog_key_at"


async def rotate_key(blog: Blog) -> int:
    """Make a new key the current one, and queue the Update that tells of it, to be signed with the
    former one. Returns the number of the new key.

    Raises Conflict if somebody else rotates at the same time, KeysError if it cannot be written.
    """
    former = current_key(await site.get_values(blog.db))
    number = former + 1
    await asyncio.to_thread(make_blog_key, blog.settings.keys, number)
    blog.keys.blog(number)
    async with blog.db.transaction() as tx:
        await site.add_value(tx, site.BLOG_KEY, str(former))
        if not await site.change_value(tx, site.BLOG_KEY, str(former), str(number)):
            raise Conflict("The key is being changed already.")
        await site.set_value(tx, _ROTATED_AT, str(blog.now_ms()))
        await tell_profile(blog, tx, key_id=blog.addresses.actor_key(former))
    return number


async def remove_former_keys(blog: Blog) -> None:
    """Remove keys that have nothing more to sign, an hour after they were replaced."""
    values = await site.get_values(blog.db)
    replaced_at = int(values.get(_ROTATED_AT, "0"))
    if blog.now_ms() - replaced_at < _GRACE / timedelta(milliseconds=1):
        return
    for number in range(1, current_key(values)):
        if not blog_key_path(blog.settings.keys, number).exists():
            continue
        if not await outbox.is_signing(blog.db, blog.addresses.actor_key(number)):
            remove_blog_key(blog.settings.keys, number)
