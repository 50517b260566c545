"""Make a backup: database, keys, media and own templates in one file, while the blog goes on."""

import asyncio
import hashlib
import os
import tarfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from fediblog import __version__
from fediblog.domain.backups import FORMAT, MANIFEST, Manifest, backup_name, is_member_name
from fediblog.errors import StoreError
from fediblog.settings import Settings
from fediblog.store.dumping import Dump, dump_tables, read_settings


async def make_backup(settings: Settings, target: Path, now: datetime) -> Manifest:
    """Write everything that the blog consists of into the file target, which nobody but its owner
    can read and which is there when it is complete or not at all.

    The database is as it was at one moment; files do not change once they are there. Raises
    StoreError when the database cannot be read, the file is there already or the disk is full.
    """
    try:
        _prepare(target)
        with TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            database = Path(folder)
            dump = await dump_tables(settings.database_url, database)
            return await asyncio.to_thread(_pack, settings, database, dump, target, now)
    except OSError as error:
        raise StoreError(f"The backup {target} cannot be written: {error.strerror}.") from error


def backup_folder(settings: Settings) -> Path:
    """Where backups lie that were not given another place."""
    return settings.data / "backups"


def backup_path(settings: Settings, now: datetime) -> Path:
    """Where a backup goes that is made now."""
    return backup_folder(settings) / backup_name(now)


def _prepare(target: Path) -> None:
    if target.exists():
        raise StoreError(f"{target} is there already. Choose another name.")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)


def _pack(settings: Settings, database: Path, dump: Dump, target: Path, now: datetime) -> Manifest:
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as archive:
                manifest = _write_members(archive, settings, database, dump, now)
            file.flush()
            os.fsync(file.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write_members(
    archive: tarfile.TarFile, settings: Settings, database: Path, dump: Dump, now: datetime
) -> Manifest:
    said = read_settings(database)
    files = {}
    for name, path in _members(settings, database):
        if digest := _add(archive, name, path):
            files[name] = digest
    manifest = Manifest(
        format=FORMAT,
        version=__version__,
        origin=said["origin"],
        username=said["username"],
        handle_domain=said.get("handle_domain", ""),
        made_at=now.isoformat(),
        migration=dump.migration,
        tables=dump.tables,
        files=files,
    )
    body = orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2)
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode, entry.mtime = len(body), 0o600, int(now.timestamp())
    archive.addfile(entry, BytesIO(body))
    return manifest


def _members(settings: Settings, database: Path) -> Iterator[tuple[str, Path]]:
    """Names inside the archive, and where the files are."""
    folders = {
        "database": database,
        "keys": settings.keys,
        "media": settings.data / "media",
        "templates": settings.data / "templates",
    }
    for kind, folder in folders.items():
        for path in sorted(folder.rglob("*")):
            name = f"{kind}/{path.relative_to(folder).as_posix()}"
            if path.is_file() and path.suffix != ".part" and is_member_name(name):
                yield name, path


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """Add a file; its digest, or nothing if it has gone: nothing names it any more then."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return ""
    with file:
        entry = archive.gettarinfo(arcname=name, fileobj=file)
        entry.mode, entry.uid, entry.gid, entry.uname, entry.gname = 0o600, 0, 0, "", ""
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        archive.addfile(entry, file)
    return digest
