"""Wake-ups: who writes a row tells who waits for it, in this process and in the others."""

import asyncio
from collections.abc import Callable, Collection

_PREFIX = "wake:"


def _nobody(_name: str) -> None:
    """There is no other process."""


class Signal(asyncio.Event):
    """Wakes those who wait for it. set: in every process; wake: in this one; name: what a
    transaction tells that has written what they wait for, so that its commit wakes them."""

    def __init__(self, name: str = "", tell: Callable[[str], object] = _nobody) -> None:
        super().__init__()
        self.name = _PREFIX + name
        self._tell = tell
        self._listeners: list[Signal] = []

    def listen(self) -> "Signal":
        """A signal of one's own that follows this one, for several who wait for the same."""
        signal = Signal()
        self._listeners.append(signal)
        return signal

    def set(self) -> None:
        """Wake everybody, wherever they are."""
        self.wake()
        self._tell(self.name)

    def wake(self) -> None:
        """Wake who waits in this process."""
        super().set()
        for signal in self._listeners:
            signal.wake()


class Signals:
    """One event for each queue. A lost wake-up costs a second, no row: the loops also poll.

    tell: takes a name to the other processes, where it is heard.
    """

    def __init__(self, tell: Callable[[str], object] = _nobody) -> None:
        self.arrivals = Signal("arrivals", tell)
        self.deliveries = Signal("deliveries", tell)
        self.fetches = Signal("fetches", tell)
        self.walks = Signal("walks", tell)
        self.timed = Signal("timed", tell)
        self.threads = Signal("threads", tell)
        self.backups = Signal("backups", tell)

    def hear(self, names: Collection[str] | None) -> None:
        """Wake what another process names, or everybody if anything may have happened there."""
        for name, signal in vars(self).items():
            if names is None or _PREFIX + name in names:
                signal.wake()
