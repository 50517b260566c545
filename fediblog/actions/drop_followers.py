"""Followers whose inbox or whose whole server is gone; never for what may pass (requirement H2)."""

from datetime import timedelta

from fediblog.actions.know_actor import fetch_person, store_actor
from fediblog.actions.notify import note_lost_server
from fediblog.blog import Blog
from fediblog.domain.strikes import Strikes, is_struck_today, struck
from fediblog.errors import RemoteError, RemoteGone
from fediblog.store import actors, followers, hosts, outbox
from fediblog.store.actors import Actor
from fediblog.store.database import Transaction
from fediblog.store.followers import DueFollower
from fediblog.store.hosts import Standing
from fediblog.store.moments import from_ms, to_ms

#: How long after an inbox was not there its owner is asked for: a server that says 404 to all is
#: often one that somebody is working on, 410 is meant.
_ASK_AFTER = {404: timedelta(days=1), 410: timedelta(hours=1)}


async def note_missing_inbox(blog: Blog, tx: Transaction, inbox: str, status: int) -> None:
    """An inbox answered 404 or 410: ask later for the followers whose inbox it is."""
    if status in _ASK_AFTER:
        at = to_ms(blog.clock() + _ASK_AFTER[status])
        await followers.set_check(tx, inbox, at)


async def check_follower(blog: Blog, due: DueFollower) -> None:
    """Ask for a follower whose inbox was not there: dropped if their origin knows nobody either,
    else their inbox is taken as it is now, with what could not be delivered to the old one.

    Who cannot be asked now is asked again, once the claim has run out.
    """
    try:
        person = await fetch_person(blog, due.uri)
    except RemoteGone as error:
        reason = f"the inbox is gone, and the account too ({error.answer_status})"
        async with blog.db.transaction() as tx:
            known = await actors.get_actor_by_number(tx, due.actor_id)
            if known:
                await _drop(blog, tx, known, reason)
                await outbox.end_for_inbox(
                    tx, known.inbox, known.authority, f"dropped: {reason}", blog.now_ms()
                )
        return
    except RemoteError:
        return
    actor = await store_actor(blog, person)
    async with blog.db.transaction() as tx:
        await followers.clear_check(tx, due.actor_id)
        now_at = actor.shared_inbox or actor.inbox
        if now_at != due.inbox:
            await outbox.readdress(tx, due.inbox, now_at, actor.authority, blog.now_ms())
    blog.signals.deliveries.set()


async def strike(blog: Blog, tx: Transaction, authority: str, standing: Standing) -> None:
    """A server has failed while others could be reached; drop its followers if that is enough.

    standing: how it stood before.
    """
    known = strikes_of(standing)
    if is_struck_today(known, blog.clock()):
        return
    strikes = struck(known, blog.clock())
    await hosts.set_strikes(
        tx, authority, strikes.count, since=to_ms(strikes.since), at=to_ms(strikes.last)
    )
    if not strikes.out:
        return
    reason = f"{authority} has not answered since {strikes.since.day} {strikes.since:%B %Y}"
    for actor in await followers.list_followers_on(tx, authority):
        await _drop(blog, tx, actor, reason)
    await outbox.end_for_host(tx, authority, f"dropped: {reason}", blog.now_ms())
    await note_lost_server(blog, tx, authority, reason)


def strikes_of(standing: Standing) -> Strikes | None:
    """The strikes of a server, None without any."""
    if not standing.strikes or not standing.struck_since or not standing.struck_at:
        return None
    since, last = from_ms(standing.struck_since), from_ms(standing.struck_at)
    return Strikes(standing.strikes, since, last)


async def _drop(blog: Blog, tx: Transaction, actor: Actor, reason: str) -> None:
    if await followers.remove_follower(tx, actor.id):
        await followers.add_dropped(tx, actor.id, reason, blog.now_ms())
