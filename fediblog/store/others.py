"""What was written, told to whoever keeps something in memory, here and in the other processes.

A transaction tells the names of the tables that it has written to, and whatever else it wants to;
on PostgreSQL in a NOTIFY that is part of it, so that nobody can see what is new and not be told.
What is kept in memory by what the database says belongs to somebody who listens here.
"""

import asyncio
import secrets
from collections.abc import Callable, Collection, Iterable

import orjson

CHANNEL = "fediblog"
#: PostgreSQL takes less than 8,000 bytes in one message.
_LONGEST = 7_500
_EVERYTHING = "*"
#: What is only a wake-up is told so seldom, however often there is a reason.
_GATHER_SECONDS = 0.05

#: Called with names of what has changed, or None: anything may have. It must not wait or fail.
Hearer = Callable[[Collection[str] | None], None]


class Others:
    """Who is told of what is written.

    hearing: whether this process is told of what others write. While it is not, nothing may be
    kept in memory that another process can make wrong.
    """

    def __init__(self, *, alone: bool) -> None:
        self.hearing = alone
        self._alone = alone
        self._sender = secrets.token_hex(8)
        self._hearers: list[Hearer] = []
        self._later: set[str] = set()
        self._waiting = asyncio.Event()

    def listen(self, hear: Hearer) -> None:
        """Have something called from now on, whoever has changed what."""
        self._hearers.append(hear)

    def happened(self, names: Collection[str] | None) -> None:
        """Tell everybody in this process."""
        for hear in self._hearers:
            hear(names)

    def tell_later(self, name: str) -> None:
        """Tell the other processes soon; it is no loss if they never hear of it."""
        if not self._alone:
            self._later.add(name)
            self._waiting.set()

    def message(self, names: Iterable[str]) -> str:
        """What the other processes are sent."""
        text = orjson.dumps([self._sender, *sorted(names)]).decode()
        if len(text.encode()) > _LONGEST:
            return orjson.dumps([self._sender, _EVERYTHING]).decode()
        return text

    def take_later(self) -> set[str]:
        """What has gathered to be told."""
        taken, self._later = self._later, set()
        self._waiting.clear()
        return taken

    async def gathered(self) -> set[str]:
        """Wait until there is something to be told, and a moment longer for more of it."""
        await self._waiting.wait()
        await asyncio.sleep(_GATHER_SECONDS)
        return self.take_later()

    def set_hearing(self, hearing: bool) -> None:
        """Whether what others write is heard changes: meanwhile anything may have been written."""
        self.hearing = hearing
        self.happened(None)

    def take(self, message: str) -> None:
        """One of the other processes has sent this, or this one has."""
        sender, *names = orjson.loads(message)
        if sender != self._sender:
            self.happened(None if _EVERYTHING in names else names)
