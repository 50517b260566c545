"""Followers whose inbox or whose whole server is gone; never for what may pass (requirement H2)."""

from datetime import timedelta

from fediblog.actions.know_actor import fetch_person, store_actor
from fediblog.actions.notify import note_lost_server
from fediblog.blog import Blog
from fediblog.domain.strikes import Strikes, is_struck_today, struck
from fediblog.errors import AddressRefused, RemoteError, RemoteGone, RemoteUnreachable
from fediblog.store import actors, followers, hosts, outbox
from fediblog.store.actors import Actor
from fediblog.store.database import Transaction
from fediblog.store.followers import DueFollower
from fediblog.store.moments import from_ms, to_ms

#: How long after an inbox was not there its owner is asked for: a server that says 404 to all is
#: often one that somebody is working on, 410 is meant.
_ASK_AFTER = {404: timedelta(days=1), 410: timedelta(hours=1)}
_WITNESS_SECONDS = 5.0
_WITNESSED_MS = 3600 * 1000


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


async def is_our_network_well(blog: Blog, authority: str) -> bool:
    """Whether we reach any server but this one: if none, it is we who are off the net.

    One that answered within the hour is proof; else the one that answered last is asked.
    """
    if is_struck_today(await _strikes(blog, authority), blog.clock()):
        return True
    if await hosts.is_any_reached(blog.db, since=blog.now_ms() - _WITNESSED_MS, but=authority):
        return True
    witness = await hosts.get_witness(blog.db, but=authority)
    if witness is None:
        return False
    try:
        await blog.remote.get_document(
            witness.uri, sign=blog.sign_as_instance(), deadline=_WITNESS_SECONDS
        )
    except (RemoteUnreachable, AddressRefused):
        return False
    except RemoteError:
        pass
    async with blog.db.transaction() as tx:
        await hosts.set_reached(tx, witness.authority, blog.now_ms())
    return True


async def strike(blog: Blog, tx: Transaction, authority: str) -> None:
    """A server has failed while others could be reached; drop its followers if that is enough."""
    known = await _strikes(blog, authority, tx)
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


async def _strikes(blog: Blog, authority: str, tx: Transaction | None = None) -> Strikes | None:
    count, since, last = await hosts.get_strikes(tx or blog.db, authority)
    return Strikes(count, from_ms(since), from_ms(last)) if count else None


async def _drop(blog: Blog, tx: Transaction, actor: Actor, reason: str) -> None:
    if await followers.remove_follower(tx, actor.id):
        await followers.add_dropped(tx, actor.id, reason, blog.now_ms())
