"""Where a reply hangs, and how it gets there with everything that has waited for it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fediblog.actions.approve import tell_approved
from fediblog.actions.find_ours import find_ours
from fediblog.actions.forward import forward
from fediblog.actions.judge import judge
from fediblog.actions.moderation import Terms, get_terms
from fediblog.actions.notify import note_reply
from fediblog.actions.schedule_walk import stir
from fediblog.blog import Blog
from fediblog.domain.policy import Verdict
from fediblog.errors import NotFound
from fediblog.store import collections, posts, replies, rules
from fediblog.store.actors import Actor
from fediblog.store.database import Queries, Transaction
from fediblog.store.posts import Post
from fediblog.store.replies import NewReply, Place, Reply


async def find_place(blog: Blog, db: Queries, parent_uri: str) -> Place | None:
    """Where a reply to this id, or to this permalink, hangs; None while that is not known."""
    ours = blog.addresses.ours(parent_uri)
    if ours is not None and ours.kind == "article":
        # As most of them come: to know where a post is, nobody has to read all of it.
        number = await posts.find_out(db, ours.key)
        return Place(number, None, None, 0) if number is not None else None
    parent = await find_ours(blog, db, parent_uri)
    return _beneath_post(parent) if isinstance(parent, Post) else _beneath_reply(parent)


async def find_thread(blog: Blog, db: Queries, conversations: Iterable[str]) -> Place | None:
    """Where a reply hangs of which only the conversation is known: beneath the post itself.

    conversations: ids of a thread, as one or more of its notes name it. Ours are known; others by
    a reply of the same conversation in a thread of ours.
    """
    for conversation in filter(None, conversations):
        ours = blog.addresses.ours(conversation)
        if ours is not None and ours.kind == "context":
            post = await posts.get_post(db, ours.key)
        else:
            number = await replies.find_conversation(db, conversation)
            post = await posts.get_post_by_number(db, number) if number else None
        if place := _beneath_post(post):
            return place
    return None


async def hold_place(tx: Transaction, place: Place) -> Place:
    """The place as it is now, in a thread in which nobody else writes until the transaction ends.

    Since it was found, its parent may have been moved to another branch, even of another post: what
    came beneath it with the numbers of the old one would be on no page.
    """
    while True:
        await posts.lock_thread(tx, place.post_id)
        parent = await replies.get_reply_by_number(tx, place.parent_id) if place.parent_id else None
        current = _beneath_reply(parent) or place
        if current.post_id == place.post_id:
            return current
        place = current


async def plant_reply(
    blog: Blog, tx: Transaction, new: NewReply, author: Actor, place: Place
) -> tuple[int, Verdict] | None:
    """Write a reply of somebody else's where it belongs, with everything that has waited for it:
    what `place_reply` makes of one that was written before, by fewer writes.

    Its row's number and what becomes of it; None if it is here already. author: as it is in this
    transaction.
    """
    place = await hold_place(tx, place)
    terms = await get_terms(tx, place.post_id)
    number = await replies.next_number(tx)
    reply = new.planted(number, author.uri, place, "waiting")
    verdict = await judge(blog, tx, reply, terms, place.parent_id, actor=author)
    version = await posts.renew(tx, place.post_id)
    state, reason = verdict.state, verdict.reason
    if not await replies.plant(tx, new, number, place, state, reason, version=version):
        return None
    if state == "shown":
        lists: dict[str, int | None] = {new.replies_url: number}
        lists.setdefault(new.context_url, None)
        lists.pop("", None)
        await collections.add_known(tx, place.post_id, author.authority, lists)
    await _tell(blog, tx, replace(reply, state=state), verdict, terms)
    if await replies.is_awaited(tx, new.uri):
        others = await _gather(blog, tx, number, new.uri, place, terms)
        await posts.touch(tx, place.post_id, others)
    await stir(blog, tx, place.post_id)
    return number, verdict


async def place_reply(
    blog: Blog,
    tx: Transaction,
    number: int,
    uri: str,
    place: Place,
    *,
    orphan: bool = False,
) -> Verdict:
    """Attach a reply and, without recursion, everything that has waited for it; what becomes of it.

    orphan: what it answers is not to be had, and the place is that of an ancestor. Orphans that
    have missed one of these come to where they belong. What waited with a proof of its own now
    goes on to the followers (D4), and what answers to any of them is looked for soon (C7).
    """
    place = await hold_place(tx, place)
    reply = await replies.get_reply_by_number(tx, number)
    if reply is None:
        raise NotFound
    terms = await get_terms(tx, place.post_id)
    verdict = await _attach(blog, tx, reply, place, terms, orphan=orphan)
    placed = [number, *await _gather(blog, tx, number, uri, place, terms)]
    await posts.touch(tx, place.post_id, placed)
    await stir(blog, tx, place.post_id)
    return verdict


async def _gather(
    blog: Blog, tx: Transaction, number: int, uri: str, place: Place, terms: Terms
) -> Sequence[int]:
    """Attach all that has waited for a reply, and bring to it what hangs elsewhere for want of it;
    the row numbers."""
    placed: list[int] = []
    parents = [(number, uri, place)]
    while parents:
        parent_number, parent_uri, above = parents.pop()
        beneath = Place(
            above.post_id, parent_number, above.branch_id or parent_number, above.depth + 1
        )
        for child in await replies.lock_waiting_for(tx, parent_uri):
            await _attach(blog, tx, child, beneath, terms, orphan=False)
            placed.append(child.id)
            parents.append((child.id, child.uri, beneath))
        for orphaned in await replies.list_orphans_of(tx, parent_uri):
            placed += await _adopt(tx, orphaned, beneath)
    return placed


async def _attach(
    blog: Blog, tx: Transaction, reply: Reply, place: Place, terms: Terms, *, orphan: bool
) -> Verdict:
    """Give it its place. What it came with goes on to the followers if it is shown, and is kept if
    it may be later."""
    verdict = await judge(blog, tx, reply, terms, place.parent_id)
    proof = await replies.attach(tx, reply, place, verdict.state, verdict.reason, orphan=orphan)
    attached = replace(
        reply,
        post_id=place.post_id,
        parent_id=place.parent_id,
        state=verdict.state,
        orphan=orphan,
    )
    await collections.add_collections(tx, reply.id)
    await _tell(blog, tx, attached, verdict, terms)
    if proof is not None and verdict.state != "held":
        await replies.set_proof(tx, reply.id, None)
        if verdict.state == "shown":
            await forward(blog, tx, proof)
    return verdict


async def _tell(blog: Blog, tx: Transaction, reply: Reply, verdict: Verdict, terms: Terms) -> None:
    """A reply has its place and is as it is now: note the rule that hides it, and tell the author
    of the blog, and its server if it waits for that."""
    if verdict.rule is not None:
        await rules.hide_reply(tx, reply.id, verdict.rule)
    await note_reply(blog, tx, reply)
    await tell_approved(blog, tx, reply, terms)


async def _adopt(tx: Transaction, orphan: Reply, place: Place) -> Sequence[int]:
    """Move an orphan, with all that hangs beneath it, to its true parent; unless that parent
    itself hangs beneath it: then they answer each other in a circle. What was moved."""
    if orphan.post_id is not None and orphan.post_id != place.post_id:
        await posts.lock_thread(tx, orphan.post_id)
    beneath = await replies.list_beneath(tx, orphan.id)
    if place.parent_id == orphan.id or place.parent_id in beneath:
        return ()
    await replies.move(tx, orphan, beneath, place)
    if orphan.post_id is not None and orphan.post_id != place.post_id:
        for number in (orphan.id, *beneath):
            await collections.move_collection(tx, number, place.post_id)
    if orphan.post_id is not None:
        # The branch that it leaves.
        await posts.touch(tx, orphan.post_id, [orphan.branch_id or orphan.id])
    return (orphan.id, *beneath)


def _beneath_post(post: Post | None) -> Place | None:
    return Place(post.id, None, None, 0) if post and post.is_out else None


def _beneath_reply(parent: Reply | None) -> Place | None:
    if parent is None or parent.post_id is None:
        return None
    return Place(parent.post_id, parent.id, parent.branch_id, parent.depth + 1)
