"""Throws away what is kept for a time only."""

import asyncio
import logging
from datetime import timedelta

from fediblog.actions.blocking import follow_rules
from fediblog.actions.card_pictures import prune_cards
from fediblog.actions.count_reads import keep_counts
from fediblog.actions.fetch_picture import prune_pictures
from fediblog.actions.fetch_preview import prune_previews
from fediblog.actions.keep_medium import sweep_media
from fediblog.actions.prune_unused import prune_unused
from fediblog.actions.rotate_key import remove_former_keys
from fediblog.actions.sessions import LONGEST_SESSION_MS, SESSION_MS
from fediblog.actions.working_copies import prune_copies
from fediblog.blog import Blog
from fediblog.metrics import HOUSEKEEPING
from fediblog.store.arrivals import prune_arrivals
from fediblog.store.attempts import prune_attempts
from fediblog.store.followers import prune_dropped
from fediblog.store.moments import to_ms
from fediblog.store.notifications import prune_notifications
from fediblog.store.outbox import erase_deleted
from fediblog.store.replies import drop_proofs
from fediblog.store.sessions import prune_sessions
from fediblog.store.tickets import prune_tickets
from fediblog.store.waiting import remove_expired

log = logging.getLogger("fediblog.worker")

_EVERY_SECONDS = 3600
_WAITING = timedelta(days=30)
_PROOFS = timedelta(days=7)
_BODIES = timedelta(days=7)
_LOG = timedelta(days=90)
_MOST_ATTEMPTS = 10_000
_MOST_NOTIFICATIONS = 10_000


async def run_housekeeping(blog: Blog) -> None:
    """Once an hour, until cancelled."""
    while True:
        try:
            await keep_house(blog)
            HOUSEKEEPING.set_to_current_time()
        except Exception:
            log.exception("housekeeping failed, and goes on")
        await asyncio.sleep(_EVERY_SECONDS)


async def keep_house(blog: Blog) -> None:
    """Replies that waited 30 days, texts of deleted posts and of others, bodies of 7 days, log rows
    of 90 go, and so do who was dropped from the followers, who tried to sign in, sessions and
    tickets that have ended, pictures that nothing names, and people who have nothing here.

    Each in a transaction of its own: what cannot be thrown away keeps nothing else.
    """
    now = blog.clock()
    async with blog.db.transaction(at_length=True) as tx:
        await remove_expired(tx, to_ms(now - _WAITING))
    async with blog.db.transaction(at_length=True) as tx:
        await drop_proofs(tx, to_ms(now - _PROOFS))
    async with blog.db.transaction(at_length=True) as tx:
        await erase_deleted(tx)
    await remove_former_keys(blog)
    async with blog.db.transaction(at_length=True) as tx:
        await prune_arrivals(tx, bodies_before=to_ms(now - _BODIES), rows_before=to_ms(now - _LOG))
    async with blog.db.transaction(at_length=True) as tx:
        await prune_dropped(tx, to_ms(now - _LOG))
    async with blog.db.transaction(at_length=True) as tx:
        await prune_attempts(tx, before=to_ms(now - _LOG), most=_MOST_ATTEMPTS)
    async with blog.db.transaction(at_length=True) as tx:
        await prune_sessions(
            tx,
            used_before=to_ms(now) - SESSION_MS,
            begun_before=to_ms(now) - LONGEST_SESSION_MS,
        )
    async with blog.db.transaction(at_length=True) as tx:
        await prune_tickets(tx, to_ms(now))
    async with blog.db.transaction(at_length=True) as tx:
        await prune_notifications(tx, before=to_ms(now - _LOG), most=_MOST_NOTIFICATIONS)
    await keep_counts(blog)
    await prune_previews(blog)
    await follow_rules(blog)
    await prune_pictures(blog)
    await sweep_media(blog)
    await prune_cards(blog)
    await prune_copies(blog)
    await prune_unused(blog)
