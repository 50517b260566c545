"""What the blog has promised, as the other side remembers it."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Said:
    """A note whose Create was acknowledged. article: beneath which post; html: its last text that
    was, too."""

    article: str
    html: str
    deleted: bool = False


@dataclass(slots=True)
class Published:
    """A post that was acknowledged. article: its id; url: its permalink. texts: what it may say:
    more than one if nobody knows whether an edit was taken."""

    title: str
    url: str
    texts: list[str]
    article: str = ""
    scheduled: bool = False


@dataclass(slots=True)
class Ledger:
    """Only what was answered with a success is in here: that is what must not be lost.

    reactions: (actor, kind, article). answers: how often there was which status. odd: answers that
    nobody should ever get, in words.
    """

    notes: dict[str, Said] = field(default_factory=dict)
    reactions: set[tuple[str, str, str]] = field(default_factory=set)
    posts: list[Published] = field(default_factory=list)
    titles_in_doubt: set[str] = field(default_factory=set)
    sent: int = 0
    acknowledged: int = 0
    repeated: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)

    def note_answer(self, asked: str, status: int, retry_after: str | None, text: str) -> None:
        """An answer to anything. A server that cannot answer now says 503, and when it can."""
        self.answers[status] += 1
        if status >= 500 and (status != 503 or retry_after is None):
            self.odd.append(f"{asked}: {status}, Retry-After {retry_after}: {text[:200]}")
