"""Attempt one delivery, and note what came of many."""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fediblog.actions.drop_followers import note_missing_inbox, strike
from fediblog.actions.look_around import Surroundings
from fediblog.actions.notify import note_failed_delivery
from fediblog.blog import Blog
from fediblog.domain.retries import Outcome, classify, delivery_delay, host_pause
from fediblog.errors import RemoteError, Unavailable
from fediblog.logs import fields
from fediblog.protocol.incoming import parse_json
from fediblog.remote.answers import Answer
from fediblog.store import hosts, outbox
from fediblog.store.database import Transaction
from fediblog.store.moments import to_ms
from fediblog.store.outbox import ClaimedDelivery

log = logging.getLogger("fediblog.actions")

#: Longer than an attempt can take, so that nobody else takes a delivery that is under way: ten
#: seconds at most for a connection to claim it, the deadline, five for a witness that we are well,
#: ten for a claim that is under way when it ends, and ten to write down what came of it.
LEASE = timedelta(seconds=90)
_DEADLINE_SECONDS = 30.0
_UNAUTHORIZED = 401
_GIVE_UP_MS = 8 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an attempt. status: None when the server could not be reached.

    said: the answer in short, or why there is none. others_answer: whether its failure, if it is
    one, is the server's own, as we reach others.
    """

    delivery: ClaimedDelivery
    status: int | None
    said: str
    retry_after: int | None = None
    others_answer: bool = True

    @property
    def failed(self) -> bool:
        """Whether the server is not well, whatever it would have made of the activity."""
        return self.status is None or self.status >= 500


async def deliver(blog: Blog, surroundings: Surroundings, delivery: ClaimedDelivery) -> Attempt:
    """POST the activity, signed now (a signature is fresh or worthless); what came of it is for
    `record`.

    Killed between the answer and its record, the same activity goes out once more after the
    lease, with the same id.
    """
    try:
        answer = await _send(blog, delivery)
    except RemoteError as error:
        others_answer = await surroundings.are_well(blog, delivery.authority)
        return Attempt(delivery, None, str(error), others_answer=others_answer)
    said = f"{answer.status} {answer.excerpt}".strip()
    return Attempt(delivery, answer.status, said, answer.retry_after)


async def _send(blog: Blog, delivery: ClaimedDelivery) -> Answer:
    """What the inbox says to the activity, signed with the key that is to sign it.

    That is the current one, but what tells of a new key is signed with the former one, which is
    known everywhere (E9). Who has heard of the new one already may know it alone. Reports are
    signed by the instance actor, whose they are.
    """
    if delivery.key_id == blog.addresses.instance_key:
        return await blog.remote.post(
            delivery.inbox,
            delivery.body,
            sign=blog.sign_as_instance(),
            deadline=_DEADLINE_SECONDS,
        )
    number = blog.addresses.actor_key_number(delivery.key_id)
    if number is not None and blog.keys.has_blog(number):
        answer = await _post(blog, delivery, number, _DEADLINE_SECONDS / 2)
        if answer.status != _UNAUTHORIZED:
            return answer
        return await _post(blog, delivery, delivery.current_key, _DEADLINE_SECONDS / 2)
    return await _post(blog, delivery, delivery.current_key, _DEADLINE_SECONDS)


async def _post(blog: Blog, delivery: ClaimedDelivery, number: int, deadline: float) -> Answer:
    return await blog.remote.post(
        delivery.inbox, delivery.body, sign=blog.sign_as_blog(number), deadline=deadline
    )


async def record(blog: Blog, attempts: Sequence[Attempt]) -> None:
    """Write down what came of attempts, in the order in which they ended, in one transaction.

    If that fails each is written alone, so that one that cannot be written takes no other with it;
    its delivery comes back when the lease has ended. Raises Unavailable when the database is away:
    nothing is written then, and it may be asked again.
    """
    try:
        await _record(blog, attempts)
    except Unavailable:
        raise
    except Exception:
        for attempt in attempts:
            try:
                await _record(blog, [attempt])
            except Unavailable:
                raise
            except Exception:
                log.exception("what came of delivery %d was not written", attempt.delivery.id)


async def _record(blog: Blog, attempts: Sequence[Attempt]) -> None:
    fates: list[str] = []
    async with blog.db.transaction() as tx:
        arrived = [
            (each.delivery, each.status, each.said)
            for each in attempts
            if each.status is not None and classify(each.status) is Outcome.DELIVERED
        ]
        if arrived:
            await outbox.set_done(tx, arrived, blog.now_ms())
        for each in attempts:
            if each.status is None or classify(each.status) is Outcome.RETRY:
                fates.append(await _postpone(blog, tx, each))
            elif classify(each.status) is Outcome.REJECTED:
                fates.append(await _fail(blog, tx, each))
            else:
                fates.append("done")
        await _note_servers(blog, tx, attempts)
        for each in attempts:
            if each.status is not None:
                await note_missing_inbox(blog, tx, each.delivery.inbox, each.status)
    for each, fate in zip(attempts, fates, strict=True):
        _tell(blog, each, fate)


def _tell(blog: Blog, attempt: Attempt, fate: str) -> None:
    """In the log, once it is written down. `activity` leads to what it came from: the deed that
    made it, or the request that brought what is passed on. An answer's words are a stranger's, and
    are left out."""
    delivery = attempt.delivery
    key = delivery.activity_key
    activity = blog.addresses.activity(key) if key else parse_json(delivery.body).get("id", "")
    came = {"reason": attempt.said} if attempt.status is None else {"status": attempt.status}
    told = fields(
        delivery=delivery.id,
        activity=activity,
        server=delivery.authority,
        attempt=delivery.attempts,
        fate=fate,
        **came,
    )
    log.info("delivery attempted", extra=told)


async def _note_servers(blog: Blog, tx: Transaction, attempts: Sequence[Attempt]) -> None:
    """How the servers do. Of several answers of one, the failures after the last good one count."""
    failures: dict[str, list[Attempt]] = {}
    reached: set[str] = set()
    for each in attempts:
        authority = each.delivery.authority
        if each.failed:
            failures.setdefault(authority, []).append(each)
        else:
            reached.add(authority)
            failures.pop(authority, None)
    if reached:
        await hosts.set_reached(tx, reached, blog.now_ms())
    if not failures:
        return
    standings = await hosts.list_standing(tx, failures)
    for authority, failed in sorted(failures.items()):
        standing = standings[authority]
        await _note_failures(blog, tx, authority, standing.failures + len(failed), failed[-1].said)
        if any(each.others_answer for each in failed):
            await strike(blog, tx, authority, standing)


async def _note_failures(
    blog: Blog, tx: Transaction, authority: str, failures: int, said: str
) -> None:
    """A server that goes on failing is left alone for a while, then probed once (H2)."""
    pause = host_pause(failures)
    await hosts.set_failed(
        tx,
        authority,
        failures=failures,
        not_before=to_ms(blog.clock() + pause) if pause else 0,
        answer=said,
    )


async def _fail(blog: Blog, tx: Transaction, attempt: Attempt) -> str:
    """Given up, which is its fate."""
    delivery = attempt.delivery
    await outbox.set_finished(
        tx,
        delivery.id,
        attempt=delivery.attempts,
        state="failed",
        status=attempt.status,
        answer=attempt.said,
        now=blog.now_ms(),
    )
    await note_failed_delivery(blog, tx, delivery.id)
    return "failed"


async def _postpone(blog: Blog, tx: Transaction, attempt: Attempt) -> str:
    """Again later, or never: after the last attempt, or more than a week, it is given up with its
    last answer. Its fate."""
    delivery = attempt.delivery
    jitter = secrets.randbelow(2001) / 1000 - 1
    delay = delivery_delay(delivery.attempts, jitter=jitter, retry_after=attempt.retry_after)
    if delay is None or blog.now_ms() - delivery.created_at > _GIVE_UP_MS:
        return await _fail(blog, tx, attempt)
    await outbox.set_postponed(
        tx,
        delivery.id,
        attempt=delivery.attempts,
        next_at=to_ms(blog.clock() + delay),
        status=attempt.status,
        answer=attempt.said,
    )
    return "postponed"
