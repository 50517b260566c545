"""What an edit has changed: the words between what two texts have in common at both ends.

Linear in the length of the texts, whatever they are: a diff that looks for more can be made to
take very long by whoever wrote both of them.
"""

from dataclasses import dataclass
from itertools import takewhile

_CONTEXT = 12


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
