"""Who writes an embedded database: the one process that holds the lock file beside it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fediblog.errors import StoreError


class Held(Exception):
    """Another process holds the lock."""


@contextmanager
def database_lock(file: Path) -> Iterator[None]:
    """Hold the lock of a database file; the system lets go of it when the process ends, however.

    Raises Held when somebody else has it, and StoreError when the folder cannot be used.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(file.with_name(f"{file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"{file.parent} cannot be used: {error.strerror}.") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Held from error
        yield
    finally:
        os.close(descriptor)
