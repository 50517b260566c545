"""When a thread is walked through again."""

from datetime import timedelta
from itertools import accumulate

import pytest

from fediblog.domain.walks import walk_delay


def test_walks_come_at_growing_times_after_the_last_activity_and_then_monthly() -> None:
    """C9."""
    times = list(accumulate(walk_delay(walks) for walks in range(10)))
    minutes, hours, days = (5, 20), (1, 4, 12), (1, 3, 7, 37, 67)
    assert times == [
        *(timedelta(minutes=each) for each in minutes),
        *(timedelta(hours=each) for each in hours),
        *(timedelta(days=each) for each in days),
    ]


def test_there_are_no_negative_walks() -> None:
    with pytest.raises(ValueError, match="from 0"):
        walk_delay(-1)
