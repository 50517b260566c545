"""How many fetches may run at once, so that slow strangers cannot hold up everybody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _Host:
    semaphore: asyncio.Semaphore
    users: int = 0


class Slots:
    """At most `per_host` at once for one host, and `overall` for all of them together."""

    def __init__(self, *, overall: int, per_host: int) -> None:
        self._overall = asyncio.Semaphore(overall)
        self._per_host = per_host
        self._hosts: dict[str, _Host] = {}

    def __len__(self) -> int:
        """The number of hosts that are being asked or waited for; no others are remembered."""
        return len(self._hosts)

    @asynccontextmanager
    async def taken(self, host: str) -> AsyncIterator[None]:
        """Wait for a slot, and hold it.

        The host's own slot comes first: what waits for one slow host then takes no overall one.
        """
        entry = self._hosts.setdefault(host, _Host(asyncio.Semaphore(self._per_host)))
        entry.users += 1
        try:
            async with entry.semaphore, self._overall:
                yield
        finally:
            entry.users -= 1
            if not entry.users:
                del self._hosts[host]
