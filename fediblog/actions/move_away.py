"""The blog moves to another account, and takes its followers along (requirement G10)."""

import json

from fediblog.actions.find_account import account_address, reason
from fediblog.actions.know_actor import fetch_person
from fediblog.actions.profile import tell_profile
from fediblog.actions.rules import is_blocked
from fediblog.actions.send import send
from fediblog.actions.site import Destination
from fediblog.blog import Blog
from fediblog.domain.plaintext import plain_line
from fediblog.errors import Conflict, Invalid, RemoteError
from fediblog.protocol import outgoing
from fediblog.protocol.addresses import authority_of
from fediblog.store import outbox, site

_SECONDS = 10.0


async def move_away(blog: Blog, handle: str) -> Destination:
    """Say that the blog is now the account with this handle, and ask the followers to go along.

    Their servers do so only if that account names this one as an alias, so that is checked first.
    The posts stay, and the blog goes on answering. Raises Invalid with what is wrong.
    """
    handle = handle.strip().lstrip("@")
    if "@" not in handle:
        raise Invalid("Write where to as @user@host.", field="handle")
    where = await _find(blog, handle)
    async with blog.db.transaction(at_length=True) as tx:
        await site.set_value(tx, "moved_to", json.dumps([where.handle, where.uri, where.page]))
        await tell_profile(blog, tx)
        await send(
            blog,
            tx,
            lambda key: outgoing.move(blog.addresses, key, where.uri),
            object_uri=blog.addresses.actor,
            inboxes=await outbox.list_follower_inboxes(tx),
        )
    return where


async def cancel_move(blog: Blog) -> None:
    """Take it back: the actor no longer names another one. Followers who went along are gone.

    Raises Conflict for a blog that has not moved.
    """
    async with blog.db.transaction(at_length=True) as tx:
        if await site.get_value(tx, "moved_to") is None:
            raise Conflict("The blog has not moved.")
        await site.remove_value(tx, "moved_to")
        await tell_profile(blog, tx)


async def _find(blog: Blog, handle: str) -> Destination:
    """The account, by its host's and its own word."""
    await _refuse_blocked(blog, handle, handle.rpartition("@")[2])
    try:
        uri = await account_address(blog, handle)
        if blog.addresses.is_ours(uri):
            raise Invalid(f"@{handle} is this blog itself.", field="handle")
        await _refuse_blocked(blog, handle, authority_of(uri))
        person = await fetch_person(blog, uri, deadline=_SECONDS)
    except RemoteError as error:
        raise Invalid(f"@{handle} cannot be found: {reason(error)}.", field="handle") from error
    if blog.addresses.actor not in person.also_known_as:
        raise Invalid(
            f"@{handle} does not name {blog.addresses.actor} as another account of its own "
            "(alsoKnownAs), so no server would believe the move. Add it there as an alias first.",
            field="handle",
        )
    return Destination(plain_line(handle, 300), person.id, person.url)


async def _refuse_blocked(blog: Blog, handle: str, authority: str) -> None:
    if await is_blocked(blog, authority.lower()):
        raise Invalid(f"@{handle} is on a server that you have blocked.", field="handle")
