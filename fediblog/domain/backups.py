"""What a backup is: one tar file, what is in it, and which of many are kept.

Its last member tells what there must be and the digest of each, so a file that was cut off is
known by its absence.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

MANIFEST = "manifest.json"
FORMAT = 1
#: Folders inside, and the names that files in them may have: nothing leads out of its folder.
_MEMBER = re.compile(r"(database|keys|media|templates)(/[A-Za-z0-9_][A-Za-z0-9_.@-]*)+")
_NAME = re.compile(r"fediblog-[0-9]{8}-[0-9]{6}\.tar")
EVERY_DAYS = {"never": 0, "day": 1, "week": 7, "month": 30}
"""How often backups are made by themselves, in days."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """made_at: ISO 8601; migration: the last one of the tables; tables: rows of each; files: the
    SHA-256 of each, in hex."""

    format: int
    version: str
    origin: str
    username: str
    handle_domain: str
    made_at: str
    migration: str
    tables: dict[str, int]
    files: dict[str, str]


def is_member_name(name: str) -> bool:
    """Whether a member of a backup may have this name."""
    return _MEMBER.fullmatch(name) is not None


def is_backup_name(name: str) -> bool:
    """Whether a file has a name that `backup_name` gives."""
    return _NAME.fullmatch(name) is not None


def backup_name(moment: datetime) -> str:
    """The name of a file that is made now; names sort by time."""
    return f"fediblog-{moment:%Y%m%d-%H%M%S}.tar"


def surplus(names: Iterable[str], keep: int) -> list[str]:
    """Which backups go when so many of the newest are kept."""
    return sorted(names, reverse=True)[keep:]


def is_due(every: str, last: int | None, now: int) -> bool:
    """Whether it is time for one. every: of EVERY_DAYS; last: when the last one was tried; times in
    ms since the epoch."""
    days = EVERY_DAYS[every]
    return bool(days) and (last is None or now - last >= days * 86_400_000)
