"""How far our clock is from those of other servers, by the Date of what they answered."""

from collections import OrderedDict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from statistics import median

_MOST = 50


class Skews:
    """The last answer of each of the servers that were asked lately."""

    def __init__(self) -> None:
        self._seconds: OrderedDict[str, float] = OrderedDict()

    def note(self, host: str, date: str, now: datetime) -> None:
        """What a server's Date header says now. Nonsense is left aside."""
        try:
            there = parsedate_to_datetime(date)
        except (ValueError, TypeError, OverflowError):
            return
        aware = there if there.tzinfo else there.replace(tzinfo=UTC)
        self._seconds.pop(host, None)
        self._seconds[host] = (now - aware).total_seconds()
        if len(self._seconds) > _MOST:
            self._seconds.popitem(last=False)

    def middle(self, *, but: str) -> tuple[float, int]:
        """By how many seconds ours is ahead of most of them, and how many servers there were; but:
        the host that is not asked, as it is ours."""
        known = [seconds for host, seconds in self._seconds.items() if host != but]
        return (median(known), len(known)) if known else (0.0, 0)
