"""The private keys on disk: made once, read at the start, never overwritten."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fediblog.errors import KeysError
from fediblog.protocol.keys import PrivateKey

_BLOG, _INSTANCE = "blog.pem", "instance.pem"


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key of the blog's actor and the key of the instance actor, which signs fetches."""

    blog: PrivateKey
    instance: PrivateKey


def make_keys(folder: Path) -> None:
    """Make both keys in a folder that has none, readable by the owner alone.

    Raises KeysError when they cannot be written, or when there is only one of them: making the
    other would hide that a key was lost, and with it the identity that followers know.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder):
            _make_pair(folder / _BLOG, folder / _INSTANCE)
    except OSError as error:
        raise KeysError(f"No keys can be written to {folder}: {error.strerror}.") from error


def load_keys(folder: Path) -> Keyring:
    """Read both keys. Raises KeysError for one that is missing, unreadable or open to others."""
    return Keyring(blog=_load(folder / _BLOG), instance=_load(folder / _INSTANCE))


def key_paths(folder: Path) -> dict[str, Path]:
    """Where the keys are, by what they are for."""
    return {"blog actor": folder / _BLOG, "instance actor": folder / _INSTANCE}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """On PostgreSQL several processes may have their first start together."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make_pair(*paths: Path) -> None:
    missing = [path for path in paths if not path.exists()]
    if len(missing) == 1:
        raise KeysError(f"The key {missing[0]} is missing. Put it back from a backup.")
    for path in missing:
        _write(path, PrivateKey.generate().to_pem())


def _write(path: Path, pem: bytes) -> None:
    """O_EXCL: an existing key is never overwritten, not even by a second start at the same time."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())


def _load(path: Path) -> PrivateKey:
    try:
        pem = path.read_bytes()
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError as error:
        raise KeysError(
            f"The key {path} is missing, but this blog has been in use. Put it back from a backup: "
            "with another key, followers would no longer trust the blog."
        ) from error
    except OSError as error:
        raise KeysError(f"The key {path} cannot be read: {error.strerror}.") from error
    if mode & 0o077:
        raise KeysError(f"Others can read the key {path}. Run: chmod 600 {path}")
    return PrivateKey.from_pem(pem)
