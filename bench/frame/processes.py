"""What processes have used, by the word of the operating system (Linux, /proc)."""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
#: Where the fields stand behind the name of the program, see proc_pid_stat(5).
_PARENT = 1
_TIMES = slice(11, 15)


def cpu_seconds(pid: int) -> float:
    """CPU time, user and system, of a process and all that it has started, also of what has ended.

    Raises ProcessLookupError if it is not there.
    """
    fields = _all_fields()
    if pid not in fields:
        raise ProcessLookupError(f"there is no process {pid}")
    ticks = sum(sum(int(each) for each in fields[one][_TIMES]) for one in _tree(pid, fields))
    return ticks / _TICKS


def resident_bytes(pid: int) -> int:
    """Resident memory of a process and all that it has started; what they share counts for each."""
    total = 0
    for one in _tree(pid, _all_fields()):
        with suppress(FileNotFoundError, ProcessLookupError):
            total += int((_PROC / str(one) / "statm").read_text().split()[1])
    return total * os.sysconf("SC_PAGE_SIZE")


def parent(pid: int) -> int:
    """Who has started a process. Raises KeyError if it is not there."""
    return int(_all_fields()[pid][_PARENT])


def _all_fields() -> dict[int, list[str]]:
    """The fields behind the name, of every process."""
    found = {}
    for folder in _PROC.iterdir():
        if folder.name.isdecimal():
            with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
                text = (folder / "stat").read_text()
                found[int(folder.name)] = text.rpartition(")")[2].split()
    return found


def _tree(root: int, fields: dict[int, list[str]]) -> Iterator[int]:
    children = defaultdict(list)
    for pid, each in fields.items():
        children[int(each[_PARENT])].append(pid)
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children[pid]
