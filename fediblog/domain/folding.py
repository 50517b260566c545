"""Which branches of a tree can be folded, and which are folded to begin with.

A long way down, and in a branch that is long in all, what is beneath waits behind its number, so
that the next branch stays in reach. A chain in which each reply has one answer folds as a whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fediblog.domain.threads import Placed

#: Where indenting ends on a phone.
_DEEP = 5
#: Visible replies beneath the top of a branch that is long.
_LONG = 30
#: Where a long branch is folded.
_NOT_SO_DEEP = 2
#: Fewer are not worth a fold that is closed.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Fold:
    """What lies beneath an item. count: how many visible ones, on all levels."""

    count: int
    open: bool


def folds(placed: Sequence[Placed]) -> Mapping[int, Fold]:
    """For each item that can be folded, by its id, how it is to begin with."""
    counts, siblings = _counts(placed), _siblings(placed)
    found: dict[int, Fold] = {}
    in_long_branch = False
    for item in placed:
        count = counts[item.id]
        if item.depth == 0:
            in_long_branch = count > _LONG
        elif siblings[item.id] == 1 and item.depth % _DEEP:
            continue
        if item.opens and count > (1 if item.depth else 0):
            deep = item.depth >= (_NOT_SO_DEEP if in_long_branch else _DEEP)
            found[item.id] = Fold(count, open=not (deep and count >= _FEW))
    return found


def _counts(placed: Sequence[Placed]) -> Mapping[int, int]:
    """How many visible items are beneath each."""
    counts: dict[int, int] = {}
    beneath: dict[int, int] = {}
    for item in reversed(placed):
        counts[item.id] = beneath.pop(item.depth + 1, 0)
        beneath[item.depth] = beneath.get(item.depth, 0) + counts[item.id] + item.visible
    return counts


def _siblings(placed: Sequence[Placed]) -> Mapping[int, int]:
    """How many items each one's list has, itself included."""
    found: dict[int, int] = {}
    lists: list[list[int]] = []
    for item in placed:
        for ended in lists[item.depth + 1 :]:
            found.update(dict.fromkeys(ended, len(ended)))
        del lists[item.depth + 1 :]
        if len(lists) == item.depth:
            lists.append([])
        lists[item.depth].append(item.id)
    for ended in lists:
        found.update(dict.fromkeys(ended, len(ended)))
    return found
