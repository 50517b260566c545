"""Make a blog of a backup, where there is none yet."""

import asyncio
import hashlib
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Any

import orjson

from fediblog.domain.backups import FORMAT, MANIFEST, Manifest, is_member_name
from fediblog.errors import StoreError
from fediblog.keyring import has_keys
from fediblog.settings import Settings
from fediblog.store import search
from fediblog.store.database import open_database
from fediblog.store.dumping import load_tables
from fediblog.store.embedded import sqlite_path
from fediblog.store.leases import release_leases
from fediblog.store.migrating import has_tables, list_migrations, migrate

#: What a manifest has besides its format.
_TEXTS = ("version", "origin", "username", "handle_domain", "made_at", "migration")
_LISTS = {"tables": int, "files": str}
#: A hundred bytes for each of half a million pictures.
_LARGEST_MANIFEST = 50_000_000


async def read_manifest(file: Path) -> Manifest:
    """What a backup says of itself, once everything in it has been compared with that. Raises
    StoreError for a file that is none, is cut off, damaged, or from a newer fediblog."""
    try:
        return await asyncio.to_thread(_verified, file)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise StoreError(f"{file} is no backup that can be read: {error}.") from error


async def restore_backup(settings: Settings, file: Path, manifest: Manifest) -> None:
    """Put everything where it belongs. manifest: of this file, by `read_manifest`.

    On SQLite the caller holds the lock of the database. Raises StoreError when there is a blog
    already, or something fails; files are then as they were before.
    """
    if manifest.origin != settings.origin:
        raise StoreError(
            f"This is a backup of {manifest.origin}, but the settings say {settings.origin}. "
            f"Restore it with FEDIBLOG_URL={manifest.origin}: others know the blog by that."
        )
    await _refuse_occupied(settings)
    try:
        await _restore(settings, file, manifest)
    except (OSError, tarfile.TarError, StoreError) as error:
        _clear(settings)
        rest = "" if settings.embedded else " Empty the database before the next try."
        raise StoreError(f"The backup is not restored: {error}{rest}") from error
    except BaseException:
        _clear(settings)
        raise


async def _restore(settings: Settings, file: Path, manifest: Manifest) -> None:
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=settings.data, prefix=".restore-") as folder:
        await asyncio.to_thread(_unpack, file, Path(folder))
        await migrate(settings.database_url, last=manifest.migration)
        await load_tables(settings.database_url, Path(folder, "database"))
        await asyncio.to_thread(_place, settings, Path(folder))
    await migrate(settings.database_url)
    await _make_ready(settings)


async def _make_ready(settings: Settings) -> None:
    """The index of words is made from the texts, which the next start reads; and nobody works any
    more on what was under way when the backup was made."""
    db = await open_database(settings.database_url)
    try:
        async with db.transaction(at_length=True) as tx:
            await search.mark_everything(tx)
            await release_leases(tx)
    finally:
        await db.close()


async def _refuse_occupied(settings: Settings) -> None:
    media = settings.data / "media"
    if await has_tables(settings.database_url):
        raise StoreError(
            "There is a database already, and restoring would overwrite it. Move it away first, or "
            "name another one with FEDIBLOG_DATA or FEDIBLOG_DATABASE_URL."
        )
    if has_keys(settings.keys):
        raise StoreError(f"There are keys in {settings.keys} already. Move them away first.")
    if media.is_dir() and any(path.is_file() for path in media.rglob("*")):
        raise StoreError(f"There are pictures in {media} already. Move them away first.")


def _verified(file: Path) -> Manifest:
    seen: dict[str, str] = {}
    manifest: Manifest | None = None
    with tarfile.open(file, "r:") as archive:
        for entry, body in _entries(archive):
            if entry.name == MANIFEST:
                manifest = _read(body.read(_LARGEST_MANIFEST))
            elif not is_member_name(entry.name):
                raise StoreError(f"{file} is no backup: it has {entry.name!r} in it.")
            else:
                seen[entry.name] = _digest(body)
    if manifest is None:
        raise StoreError(f"{file} is not complete: its end is missing.")
    if manifest.migration not in list_migrations():
        raise StoreError(
            f"This backup was made by a newer fediblog ({manifest.version}). Update this one first."
        )
    if damaged := {n for n in seen | manifest.files if seen.get(n) != manifest.files.get(n)}:
        raise StoreError(f"{file} is damaged: {min(damaged)} is not what it was.")
    return manifest


def _read(body: bytes) -> Manifest:
    try:
        told = orjson.loads(body)
        manifest = Manifest(**told)
        if not _is_sound(told):
            raise TypeError
    except (ValueError, TypeError) as error:
        raise StoreError("This is no backup, or one of a newer fediblog.") from error
    if manifest.format != FORMAT:
        raise StoreError("This is a backup of a newer fediblog. Update this one first.")
    return manifest


def _is_sound(told: Mapping[str, Any]) -> bool:
    """Whether everything in a manifest is of its kind: whoever has changed it may have written
    anything."""
    return (
        isinstance(told["format"], int)
        and all(isinstance(told[name], str) for name in _TEXTS)
        and all(
            isinstance(told[name], dict)
            and all(isinstance(each, kind) for each in told[name].values())
            for name, kind in _LISTS.items()
        )
    )


def _unpack(file: Path, folder: Path) -> None:
    """Only what `_verified` has seen: files beneath the four folders, written as our own."""
    with tarfile.open(file, "r:") as archive:
        for entry, body in _entries(archive):
            if is_member_name(entry.name):
                path = folder.joinpath(*PurePosixPath(entry.name).parts)
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                path.touch(0o600)
                with path.open("wb") as target:
                    shutil.copyfileobj(body, target)


def _entries(archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """Every file. Raises StoreError for what is none, such as a link that leads elsewhere, and for
    one with holes, which is as large as it says and takes no room in the archive."""
    for entry in archive:
        is_whole = entry.isreg() and not entry.issparse()
        body = archive.extractfile(entry) if is_whole else None
        if body is None:
            raise StoreError(f"This is no backup: {entry.name!r} in it is no file.")
        yield entry, body


def _digest(body: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := body.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _place(settings: Settings, folder: Path) -> None:
    places = {"keys": settings.keys}
    for kind in ("keys", "media", "templates"):
        if (folder / kind).is_dir():
            target = places.get(kind, settings.data / kind)
            target.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copytree(folder / kind, target, dirs_exist_ok=True)


def _clear(settings: Settings) -> None:
    """Take back what a restore that failed has put there: nothing was there before it."""
    if settings.embedded:
        path = sqlite_path(settings.database_url)
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)
    for key in settings.keys.glob("*.pem"):
        key.unlink()
    shutil.rmtree(settings.data / "media", ignore_errors=True)
