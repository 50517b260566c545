"""Processes what came in: servers side by side, what one actor does to one object in order."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from fediblog.actions.fates import Fate, ignored
from fediblog.actions.process_again import ask_again
from fediblog.actions.receive import receive
from fediblog.blog import Blog
from fediblog.domain.retries import arrival_delay
from fediblog.errors import FediblogError, RemoteInvalid
from fediblog.logs import fields
from fediblog.metrics import ARRIVALS
from fediblog.store.arrivals import ClaimedArrival, claim_arrivals, set_postponed, set_processed
from fediblog.store.hosts import set_alive
from fediblog.store.moments import to_ms
from fediblog.worker.loop import ClaimLoop

log = logging.getLogger("fediblog.worker")

#: Longer than everything that may have to be asked elsewhere takes together.
_LEASE = timedelta(minutes=2)
_AT_ONCE = 96
#: A quarter of all places: servers that keep us waiting for what we ask them hold up nobody else.
AT_ONCE_PER_SERVER = 24
#: Whatever ends within this is followed by one claim together.
_GATHER_SECONDS = 0.02


def arrival_loop(blog: Blog) -> ClaimLoop[ClaimedArrival]:
    """The loop over the inbox's log."""

    async def claim(room: int) -> Sequence[ClaimedArrival]:
        return await claim_arrivals(
            blog.db,
            now=blog.now_ms(),
            lease_until=to_ms(blog.clock() + _LEASE),
            limit=room,
            at_once=AT_ONCE_PER_SERVER,
        )

    return ClaimLoop(
        "arrivals",
        blog.signals.arrivals,
        claim=claim,
        work=lambda arrival: process_arrival(blog, arrival),
        at_once=_AT_ONCE,
        gather=_GATHER_SECONDS,
    )


async def process_arrival(blog: Blog, arrival: ClaimedArrival) -> None:
    """Process one arrival and note its fate; what fails is tried again, and says why."""
    try:
        fate = await _processed(blog, arrival)
    except RemoteInvalid as error:
        # Its origin was asked and has answered; asking again makes nothing more believable.
        await _note(blog, arrival, ignored(str(error)))
    except FediblogError as error:
        await _postpone(blog, arrival, str(error))
    except Exception as error:
        log.exception("an arrival of %s could not be processed", arrival.authority)
        await _postpone(blog, arrival, f"an error of ours: {type(error).__name__}")
    else:
        await _note(blog, arrival, fate)


async def _processed(blog: Blog, arrival: ClaimedArrival) -> Fate:
    """What comes of the bytes that came, or of the object itself if these are gone."""
    if arrival.body is None:
        return await ask_again(blog, arrival.object_id)
    return await receive(
        blog, bytes(arrival.body), since=arrival.received_at, pointer=arrival.pointer
    )


async def _note(blog: Blog, arrival: ClaimedArrival, fate: Fate) -> None:
    async with blog.db.transaction() as tx:
        await set_processed(tx, arrival.id, state=fate.state, reason=fate.reason, keep_body=False)
        await set_alive(tx, arrival.authority, arrival.id)
    blog.signals.threads.set()
    _tell(arrival, fate.state, fate.reason)


async def _postpone(blog: Blog, arrival: ClaimedArrival, reason: str) -> None:
    delay = arrival_delay(arrival.attempts)
    async with blog.db.transaction() as tx:
        if delay is None:
            await set_processed(tx, arrival.id, state="failed", reason=reason, keep_body=True)
        else:
            await set_postponed(tx, arrival.id, next_at=to_ms(blog.clock() + delay), reason=reason)
    _tell(arrival, "failed" if delay is None else "postponed", reason)


def _tell(arrival: ClaimedArrival, fate: str, reason: str) -> None:
    """In the log and in numbers; `activity` leads to the request that it came with."""
    ARRIVALS.labels(fate).inc()
    told = fields(arrival=arrival.id, activity=arrival.activity_id, fate=fate, reason=reason)
    log.info("arrival processed", extra=told)
