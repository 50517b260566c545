"""What a check finds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from fediblog.blog import Blog

State = Literal["well", "warning", "failure", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """state: skipped is what cannot be or need not be looked at. said: what was found, advice: what
    to do about it; sentences, advice is empty where there is nothing to do."""

    state: State
    said: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. name: its section in docs/health.md; title: in a few words."""

    name: str
    title: str
    run: Callable[[Blog], Awaitable[Finding]]


def well(said: str) -> Finding:
    """All is as it should be."""
    return Finding("well", said)


def warning(said: str, advice: str) -> Finding:
    """It works, but not for long or not for everybody."""
    return Finding("warning", said, advice)


def failure(said: str, advice: str) -> Finding:
    """It does not work."""
    return Finding("failure", said, advice)


def skipped(said: str) -> Finding:
    """Nothing to look at, or no way to."""
    return Finding("skipped", said)
