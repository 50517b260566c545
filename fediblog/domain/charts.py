"""A row of numbers as a drawing: where its bars or its line are, in a box of a fixed size."""

from collections.abc import Sequence
from dataclasses import dataclass

#: The box, in units of its own.
WIDTH, HEIGHT = 300, 100
#: Of the room that a bar has, how much is left empty.
_GAP = 0.25
#: A bar of something is never so low that it cannot be told from nothing.
_LEAST = 1.5


@dataclass(frozen=True, slots=True)
class Bar:
    """One number. All in units of the box, counted from the upper left."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """top and bottom: which numbers the edges of the box stand for. line: points as `x,y`, with
    spaces between them; empty for a chart of bars."""

    top: int
    bottom: int
    bars: Sequence[Bar] = ()
    line: str = ""


def bar_chart(values: Sequence[int]) -> Chart:
    """A bar for each number, from 0 up."""
    top = round_up(max(values, default=0))
    room = WIDTH / max(len(values), 1)
    bars = []
    for place, value in enumerate(values):
        height = max(value / top * HEIGHT, _LEAST) if value else 0.0
        left = place * room + room * _GAP / 2
        bars.append(
            Bar(
                round(left, 2),
                round(HEIGHT - height, 2),
                round(room * (1 - _GAP), 2),
                round(height, 2),
            )
        )
    return Chart(top, 0, bars)


def line_chart(values: Sequence[int]) -> Chart:
    """A line through the numbers. Its box begins where they do: what matters is how they change."""
    low, high = min(values, default=0), max(values, default=0)
    bottom = low - (high - low) // 2 if high - low < low else 0
    top = high if high > bottom else bottom + 1
    step = WIDTH / max(len(values) - 1, 1)
    points = [
        f"{round(place * step, 2)},{round(HEIGHT - (value - bottom) / (top - bottom) * HEIGHT, 2)}"
        for place, value in enumerate(values)
    ]
    return Chart(top, bottom, line=" ".join(points))


def round_up(number: int) -> int:
    """The next number that is easy to read: 1, 2, 5, 10, 20, 50 and so on; at least 1."""
    unit = 1
    while True:
        for step in (1, 2, 5):
            if number <= step * unit:
                return step * unit
        unit *= 10
