"""Who may reply to a post, and what becomes of a reply: decided from facts alone.

Nothing is ever dropped here: what may not be shown is held for the author, or put aside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: Who may reply without being asked about, by the words of the form and of the database.
POLICIES: Final[Mapping[str, str]] = {
    "open": "Everybody",
    "followers": "Followers of the blog, and whom the post mentions",
    "mentioned": "Only people whom the post mentions",
    "first": "Whoever has a reply here already; first replies wait for you",
    "all": "Nobody: every reply waits for you",
    "closed": "Nobody: replies are closed",
}
LONGEST_OPEN: Final = 3650
_DAY_MS: Final = 24 * 3600 * 1000

#: Why a reply waits that answers one which waits itself.
BENEATH: Final = "It answers a reply that is held."
BENEATH_REJECTED: Final = "It answers a reply that you have rejected."


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may reply: one of POLICIES. close_after: for how many days, 0 for ever. hold_late: what
    comes where replies are closed waits for the author, and is not only put aside."""

    who: str
    close_after: int
    hold_late: bool

    def closes_at(self, published_at: int) -> int | None:
        """When replies to a post of this time are closed (both in ms); None for never."""
        return published_at + self.close_after * _DAY_MS if self.close_after else None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a reply and its author. known: something of theirs is shown already.
    allowed: the author always lets them. late: replies were closed when it came. beneath: it
    answers a reply that is held. silenced, words: the number of a block of its author or of what it
    says, and the reason for the author. spam: why it looks like spam."""

    follows: bool = False
    mentioned: bool = False
    known: bool = False
    allowed: bool = False
    late: bool = False
    beneath: bool = False
    silenced: tuple[int, str] | None = None
    words: tuple[int, str] | None = None
    spam: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a reply. state: shown, held or hidden; reason: why, in words for the author,
    if it is not shown. rule: the number of the block that keeps it off the page."""

    state: str
    reason: str = ""
    rule: int | None = None


SHOWN: Final = Verdict("shown")


def decide(policy: Policy, facts: Facts) -> Verdict:
    """Whether a public reply is shown, or why it is not."""
    if facts.silenced:
        number, reason = facts.silenced
        return Verdict("hidden", reason, number)
    if facts.words:
        number, reason = facts.words
        return Verdict("held", reason, number)
    if policy.who == "closed" or facts.late:
        reason = (
            f"Replies were closed after {policy.close_after} days."
            if facts.late and policy.who != "closed"
            else "Replies are closed."
        )
        return Verdict("held" if policy.hold_late else "hidden", reason)
    if not facts.allowed and (reason := _hold(policy.who, facts)):
        return Verdict("held", reason)
    if facts.spam and not (facts.allowed or facts.known or facts.mentioned or facts.follows):
        return Verdict("held", facts.spam)
    return Verdict("held", BENEATH) if facts.beneath else SHOWN


def _hold(who: str, facts: Facts) -> str:
    """Why a reply waits by the policy alone; empty if it does not."""
    if who == "followers" and not (facts.follows or facts.mentioned):
        return "Its author does not follow the blog."
    if who == "mentioned" and not facts.mentioned:
        return "The post does not mention its author."
    if who == "first" and not (facts.known or facts.mentioned):
        return "It is the first reply of its author."
    if who == "all":
        return "Every reply waits for you here."
    return ""
