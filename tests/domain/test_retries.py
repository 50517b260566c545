"""When to try again."""

from datetime import timedelta

import pytest

from fediblog.domain.retries import (
    Outcome,
    arrival_delay,
    classify,
    delivery_delay,
    fetch_delay,
    host_pause,
)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_is_delivered(status: int) -> None:
    assert classify(status) is Outcome.DELIVERED


@pytest.mark.parametrize("status", [400, 403, 404, 405, 406, 410, 413, 418, 422, 451, 501])
def test_permanent_answers_are_final(status: int) -> None:
    assert classify(status) is Outcome.REJECTED


@pytest.mark.parametrize("status", [101, 301, 302, 401, 408, 425, 429, 500, 502, 503, 504, 999])
def test_other_answers_are_tried_again(status: int) -> None:
    assert classify(status) is Outcome.RETRY


def test_every_status_there_is_has_its_fate() -> None:
    """Success ends a delivery, a refusal ends it, and whatever else there may be is tried again."""
    fates = {status: classify(status) for status in range(100, 600)}
    ended = {status for status, fate in fates.items() if fate is Outcome.DELIVERED}
    refused = {status for status, fate in fates.items() if fate is Outcome.REJECTED}
    assert ended == set(range(200, 300))
    assert refused == {*range(400, 500), 501} - {401, 408, 425, 429}


def test_deliveries_are_tried_for_about_a_week() -> None:
    delays = [delivery_delay(attempt) for attempt in range(1, 15)]
    waits = [delay for delay in delays if delay is not None]
    assert waits[0] == timedelta(seconds=30)
    assert waits == sorted(waits)
    assert timedelta(days=6) < sum(waits, timedelta()) < timedelta(days=8)
    assert delivery_delay(15) is None


def test_jitter_spreads_by_a_fifth() -> None:
    assert delivery_delay(2, jitter=1) == timedelta(seconds=144)
    assert delivery_delay(2, jitter=-1) == timedelta(seconds=96)


def test_a_server_that_asks_for_time_gets_it_but_not_more_than_a_day() -> None:
    assert delivery_delay(1, jitter=-1, retry_after=600) == timedelta(minutes=10)
    assert delivery_delay(1, retry_after=10) == timedelta(seconds=30)
    assert delivery_delay(1, retry_after=10**9) == timedelta(days=1)
    assert delivery_delay(15, retry_after=600) is None


@pytest.mark.parametrize(("attempt", "jitter"), [(0, 0.0), (1, 1.1), (1, float("nan"))])
def test_values_out_of_range_are_refused(attempt: int, jitter: float) -> None:
    with pytest.raises(ValueError, match="from"):
        delivery_delay(attempt, jitter=jitter)


def test_a_host_is_paused_gently() -> None:
    pauses = [host_pause(failures) for failures in (0, 4, 5, 6, 7, 9, 11, 1000)]
    half, hour = timedelta(minutes=30), timedelta(hours=1)
    assert pauses == [None, None, half, half, hour, 2 * hour, 4 * hour, 4 * hour]


def test_arrivals_and_fetches_end() -> None:
    assert arrival_delay(1) == timedelta(seconds=10)
    assert arrival_delay(6) == timedelta(hours=6)
    assert arrival_delay(7) is None
    assert fetch_delay(1) == timedelta(seconds=30)
    assert fetch_delay(5) == timedelta(days=1)
    assert fetch_delay(30) == timedelta(days=1)
    assert fetch_delay(31) is None
    waits = [fetch_delay(attempt) or timedelta() for attempt in range(1, 31)]
    assert timedelta(days=26) < sum(waits, timedelta()) < timedelta(days=30), "before it is dropped"
