"""Which part of a picture a thumbnail shows."""

import pytest

from fediblog.domain.thumbnails import side_in_sight


@pytest.mark.parametrize(
    ("size", "focus", "side"),
    [
        ((1200, 400), (10, 90), "start"),
        ((1200, 400), (90, 10), "end"),
        ((1200, 400), (50, 0), ""),
        ((400, 1200), (90, 10), "start"),
        ((400, 1200), (10, 90), "end"),
        ((400, 1200), (0, 50), ""),
        ((1200, 400), (37, 50), ""),
        ((1200, 400), (33, 50), "start"),
        ((800, 600), (0, 0), ""),
        ((1, 3000), (0, 99), "end"),
    ],
)
def test_what_matters_stays_in_sight(
    size: tuple[int, int], focus: tuple[int, int], side: str
) -> None:
    assert side_in_sight(*size, *focus) == side
