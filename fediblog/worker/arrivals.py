"""Processes what came in: servers side by side, what one actor does to one object in order."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from fediblog.actions.fates import Fate
from fediblog.actions.process_again import ask_again
from fediblog.actions.receive import receive
from fediblog.blog import Blog
from fediblog.domain.retries import arrival_delay
from fediblog.errors import FediblogError, RemoteInvalid, Unavailable
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
_GATHER_SECONDS = 0.04


def arrival_loop(blog: Blog) -> ClaimLoop[ClaimedArrival]:
    """The loop over the inbox's log."""
    desk = _Desk(blog)
    return ClaimLoop(
        "arrivals",
        blog.signals.arrivals,
        claim=desk.claim,
        work=desk.work,
        at_once=_AT_ONCE,
        gather=_GATHER_SECONDS,
        ending=desk.end,
    )


@dataclass(frozen=True, slots=True)
class _Ended:
    """What became of an arrival. state: done, ignored or failed, or postponed until next_at (ms).
    told: it said something itself, so its server is there."""

    arrival: ClaimedArrival
    state: str
    reason: str
    next_at: int = 0

    @property
    def told(self) -> bool:
        return self.state in {"done", "ignored"} and not self.arrival.pointer


class _Desk:
    """Claims arrivals, and notes what became of those that have ended since the last claim: both
    for many at once, and the one before the other, so what is done leaves room."""

    def __init__(self, blog: Blog) -> None:
        self._blog = blog
        self._ended: list[_Ended] = []

    async def claim(self, room: int) -> Sequence[ClaimedArrival]:
        """Up to so many that are due."""
        await self._note()
        blog = self._blog
        return await claim_arrivals(
            blog.db,
            now=blog.now_ms(),
            lease_until=to_ms(blog.clock() + _LEASE),
            limit=room,
            at_once=AT_ONCE_PER_SERVER,
        )

    async def work(self, arrival: ClaimedArrival) -> None:
        """Process one."""
        self._ended.append(await _process(self._blog, arrival))

    async def end(self) -> None:
        """What cannot be noted at the end either is processed again, and found to be here."""
        with suppress(Unavailable):
            await self._note()

    async def _note(self) -> None:
        """What cannot be noted because the database is away is kept for the next time."""
        if ended := tuple(self._ended):
            await _note_all(self._blog, ended)
            del self._ended[: len(ended)]


async def _process(blog: Blog, arrival: ClaimedArrival) -> _Ended:
    """Process one arrival; what fails is tried again, and says why."""
    try:
        fate = await _processed(blog, arrival)
    except RemoteInvalid as error:
        # Its origin was asked and has answered; asking again makes nothing more believable.
        return _Ended(arrival, "ignored", str(error))
    except FediblogError as error:
        return _postponed(blog, arrival, str(error))
    except Exception as error:
        log.exception("an arrival of %s could not be processed", arrival.authority)
        return _postponed(blog, arrival, f"an error of ours: {type(error).__name__}")
    return _Ended(arrival, fate.state, fate.reason)


async def _processed(blog: Blog, arrival: ClaimedArrival) -> Fate:
    """What comes of the bytes that came, or of the object itself if these are gone."""
    if arrival.body is None:
        return await ask_again(blog, arrival.object_id)
    return await receive(
        blog, bytes(arrival.body), since=arrival.received_at, pointer=arrival.pointer
    )


def _postponed(blog: Blog, arrival: ClaimedArrival, reason: str) -> _Ended:
    delay = arrival_delay(arrival.attempts)
    if delay is None:
        return _Ended(arrival, "failed", reason)
    return _Ended(arrival, "postponed", reason, to_ms(blog.clock() + delay))


async def _note_all(blog: Blog, ended: Sequence[_Ended]) -> None:
    """Write down what became of arrivals; one that the database refuses holds up no other."""
    try:
        await _write(blog, ended)
    except Unavailable:
        raise
    except Exception:
        for each in ended:
            try:
                await _write(blog, [each])
            except Unavailable:
                raise
            except Exception:
                log.exception(
                    "what became of an arrival of %s was not noted", each.arrival.authority
                )
    blog.signals.threads.set()


async def _write(blog: Blog, ended: Sequence[_Ended]) -> None:
    async with blog.db.transaction() as tx:
        for each in ended:
            number, attempt = each.arrival.id, each.arrival.attempts
            state, reason = each.state, each.reason
            if state == "postponed":
                await set_postponed(
                    tx, number, attempt=attempt, next_at=each.next_at, reason=reason
                )
            else:
                keeps = state == "failed"
                await set_processed(
                    tx, number, attempt=attempt, state=state, reason=reason, keep_body=keeps
                )
        # In one order for everybody who writes of several servers.
        for authority in sorted({each.arrival.authority for each in ended if each.told}):
            await set_alive(tx, authority)
    for each in ended:
        _tell(each.arrival, each.state, each.reason)


def _tell(arrival: ClaimedArrival, fate: str, reason: str) -> None:
    """In the log and in numbers; `activity` leads to the request that it came with."""
    ARRIVALS.labels(fate).inc()
    told = fields(arrival=arrival.id, activity=arrival.activity_id, fate=fate, reason=reason)
    log.info("arrival processed", extra=told)
