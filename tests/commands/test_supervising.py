"""Several processes are kept at work, however soon one of them ends."""

import socket
import time
from threading import Thread

from fediblog.supervising import Supervisor


def _nothing() -> None:
    """Work that ends at once."""


def test_one_that_has_ended_before_it_is_waited_for_is_noticed() -> None:
    supervisor = Supervisor(_nothing, 1)
    supervisor._start_missing()
    begun = supervisor._places[0].process
    assert begun is not None
    begun.join()
    noticed, other = socket.socketpair()
    with noticed, other:
        waiting = Thread(target=supervisor._wait, args=(noticed,), daemon=True)
        waiting.start()
        waiting.join(10)
        assert not waiting.is_alive()
    supervisor._bury()
    [place] = supervisor._places
    assert place.process is not begun
    assert place.start_at > time.monotonic(), "it is started again, after a pause"
