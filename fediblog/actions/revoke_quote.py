"""The author takes back a permission to quote, or takes a quote off the page (FEP-044f)."""

from fediblog.actions.send import send
from fediblog.blog import Blog
from fediblog.errors import Conflict, NotFound
from fediblog.protocol import outgoing
from fediblog.store import outbox, quotes
from fediblog.store.database import Transaction
from fediblog.store.quotes import Quote


async def revoke_quote(blog: Blog, quote_id: int) -> None:
    """Show it no longer, and delete its authorization if there is one: who quotes and the followers
    are told (E11c). A new request for it is rejected. Raises NotFound, or Conflict for one that
    was never allowed."""
    async with blog.db.transaction() as tx:
        quote = await _existing(tx, quote_id)
        if quote.state == "revoked":
            return
        if quote.state == "rejected":
            raise Conflict("This quote was never allowed, and is not shown.")
        await quotes.set_revoked(tx, quote.id)
        if quote.key is not None:
            await _delete_authorization(blog, tx, quote, quote.key)


async def restore_quote(blog: Blog, quote_id: int) -> None:
    """Show a quote again that was taken off the page; whoever wrote it may ask for a permission
    again. Raises NotFound, or Conflict for one that was not taken off or is no longer public."""
    async with blog.db.transaction() as tx:
        quote = await _existing(tx, quote_id)
        if quote.state != "revoked" or not quote.public:
            raise Conflict("There is nothing that could be shown again.")
        await quotes.set_seen(tx, quote.id)


async def _existing(tx: Transaction, quote_id: int) -> Quote:
    quote = await quotes.lock_quote_by_number(tx, quote_id)
    if quote is None:
        raise NotFound("There is no such quote.")
    return quote


async def _delete_authorization(
    blog: Blog, tx: Transaction, quote: Quote, authorization: str
) -> None:
    document = outgoing.quote_authorization(
        blog.addresses,
        authorization,
        interacting_object=quote.uri,
        interaction_target=quote.target_uri,
    )
    about = blog.addresses.quote(authorization)
    await outbox.cancel_unsent(tx, about, blog.now_ms())
    await send(
        blog,
        tx,
        lambda key: outgoing.delete_authorization(blog.addresses, key, document),
        object_uri=about,
        inboxes=[quote.actor_inbox, *await outbox.list_follower_inboxes(tx)],
    )
