"""Who is counted as a reader: browsers in which somebody opens a page, and nothing else."""

import pytest

from fediblog.domain.charts import HEIGHT, WIDTH, bar_chart, line_chart, round_up
from fediblog.domain.readers import is_reader

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HERE = {"user-agent": FIREFOX, "accept": "text/html", "sec-fetch-dest": "document"}


@pytest.mark.parametrize(
    ("changed", "counted"),
    [
        ({}, True),
        ({"sec-fetch-dest": "image"}, False),
        ({"sec-fetch-dest": "empty"}, False),
        ({"sec-purpose": "prefetch;prerender"}, False),
        ({"user-agent": ""}, False),
        ({"user-agent": "curl/8.5.0"}, False),
        ({"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://google.com/bot)"}, False),
        ({"user-agent": "Mozilla/5.0 AppleWebKit/537.36 HeadlessChrome/130.0"}, False),
        ({"user-agent": "http.rb/5.2.0 (Mastodon/4.4.0; +https://m.example/)"}, False),
    ],
)
def test_browsers_are_readers(changed: dict[str, str], counted: bool) -> None:
    assert is_reader(HERE | changed) is counted


def test_old_browsers_say_less() -> None:
    assert is_reader({"user-agent": FIREFOX, "accept": "text/html,*/*"})
    assert not is_reader({"user-agent": FIREFOX, "accept": "image/avif"})


def test_charts_stay_in_their_box() -> None:
    for values in ([], [0, 0], [5], [1, 2, 3], [400, 401, 399], list(range(30))):
        bars = bar_chart(values)
        assert bars.top >= max(values, default=0)
        assert [bool(bar.height) for bar in bars.bars] == [value > 0 for value in values]
        for bar in bars.bars:
            assert bar.x >= 0
            assert bar.x + bar.width <= WIDTH
            assert bar.y + bar.height == pytest.approx(HEIGHT)
        line = line_chart(values)
        assert line.bottom < line.top
        for point in line.line.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT
    assert [round_up(number) for number in (0, 1, 3, 7, 11, 21, 99, 500, 501)] == [
        1, 1, 5, 10, 20, 50, 100, 500, 1000,
    ]  # fmt: skip
