"""The author decides about replies: approve, reject, hide, delete, and always allow a person."""

from dataclasses import replace

from fediblog.actions.approve import tell_approved, tell_not_approved
from fediblog.actions.forward import forward
from fediblog.actions.judge import judge
from fediblog.actions.moderation import get_terms
from fediblog.actions.schedule_walk import stir
from fediblog.blog import Blog
from fediblog.domain.policy import BENEATH, BENEATH_REJECTED
from fediblog.errors import Conflict, NotFound
from fediblog.store import actors, collections, outbox, posts, replies, rules, tombstones
from fediblog.store.database import Transaction
from fediblog.store.replies import Reply

_REJECTED = "You have rejected it."


async def show_reply(blog: Blog, reply_id: int) -> None:
    """Show a reply that is held or hidden, and what waited beneath it, as if all had just come.

    Raises NotFound, or Conflict for what cannot be shown: what was not meant for everybody, or is
    deleted.
    """
    async with blog.db.transaction() as tx:
        reply = await _placed(tx, reply_id)
        if reply.state == "shown":
            return
        if reply.state not in {"held", "hidden"} or not reply.public:
            raise Conflict(f"A reply that is {reply.state} cannot become shown.")
        await _show(blog, tx, reply)
    _wake(blog)


async def allow_person(blog: Blog, reply_id: int) -> None:
    """Show a reply, all others of its author that are held, and from now on whatever they say.
    Raises NotFound or Conflict."""
    async with blog.db.transaction() as tx:
        reply = await _placed(tx, reply_id)
        await actors.set_allowed(tx, reply.actor_id, blog.now_ms())
        numbers = await replies.list_held_of(tx, reply.actor_id)
    for number in [reply_id, *numbers]:
        await show_reply(blog, number)


async def forbid_person(blog: Blog, actor_id: int) -> None:
    """Take back that somebody is always allowed; what is shown stays."""
    async with blog.db.transaction() as tx:
        await actors.set_allowed(tx, actor_id, None)


async def reject_reply(blog: Blog, reply_id: int) -> None:
    """Keep a reply off the page for good; it stays here for the author. What waited beneath it
    waits on, for a reason of its own. Raises NotFound or Conflict."""
    await _put_aside(blog, reply_id, _REJECTED)


async def hide_reply(blog: Blog, reply_id: int) -> None:
    """Take a reply off the page; it stays here for the author. Raises NotFound or Conflict."""
    await _put_aside(blog, reply_id, "")


async def erase_reply(blog: Blog, reply_id: int) -> None:
    """Delete somebody's reply here: its text goes, and it does not come again. Raises NotFound, or
    Conflict for an answer of the author, which is deleted everywhere (`answer`)."""
    async with blog.db.transaction() as tx:
        reply = await _placed(tx, reply_id)
        if reply.key is not None:
            raise Conflict("An answer of your own is deleted everywhere.")
        if reply.state == "deleted":
            return
        now = blog.now_ms()
        await tombstones.add_tombstone(tx, reply.uri, reply.actor_uri, now)
        await outbox.cancel_forwards(tx, reply.uri, now)
        await tell_not_approved(blog, tx, reply, rejected=reply.state == "held")
        await replies.erase(tx, reply.id)
        await _leave(tx, reply)
    _wake(blog)


async def _put_aside(blog: Blog, reply_id: int, reason: str) -> None:
    async with blog.db.transaction() as tx:
        reply = await _placed(tx, reply_id)
        if reply.state == "hidden":
            return
        if reply.state not in {"held", "shown"} or not reply.public:
            raise Conflict(f"A reply that is {reply.state} cannot become hidden.")
        await replies.set_state(tx, reply.id, "hidden", reason)
        await tell_not_approved(blog, tx, reply, rejected=bool(reason))
        await outbox.cancel_forwards(tx, reply.uri, blog.now_ms())
        await replies.set_proof(tx, reply.id, None)
        await _leave(tx, reply)
    _wake(blog)


async def _leave(tx: Transaction, reply: Reply) -> None:
    """A reply is not shown, for good: what waited because of it is left for the author."""
    for child in await replies.list_held_beneath(tx, reply.id, BENEATH):
        await replies.set_state(tx, child.id, "held", BENEATH_REJECTED)
    await posts.touch(tx, reply.post_id or 0, [reply.id])


async def _show(blog: Blog, tx: Transaction, reply: Reply) -> None:
    post_id = reply.post_id or 0
    terms = await get_terms(tx, post_id)
    shown, approved = [], [reply]
    while approved:
        each = approved.pop()
        await replies.set_state(tx, each.id, "shown")
        await collections.add_collections(tx, each.id)
        await tell_approved(blog, tx, replace(each, state="shown"), terms)
        if proof := await replies.take_proof(tx, each.id):
            await forward(blog, tx, proof)
        shown.append(each.id)
        for child in await replies.list_held_beneath(tx, each.id, BENEATH, BENEATH_REJECTED):
            verdict = await judge(blog, tx, child, terms, each.id)
            if verdict.state == "shown":
                approved.append(child)
            else:
                await replies.set_state(tx, child.id, verdict.state, verdict.reason)
                if verdict.rule is not None:
                    await rules.hide_reply(tx, child.id, verdict.rule)
    await posts.touch(tx, post_id, shown)
    await stir(blog, tx, post_id)


async def _placed(tx: Transaction, reply_id: int) -> Reply:
    reply = await replies.lock_reply_by_number(tx, reply_id)
    if reply is None or reply.post_id is None:
        raise NotFound("There is no such reply.")
    return reply


def _wake(blog: Blog) -> None:
    blog.signals.threads.set()
    blog.signals.fetches.set()
