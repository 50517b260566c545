"""The time, as everything here is told it, so that a test can tell another."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the time: aware, in UTC."""


def utc_now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)
