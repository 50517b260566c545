"""What is kept in memory up to a size, by its keys: what was not asked for longest goes first."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """Something that knows how much room it takes."""

    @property
    def size(self) -> int:
        """In the measure of whoever keeps it."""


Value = TypeVar("Value", bound=Sized)


class Keeping(Generic[Value]):
    """most: of all values together. size: what they take now; their keys are not counted, so
    whoever keeps something bounds these."""

    def __init__(self, most: int) -> None:
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._most = most
        self.size = 0

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> Value | None:
        """What was kept, right or not."""
        if (found := self._values.get(key)) is not None:
            self._values.move_to_end(key)
        return found

    def put(self, key: Hashable, value: Value) -> None:
        """Keep something, in the place of what was there."""
        self.drop(key)
        self._values[key] = value
        self.size += value.size
        while self.size > self._most:
            self.drop(next(iter(self._values)))

    def drop(self, key: Hashable) -> None:
        """Keep it no longer."""
        if (found := self._values.pop(key, None)) is not None:
            self.size -= found.size

    def clear(self) -> None:
        """Keep nothing."""
        self._values.clear()
        self.size = 0
