"""When a server counts as gone."""

from datetime import UTC, datetime, timedelta

from fediblog.domain.strikes import Strikes, struck

START = datetime(2026, 1, 1, tzinfo=UTC)


def _struck_on(*days: float) -> Strikes:
    strikes: Strikes | None = None
    for day in days:
        strikes = struck(strikes, START + timedelta(days=day))
    assert strikes is not None
    return strikes


def test_a_day_has_one_strike() -> None:
    assert _struck_on(0, 0.1, 0.5, 0.9).count == 1
    assert _struck_on(0, 0.5, 1, 1.5, 2).count == 3


def test_seven_strikes_over_thirty_days_are_enough() -> None:
    assert _struck_on(0, 5, 10, 15, 20, 25, 30).out
    assert not _struck_on(0, 5, 10, 15, 20, 25, 29).out
    assert not _struck_on(0, 6, 12, 18, 24, 30).out


def test_a_holiday_is_survived() -> None:
    assert not _struck_on(*range(29)).out


def test_failures_far_apart_do_not_add_up() -> None:
    """Nobody knows what was between them: the server may have been well, with nothing to get."""
    strikes = _struck_on(*range(7), 40)
    assert (strikes.count, strikes.out) == (1, False)
    assert not _struck_on(*range(0, 300, 15)).out
