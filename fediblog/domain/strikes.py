"""When a server is gone for good, and when it only rests (requirement H2).

A server is struck at most once a day, on a day when it failed and we could reach others. Any sign
of life takes all strikes back. Nobody is gone who is away for a holiday: it takes `_ENOUGH` strikes
over `_SPAN`. Two that are further apart than `_GAP` tell nothing of the time between them, so
counting begins anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

_ENOUGH = 7
_SPAN = timedelta(days=30)
_GAP = timedelta(days=14)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Strikes:
    """How often a server was struck since it was last heard of, first and last when."""

    count: int
    since: datetime
    last: datetime

    @property
    def out(self) -> bool:
        """Whether the server is gone, as far as anybody can tell."""
        return self.count >= _ENOUGH and self.last - self.since >= _SPAN


def is_struck_today(strikes: Strikes | None, now: datetime) -> bool:
    """Whether the last strike is less than a day old, so that another failure adds none."""
    return strikes is not None and now - strikes.last < _A_DAY


def struck(strikes: Strikes | None, now: datetime) -> Strikes:
    """The strikes after a failure now."""
    if strikes is None or now - strikes.last > _GAP:
        return Strikes(1, now, now)
    if is_struck_today(strikes, now):
        return strikes
    return Strikes(strikes.count + 1, strikes.since, now)
