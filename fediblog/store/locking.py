"""Who writes an embedded database: the one process that holds the lock file in the data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_NAME = "fediblog.lock"


class Held(Exception):
    """Another process holds the lock."""


@contextmanager
def data_lock(folder: Path) -> Iterator[None]:
    """Hold the data folder's lock; the system lets go of it when the process ends, however.

    Raises Held when somebody else has it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Held from error
        yield
    finally:
        os.close(descriptor)
