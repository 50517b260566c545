"""Attempt one delivery, and note what came of it."""

import secrets
from datetime import timedelta

from fediblog.actions.drop_followers import is_our_network_well, note_missing_inbox, strike
from fediblog.actions.notify import note_failed_delivery
from fediblog.blog import Blog
from fediblog.domain.retries import Outcome, classify, delivery_delay, host_pause
from fediblog.errors import RemoteError
from fediblog.remote.answers import Answer
from fediblog.store import hosts, outbox
from fediblog.store.database import Transaction
from fediblog.store.moments import to_ms
from fediblog.store.outbox import ClaimedDelivery

#: Longer than an attempt can take, so that nobody else takes a delivery that is under way: ten
#: seconds at most for a connection to claim it, the deadline, five for a witness that we are well,
#: and ten again to write down what came of it.
LEASE = timedelta(seconds=60)
_DEADLINE_SECONDS = 30.0
_UNAUTHORIZED = 401
_GIVE_UP_MS = 8 * 24 * 3600 * 1000


async def deliver(blog: Blog, delivery: ClaimedDelivery) -> None:
    """POST the activity, signed now (a signature is fresh or worthless), and record the answer.

    Killed between the answer and its record, the same activity goes out once more after the
    lease, with the same id.
    """
    try:
        answer = await _send(blog, delivery)
    except RemoteError as error:
        others_answer = await is_our_network_well(blog, delivery.authority)
        async with blog.db.transaction() as tx:
            await _postpone(blog, tx, delivery, None, str(error), None)
            await _note_failure(blog, tx, delivery.authority, str(error))
            if others_answer:
                await strike(blog, tx, delivery.authority)
        return
    async with blog.db.transaction() as tx:
        await _record(blog, tx, delivery, answer)


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


async def _record(blog: Blog, tx: Transaction, delivery: ClaimedDelivery, answer: Answer) -> None:
    said = f"{answer.status} {answer.excerpt}".strip()
    match classify(answer.status):
        case Outcome.DELIVERED:
            await _finish(blog, tx, delivery, "done", answer.status, said)
        case Outcome.REJECTED:
            await _finish(blog, tx, delivery, "failed", answer.status, said)
        case Outcome.RETRY:
            await _postpone(blog, tx, delivery, answer.status, said, answer.retry_after)
    if answer.status >= 500:
        await _note_failure(blog, tx, delivery.authority, said)
        await strike(blog, tx, delivery.authority)
    else:
        await hosts.set_reached(tx, delivery.authority, blog.now_ms())
        await note_missing_inbox(blog, tx, delivery.inbox, answer.status)


async def _finish(
    blog: Blog,
    tx: Transaction,
    delivery: ClaimedDelivery,
    state: str,
    status: int | None,
    said: str,
) -> None:
    await outbox.set_finished(
        tx,
        delivery.id,
        attempt=delivery.attempts,
        state=state,
        status=status,
        answer=said,
        now=blog.now_ms(),
    )
    if state == "failed":
        await note_failed_delivery(blog, tx, delivery.id)


async def _postpone(
    blog: Blog,
    tx: Transaction,
    delivery: ClaimedDelivery,
    status: int | None,
    said: str,
    retry_after: int | None,
) -> None:
    """Again later, or never: after the last attempt, or more than a week, it is given up with its
    last answer."""
    jitter = secrets.randbelow(2001) / 1000 - 1
    delay = delivery_delay(delivery.attempts, jitter=jitter, retry_after=retry_after)
    if delay is None or blog.now_ms() - delivery.created_at > _GIVE_UP_MS:
        await _finish(blog, tx, delivery, "failed", status, said)
        return
    next_at = to_ms(blog.clock() + delay)
    await outbox.set_postponed(
        tx, delivery.id, attempt=delivery.attempts, next_at=next_at, status=status, answer=said
    )


async def _note_failure(blog: Blog, tx: Transaction, authority: str, said: str) -> None:
    """A server that goes on failing is left alone for a while, then probed once (H2)."""
    failures = await hosts.get_failures(tx, authority) + 1
    pause = host_pause(failures)
    await hosts.set_failed(
        tx,
        authority,
        failures=failures,
        not_before=to_ms(blog.clock() + pause) if pause else 0,
        answer=said,
    )
