"""What one walk through a thread may ask of others: so much in all, so much of each server."""

from collections import Counter
from collections.abc import Collection

from fediblog.protocol.addresses import authority_of

MOST_REQUESTS = 200
MOST_PER_HOST = 40


class Exhausted(Exception):
    """No more may be asked in this run, or not of this server."""


class WalkBudget:
    """Counts requests, and remembers who has failed and what has been looked at in this run."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()
        self._failed: set[str] = set()
        self._seen: set[str] = set()

    @property
    def is_spent(self) -> bool:
        """Whether nobody may be asked any more."""
        return self._asked.total() >= MOST_REQUESTS

    @property
    def closed(self) -> Collection[str]:
        """The servers that are not asked any more in this run."""
        spent = {host for host, count in self._asked.items() if count >= MOST_PER_HOST}
        return sorted(spent | self._failed)

    def take(self, uri: str) -> None:
        """Count a request for this address. Raises Exhausted if it must not be made."""
        host = authority_of(uri)
        if self.is_spent or host in self._failed or self._asked[host] >= MOST_PER_HOST:
            raise Exhausted
        self._asked[host] += 1

    def fail(self, uri: str) -> None:
        """The server of this address fails: it is left alone for the rest of the run."""
        self._failed.add(authority_of(uri))

    def is_new(self, uri: str) -> bool:
        """Whether this has not been looked at yet; from now on it has."""
        if uri in self._seen:
            return False
        self._seen.add(uri)
        return True
