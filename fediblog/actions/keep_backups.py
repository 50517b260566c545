"""Backups by themselves, and those that the admin asks for: when, how many, and how it went."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fediblog.actions.make_backup import backup_folder, backup_path, make_backup
from fediblog.blog import Blog
from fediblog.domain.backups import EVERY_DAYS, is_backup_name, is_due, surplus
from fediblog.errors import FediblogError, Invalid, NotFound
from fediblog.store import site

_EVERY, _KEEP, _WANTED, _TRIED = "backup_every", "backup_keep", "backup_wanted", "backup_tried"
_LAST = "backup_last"
MOST_KEPT = 100
#: One that takes longer was lost with its process.
_LONGEST_MS = 6 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Backup:
    """One that lies in the folder. size: bytes; made_at: ms since the epoch."""

    name: str
    size: int
    made_at: int


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """every: of EVERY_DAYS; keep: how many. wanted: one is asked for and not begun yet. under_way:
    one is asked for or being made. tried_at: when one was begun last, ms; failure: why that one
    failed, empty if it did not."""

    every: str
    keep: int
    wanted: bool
    under_way: bool
    tried_at: int | None
    failure: str


async def backup_plan(blog: Blog) -> BackupPlan:
    """What is set, and how it went last."""
    values = await site.get_values(blog.db)
    tried_at = int(values[_TRIED]) if values.get(_TRIED) else None
    begun = tried_at is not None and blog.now_ms() - tried_at < _LONGEST_MS
    return BackupPlan(
        every=values.get(_EVERY, "never"),
        keep=int(values.get(_KEEP, "7")),
        wanted=_WANTED in values,
        under_way=_WANTED in values or (begun and _LAST not in values),
        tried_at=tried_at,
        failure=json.loads(values.get(_LAST, "{}")).get("failure", ""),
    )


async def change_backup_plan(blog: Blog, form: Mapping[str, str]) -> None:
    """form: every, keep. Raises Invalid with the field's name."""
    every, keep = form.get("every", ""), form.get("keep", "").strip()
    if every not in EVERY_DAYS:
        raise Invalid("Choose how often.", field="every")
    number = int(keep) if keep.isascii() and keep.isdecimal() and len(keep) < 10 else 0
    if not 1 <= number <= MOST_KEPT:
        raise Invalid(f"Write a number from 1 to {MOST_KEPT}.", field="keep")
    async with blog.db.transaction(at_length=True) as tx:
        await site.set_value(tx, _EVERY, every)
        await site.set_value(tx, _KEEP, str(number))


async def want_backup(blog: Blog) -> None:
    """Have one made soon."""
    async with blog.db.transaction(at_length=True) as tx:
        await site.set_value(tx, _WANTED, "1")
    blog.signals.backups.set()


async def make_due_backup(blog: Blog) -> bool:
    """Make one if it is asked for or time for it, and throw away what is too old; whether one was.

    Of several processes one makes it. A failure is kept for the admin to read.
    """
    plan, now = await backup_plan(blog), blog.now_ms()
    if not plan.wanted and not is_due(plan.every, plan.tried_at, now):
        return False
    if not await _claim(blog, plan, now):
        return False
    failure = ""
    try:
        await make_backup(blog.settings, backup_path(blog.settings, blog.clock()), blog.clock())
        await asyncio.to_thread(_drop_surplus, backup_folder(blog.settings), plan.keep)
    except FediblogError as error:
        failure = error.public
    async with blog.db.transaction(at_length=True) as tx:
        await site.set_value(tx, _LAST, json.dumps({"failure": failure}))
    return True


async def list_backups(blog: Blog) -> list[Backup]:
    """Those in the folder, the newest first."""
    return await asyncio.to_thread(_list, backup_folder(blog.settings))


def find_backup(blog: Blog, name: str) -> Path:
    """Where one lies. Raises NotFound."""
    path = backup_folder(blog.settings) / name
    if not is_backup_name(name) or not path.is_file():
        raise NotFound("There is no such backup.")
    return path


async def remove_backup(blog: Blog, name: str) -> None:
    """Throw one away. Raises NotFound."""
    path = find_backup(blog, name)
    await asyncio.to_thread(path.unlink, missing_ok=True)


async def _claim(blog: Blog, plan: BackupPlan, now: int) -> bool:
    async with blog.db.transaction(at_length=True) as tx:
        before = "" if plan.tried_at is None else str(plan.tried_at)
        await site.add_value(tx, _TRIED, before)
        if not await site.change_value(tx, _TRIED, before, str(now)):
            return False
        await site.remove_value(tx, _WANTED)
        await site.remove_value(tx, _LAST)
    return True


def _drop_surplus(folder: Path, keep: int) -> None:
    for name in surplus((each.name for each in _list(folder)), keep):
        (folder / name).unlink(missing_ok=True)


def _list(folder: Path) -> list[Backup]:
    found = []
    for path in folder.glob("*.tar") if folder.is_dir() else ():
        if is_backup_name(path.name):
            stat = path.stat()
            found.append(Backup(path.name, stat.st_size, int(stat.st_mtime * 1000)))
    return sorted(found, key=lambda backup: backup.name, reverse=True)
