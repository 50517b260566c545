"""What became of an arrival, and why: the admin reads the reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fate:
    """state: done or ignored. reason: a few words in plain English."""

    state: str
    reason: str


def done(reason: str) -> Fate:
    """It had its effect."""
    return Fate("done", reason)


def ignored(reason: str) -> Fate:
    """It had none, and needs none."""
    return Fate("ignored", reason)
