"""When a thread is walked through for replies that nobody has delivered (requirement C9)."""

from datetime import timedelta

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

#: Seconds after the last activity.
_WALKS = (
    5 * _MINUTE, 20 * _MINUTE, _HOUR, 4 * _HOUR, 12 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY,
)  # fmt: skip
_THEN_EVERY = 30 * _DAY


def walk_delay(walks: int) -> timedelta:
    """How long the next walk waits, after the last of so many since there was any activity, or
    after that activity itself if there was none yet. Raises ValueError for a negative number."""
    if walks < 0:
        raise ValueError(f"Walks are counted from 0, not from {walks}.")
    if walks >= len(_WALKS):
        return timedelta(seconds=_THEN_EVERY)
    return timedelta(seconds=_WALKS[walks] - (_WALKS[walks - 1] if walks else 0))
