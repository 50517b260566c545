"""The private keys on disk: made once, read at the start, never overwritten."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fediblog.errors import KeysError
from fediblog.protocol.keys import KeyType, PrivateKey

_INSTANCE, _PROOF = "instance.pem", "blog-ed25519.pem"
#: What is signed for the secret in names of pictures. No proof signs it, for those are over two
#: hashes, 64 bytes in all.
_FOR_PICTURES = b"fediblog: names of pictures that are shown from here"


@dataclass(frozen=True, slots=True)
class Keyring:
    """The private keys of the blog.

    instance: of the instance actor, which signs fetches. proof: Ed25519, with which the blog's
    actor signs its activities themselves. picture_secret: what names of pictures are made with; it
    follows from proof, as Ed25519 signs the same always in the same way. The keys with which the
    blog's actor signs requests are numbered from 1, as it gets a new one now and then; which is the
    current one, the database says.
    """

    folder: Path
    instance: PrivateKey
    proof: PrivateKey
    picture_secret: bytes = field(repr=False)
    _numbered: dict[int, PrivateKey] = field(default_factory=dict, repr=False)

    def blog(self, number: int) -> PrivateKey:
        """The key with this number, read when it is first needed: another process may have made it.
        Raises KeysError."""
        if number not in self._numbered:
            self._numbered[number] = _load(blog_key_path(self.folder, number))
        return self._numbered[number]

    def has_blog(self, number: int) -> bool:
        """Whether the key with this number is there, in memory or on disk."""
        return number in self._numbered or blog_key_path(self.folder, number).exists()


def make_keys(folder: Path) -> None:
    """Make all keys in a folder that has none, readable by the owner alone.

    Raises KeysError when they cannot be written, or when there is only one of the two RSA keys:
    making the other would hide that a key was lost, and with it the identity that followers know.
    """
    with _writing(folder):
        _make_pair(blog_key_path(folder, 1), folder / _INSTANCE)
        _make(folder / _PROOF, "Ed25519")


def make_proof_key(folder: Path) -> None:
    """Make the Ed25519 key of a blog that is older than such keys, unless it is there already.
    Raises KeysError when it cannot be written."""
    with _writing(folder):
        _make(folder / _PROOF, "Ed25519")


def make_blog_key(folder: Path, number: int) -> None:
    """Make the blog's key with this number. One that is there was made for the same purpose, by
    somebody who could not finish. Raises KeysError when it cannot be written."""
    with _writing(folder):
        _make(blog_key_path(folder, number), "RSA")


def load_keys(folder: Path, number: int) -> Keyring:
    """Read all keys, number being that of the blog's current one. Raises KeysError for one that is
    missing, unreadable or open to others."""
    first = _load(blog_key_path(folder, number))
    proof = _load(folder / _PROOF, "Ed25519")
    return Keyring(
        folder=folder,
        instance=_load(folder / _INSTANCE),
        proof=proof,
        picture_secret=proof.sign(_FOR_PICTURES),
        _numbered={number: first},
    )


def has_keys(folder: Path) -> bool:
    """Whether a start has made keys here."""
    return any(folder.glob("*.pem"))


def blog_key_path(folder: Path, number: int) -> Path:
    """Where the blog's key with this number is."""
    return folder / ("blog.pem" if number == 1 else f"blog-{number}.pem")


def key_paths(folder: Path, number: int) -> dict[str, Path]:
    """Where the keys are, by what they are for; number is that of the blog's current one."""
    return {
        "blog actor": blog_key_path(folder, number),
        "blog actor's proofs": folder / _PROOF,
        "instance actor": folder / _INSTANCE,
    }


def remove_blog_key(folder: Path, number: int) -> None:
    """Remove a key that signs nothing any more."""
    blog_key_path(folder, number).unlink(missing_ok=True)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """What is written in the block stays written, and nobody else writes meanwhile."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder) as descriptor:
            yield
            os.fsync(descriptor)
    except OSError as error:
        raise KeysError(f"No keys can be written to {folder}: {error.strerror}.") from error


@contextmanager
def _alone(folder: Path) -> Iterator[int]:
    """On PostgreSQL several processes may have their first start together."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _make_pair(*paths: Path) -> None:
    missing = [path for path in paths if not path.exists()]
    if len(missing) == 1:
        raise KeysError(f"The key {missing[0]} is missing. Put it back from a backup.")
    for path in missing:
        _make(path, "RSA")


def _make(path: Path, kind: KeyType) -> None:
    if not path.exists():
        _write(path, PrivateKey.generate(kind).to_pem())


def _write(path: Path, pem: bytes) -> None:
    """All of the file or nothing of it, however it ends. Called by one at a time, and for a path
    that is free: an existing key is never overwritten."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


def _load(path: Path, kind: KeyType = "RSA") -> PrivateKey:
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
    return PrivateKey.from_pem(pem, kind)
