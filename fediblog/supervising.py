"""Several processes that do the same: started, watched, started again, and ended together.

They are forked from this one, which has nothing open but what they share, and no thread.
"""

import logging
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess

log = logging.getLogger("fediblog")

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
#: One that dies sooner after its start waits longer and longer for the next.
_STEADY_SECONDS = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


@dataclass(slots=True)
class _Place:
    """One of the processes, and when it is started again if it is not there."""

    process: ForkProcess | None = None
    started: float = 0.0
    start_at: float = 0.0
    pause: float = _FIRST_PAUSE


class Supervisor:
    """Keeps so many processes at work. work: what each does; it ends by SIGTERM or SIGINT."""

    def __init__(self, work: Callable[[], object], count: int) -> None:
        self._work = work
        self._places = [_Place() for _ in range(count)]

    def run(self, *, patience: float, stopping: Callable[[], object]) -> bool:
        """Until this process gets SIGTERM or SIGINT, which all of them are then told.

        patience: how many seconds they have from then on; whoever takes longer is killed. stopping:
        is called when their end begins. Returns whether all have ended by themselves and without an
        error.
        """
        with _noticed_signals() as noticed:
            while (told := _last(noticed)) is None:
                self._start_missing()
                self._wait(noticed)
                self._bury()
            stopping()
            self._tell(told)
            deadline = time.monotonic() + patience
            while self._alive() and time.monotonic() < deadline:
                ends = [process.sentinel for process in self._alive()]
                wait([noticed, *ends], deadline - time.monotonic())
                if again := _last(noticed):
                    self._tell(again)
        return self._end()

    def _start_missing(self) -> None:
        for place in self._places:
            if place.process is None and place.start_at <= time.monotonic():
                place.process = multiprocessing.get_context("fork").Process(target=self._begin)
                place.started = time.monotonic()
                # What comes before the process has its own way with signals must not get lost.
                signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
                place.process.start()
                signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def _begin(self) -> None:
        """In the new process."""
        signal.set_wakeup_fd(-1)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        self._work()

    def _wait(self, noticed: socket.socket) -> None:
        """Until there is a signal, somebody has died, perhaps before this began, or is to be
        started."""
        ends = [place.process.sentinel for place in self._places if place.process is not None]
        starts = [place.start_at for place in self._places if place.process is None]
        seconds = max(0.0, min(starts) - time.monotonic()) if starts else None
        wait([noticed, *ends], seconds)

    def _bury(self) -> None:
        now = time.monotonic()
        for place in self._places:
            if place.process is not None and not place.process.is_alive():
                steady = now - place.started >= _STEADY_SECONDS
                pause = _FIRST_PAUSE if steady else place.pause
                log.error(
                    "process %d has ended (%s); the next one starts in %.1f s",
                    place.process.pid,
                    _how(place.process),
                    pause,
                )
                place.process.close()
                place.process, place.start_at = None, now + pause
                place.pause = min(pause * 2, _LONGEST_PAUSE)

    def _alive(self) -> list[ForkProcess]:
        return [each.process for each in self._places if each.process and each.process.is_alive()]

    def _tell(self, number: int) -> None:
        for process in self._alive():
            if process.pid is not None:
                os.kill(process.pid, number)

    def _end(self) -> bool:
        well = True
        for place in self._places:
            if place.process is None:
                continue
            if place.process.is_alive():
                log.error("process %d does not end, and is killed", place.process.pid)
                place.process.kill()
            place.process.join()
            # One that was just starting ends by the signal itself.
            well = well and place.process.exitcode in {0, *(-number for number in _SIGNALS)}
        return well


def parent_end() -> int | None:
    """What becomes readable when the process that started this one is gone; None for one that no
    supervisor has started."""
    parent = multiprocessing.parent_process()
    return parent.sentinel if parent is not None else None


@contextmanager
def _noticed_signals() -> Iterator[socket.socket]:
    """Signals, as bytes that can be read in the block instead of doing anything."""
    noticed, written = socket.socketpair()
    noticed.setblocking(False)
    written.setblocking(False)
    before = {number: signal.signal(number, lambda *_: None) for number in _SIGNALS}
    signal.set_wakeup_fd(written.fileno())
    try:
        with noticed, written:
            yield noticed
    finally:
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)


def _last(noticed: socket.socket) -> int | None:
    """The signal that came last, if one has."""
    try:
        return noticed.recv(4096)[-1]
    except BlockingIOError:
        return None


def _how(process: ForkProcess) -> str:
    code = process.exitcode or 0
    return f"signal {-code}" if code < 0 else f"exit code {code}"
