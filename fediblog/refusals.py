"""What was turned away at the door, counted in memory: a flood costs nothing but a number.

`actions/note_refusals.py` writes the counts down now and then.
"""

from dataclasses import dataclass

#: So many are told apart between two times that they are written down.
_MOST = 1000
_LONGEST_REASON = 200
_MORE = "more servers, or reasons, at once than are counted one by one"


@dataclass(slots=True)
class Count:
    """How often something was turned away, first and last when (ms)."""

    number: int
    first_at: int
    last_at: int


class Refusals:
    """Counts by the server that a request claimed to be from, and by the reason."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], Count] = {}

    def count(self, authority: str, reason: str, now: int) -> None:
        """One more. authority: empty if none was named. reason: in words."""
        plain = "".join(letter for letter in reason if letter.isprintable())
        key = (authority, plain[:_LONGEST_REASON])
        if key not in self._counts and len(self._counts) >= _MOST:
            key = ("", _MORE)
        count = self._counts.setdefault(key, Count(0, now, now))
        count.number += 1
        count.last_at = now

    def take(self) -> dict[tuple[str, str], Count]:
        """All counts since the last time, by server and reason."""
        taken, self._counts = self._counts, {}
        return taken

    def give_back(self, counts: dict[tuple[str, str], Count]) -> None:
        """Counts that could not be written down."""
        for key, count in self._counts.items():
            if key in counts:
                counts[key].number += count.number
                counts[key].last_at = count.last_at
            else:
                counts[key] = count
        self._counts = counts
