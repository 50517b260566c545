"""When to try again, and when not to (requirement H2)."""

from datetime import timedelta
from enum import Enum

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

# About a week in all.
_DELIVERY = (
    30, 2 * _MINUTE, 8 * _MINUTE, 20 * _MINUTE,
    _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 12 * _HOUR,
    _DAY, _DAY, _DAY, _DAY, _DAY,
)  # fmt: skip
_ARRIVAL = (10, _MINUTE, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 6 * _HOUR)
# About four weeks in all.
_FETCH = (30, 5 * _MINUTE, _HOUR, 6 * _HOUR, *(26 * [_DAY]))

_SPREAD = 0.2
_LONGEST_WAIT = _DAY

_FAILURES_BEFORE_PAUSE = 5
_PAUSES = (30 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR)

# They say "not now" (408, 425, 429), or "not with this signature", which the next attempt renews.
_TRY_AGAIN = frozenset({401, 408, 425, 429})
_NOT_IMPLEMENTED = 501


class Outcome(Enum):
    """What an inbox's answer means for a delivery."""

    DELIVERED = "delivered"
    REJECTED = "rejected"
    RETRY = "retry"


def classify(status: int) -> Outcome:
    """What the HTTP status of an inbox's answer means.

    All of 4xx is final but 401, 408, 425 and 429, and so is 501 (as for Mastodon's
    delivery_worker.rb). A redirect is not followed with a signed POST; it is what a host in
    maintenance or on the move gives, so it is tried again.
    """
    if 200 <= status < 300:
        return Outcome.DELIVERED
    if status == _NOT_IMPLEMENTED or (400 <= status < 500 and status not in _TRY_AGAIN):
        return Outcome.REJECTED
    return Outcome.RETRY


def delivery_delay(
    attempt: int, *, jitter: float = 0.0, retry_after: int | None = None
) -> timedelta | None:
    """How long to wait after the `attempt`-th failed attempt (from 1); None when it was the last.

    `jitter`, from -1 to 1, spreads the wait by up to 20 %. `retry_after` is the seconds that the
    server asked for: never less, but a day is enough. Raises ValueError for an `attempt` or a
    `jitter` outside its range.
    """
    if not -1 <= jitter <= 1:
        raise ValueError(f"The jitter goes from -1 to 1: {jitter} does not.")
    seconds = _step(_DELIVERY, attempt)
    if seconds is None:
        return None
    asked = min(retry_after or 0, _LONGEST_WAIT)
    return timedelta(seconds=max(seconds * (1 + _SPREAD * jitter), asked))


def arrival_delay(attempt: int) -> timedelta | None:
    """How long to wait after processing of an arrival failed for the `attempt`-th time, or None."""
    return _delay(_ARRIVAL, attempt)


def fetch_delay(attempt: int) -> timedelta | None:
    """How long to wait after fetching a parent failed for the `attempt`-th time, or None."""
    return _delay(_FETCH, attempt)


def host_pause(failures: int) -> timedelta | None:
    """How long a host gets nothing after so many failures without a success; None: no pause.

    Four failures are forgiven. The fifth and sixth give 30 minutes, then each two more double the
    pause, up to 4 hours: one probe each time, so a host that comes back soon has its posts.
    """
    step = failures - _FAILURES_BEFORE_PAUSE
    if step < 0:
        return None
    return timedelta(seconds=_PAUSES[min(step // 2, len(_PAUSES) - 1)])


def _delay(steps: tuple[int, ...], attempt: int) -> timedelta | None:
    seconds = _step(steps, attempt)
    return None if seconds is None else timedelta(seconds=seconds)


def _step(steps: tuple[int, ...], attempt: int) -> int | None:
    if attempt < 1:
        raise ValueError(f"Attempts are counted from 1, not from {attempt}.")
    return steps[attempt - 1] if attempt <= len(steps) else None
