"""Polls as they are kept and counted."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. votes: None when its server does not tell."""

    name: str
    votes: int | None


@dataclass(frozen=True, slots=True)
class Poll:
    """several: one may choose more than one; voters: people, None if unsaid; closes: ms, None for
    never."""

    options: Sequence[Option]
    several: bool
    voters: int | None
    closes: int | None

    @property
    def people(self) -> int | None:
        """How many people have voted, as far as that can be known."""
        if self.voters is not None or self.several:
            return self.voters
        votes = [option.votes for option in self.options if option.votes is not None]
        return sum(votes) if votes else None


def share(poll: Poll, option: Option) -> int | None:
    """How many of a hundred voters have chosen an option, 0 while nobody has; None if unsaid."""
    if option.votes is None:
        return None
    everybody = poll.people or sum(each.votes or 0 for each in poll.options)
    return min(100, round(100 * option.votes / everybody)) if everybody else 0


def written(poll: Poll | None) -> str:
    """As it is stored; empty for none."""
    return json.dumps(asdict(poll), ensure_ascii=False) if poll else ""


def read(text: str) -> Poll | None:
    """What was stored."""
    if not text:
        return None
    value = json.loads(text)
    options = tuple(Option(**option) for option in value.pop("options"))
    return Poll(options=options, **value)


def differ_in_votes(one: str, other: str) -> bool:
    """Whether two stored polls offer the same, but more people have voted, or it has ended."""
    first, second = read(one), read(other)
    if first is None or second is None or first == second:
        return False
    return _without_votes(first) == _without_votes(second)


def _without_votes(poll: Poll) -> Poll:
    options = tuple(Option(option.name, None) for option in poll.options)
    return replace(poll, options=options, voters=None, closes=None)
