"""What an edit has changed.

`find_change` is for the texts of strangers: the words between what two texts have in common at
both ends. It is linear in their length, whatever they are: a diff that looks for more can be made
to take very long by whoever wrote both. `find_passages` looks for more, within limits, in what the
author wrote.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Literal

_CONTEXT = 12
#: So many pieces of two texts are held against one another, paragraphs first and then words.
_MOST_PAIRS = 1_000_000
#: Paragraphs that have less in common than this are told apart as a whole.
_ALIKE = 0.35

Kind = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words next to one another that were changed in the same way."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """removed became added; before and after: a few words around it, the same in both texts."""

    before: str
    removed: str
    added: str
    after: str


def find_change(old: str, new: str) -> Change | None:
    """What is between two plain texts, None when their words are the same."""
    olds, news = old.split(), new.split()
    if olds == news:
        return None
    head = _common(olds, news)
    tail = _common(olds[head:][::-1], news[head:][::-1])
    before, after = olds[:head], olds[len(olds) - tail :]
    return Change(
        before=("… " if head > _CONTEXT else "") + " ".join(before[-_CONTEXT:]),
        removed=" ".join(olds[head : len(olds) - tail]),
        added=" ".join(news[head : len(news) - tail]),
        after=" ".join(after[:_CONTEXT]) + (" …" if tail > _CONTEXT else ""),
    )


def _common(first: list[str], second: list[str]) -> int:
    """How many words both begin with."""
    pairs = zip(first, second, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def find_passages(old: Sequence[str], new: Sequence[str]) -> Sequence[Sequence[Piece]]:
    """The paragraphs in which two texts differ, in their order, and what is other in each."""
    return _Comparison().passages(old, new)


class _Comparison:
    """Holds pieces against pieces until it has done enough; what is left is told as a whole."""

    def __init__(self) -> None:
        self._left = _MOST_PAIRS

    def passages(self, old: Sequence[str], new: Sequence[str]) -> list[list[Piece]]:
        found: list[list[Piece]] = []
        for kind, olds, news in self._compared(old, new):
            if kind == "replace" and len(olds) == len(news):
                found += [self._in_words(*pair) for pair in zip(olds, news, strict=True)]
            elif kind != "equal":
                found += [[Piece("removed", text)] for text in olds]
                found += [[Piece("added", text)] for text in news]
        return found

    def _in_words(self, old: str, new: str) -> list[Piece]:
        """What is other in a paragraph, with a few words around it."""
        olds, news = old.split(), new.split()
        found = list(self._compared(olds, news))
        same = sum(len(words) for kind, words, _ in found if kind == "equal")
        if 2 * same < _ALIKE * (len(olds) + len(news)):
            return [Piece("removed", old), Piece("added", new)]
        pieces = []
        for place, (kind, removed, added) in enumerate(found):
            if kind == "equal":
                shown = _abridged(removed, first=place == 0, last=place == len(found) - 1)
                pieces.append(Piece("same", shown))
            else:
                pieces += [Piece("removed", " ".join(removed))] if removed else []
                pieces += [Piece("added", " ".join(added))] if added else []
        return pieces

    def _compared(
        self, old: Sequence[str], new: Sequence[str]
    ) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
        """(equal, replace, delete or insert, the pieces before, those after), in their order."""
        head = _common(list(old), list(new))
        tail = _common(list(old[head:])[::-1], list(new[head:])[::-1])
        olds, news = old[head : len(old) - tail], new[head : len(new) - tail]
        pairs = len(olds) * len(news)
        if head:
            yield "equal", old[:head], new[:head]
        if pairs > self._left:
            yield "replace", olds, news
        else:
            self._left -= pairs
            matcher = SequenceMatcher(None, olds, news, autojunk=False)
            for kind, start, end, new_start, new_end in matcher.get_opcodes():
                yield kind, olds[start:end], news[new_start:new_end]
        if tail:
            yield "equal", old[len(old) - tail :], new[len(new) - tail :]


def _abridged(words: Sequence[str], *, first: bool, last: bool) -> str:
    """Of words that stay only those next to what does not: what is before the first change, after
    the last one, or between two."""
    if len(words) <= 2 * _CONTEXT:
        return " ".join(words)
    head = [] if first else list(words[:_CONTEXT])
    tail = [] if last else list(words[-_CONTEXT:])
    return " ".join([*head, "…", *tail])
