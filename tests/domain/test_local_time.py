"""Times on the clocks of a zone: read, written, left out and doubled."""

from datetime import UTC, datetime

import pytest

from fediblog.domain.local_time import (
    comes_twice,
    in_words,
    is_time_zone,
    local_text,
    read_local,
    time_zones,
)

BERLIN = "Europe/Berlin"


def test_a_time_is_meant_on_the_clocks_of_its_zone() -> None:
    winter = read_local("2026-12-24T18:00", BERLIN)
    assert winter == datetime(2026, 12, 24, 17, tzinfo=UTC)
    assert read_local(" 2026-07-01 18:00:00 ", BERLIN) == datetime(2026, 7, 1, 16, tzinfo=UTC)
    assert local_text(winter, BERLIN) == "2026-12-24T18:00"
    assert in_words(winter, BERLIN) == "24 December 2026, 18:00 (Europe/Berlin, UTC+01:00)"
    assert in_words(winter, "UTC") == "24 December 2026, 17:00 (UTC)"


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-12-24", "2026-02-30T10:00", "99999"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Write a date and a time, such as 2026-12-24T18:00"):
        read_local(text, BERLIN)


def test_a_time_that_no_clock_shows_is_refused_with_the_reason() -> None:
    """On 29 March 2026 two o'clock is three o'clock in Berlin."""
    with pytest.raises(ValueError, match=r"there is no 02:30 on that day.* shown as 03:30"):
        read_local("2026-03-29T02:30", BERLIN)
    assert read_local("2026-03-29T03:00", BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_of_a_time_that_clocks_show_twice_it_is_the_first() -> None:
    first = read_local("2026-10-25T02:30", BERLIN)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert comes_twice(first, BERLIN)
    assert "UTC+02:00" in in_words(first, BERLIN)
    assert not comes_twice(read_local("2026-10-25T03:00", BERLIN), BERLIN)
    assert not comes_twice(read_local("2026-12-24T18:00", BERLIN), BERLIN)


def test_time_zones_are_named_by_places() -> None:
    assert time_zones()[0] == "UTC"
    assert {"Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Tokyo"} <= set(time_zones())
    assert not is_time_zone("Mars/Olympus")
    assert not is_time_zone("../../etc/passwd")
