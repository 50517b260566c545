"""What does not fit in a form, gathered, so that the author is told all of it at once."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from fediblog.errors import Invalid

Value = TypeVar("Value")


class Problems:
    """Carries out checks that may raise Invalid, and keeps what they say.

    A value that does not fit is replaced by another one, so that those after it are checked, too.
    """

    def __init__(self) -> None:
        self.found: list[Invalid] = []

    def value(self, check: Callable[[], Value], otherwise: Value) -> Value:
        """What the check gives; otherwise, if it does not fit."""
        try:
            return check()
        except Invalid as error:
            self.found.append(error)
            return otherwise

    async def awaited(self, check: Awaitable[Value], otherwise: Value) -> Value:
        """The same for a check that has to wait for something."""
        try:
            return await check
        except Invalid as error:
            self.found.append(error)
            return otherwise

    def raise_all(self) -> None:
        """Raise Invalid for everything that was found; nothing happens if all fits."""
        if self.found:
            raise Invalid.several(self.found)
