"""How long a text is and takes."""

import pytest

from fediblog.domain.reading_time import count_words, reading_minutes


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("", 0),
        ("<p>Two words</p><p>and <b>th</b>ree more — 4!</p>", 6),
        ("<p>東京は夜の七時</p>", 4),
        ("<p>日本語 and English</p>", 4),
        ("<p>كلمتان هنا</p>", 2),
        ("<p>...</p>", 0),
    ],
)
def test_words_are_counted_in_every_script(html: str, words: int) -> None:
    assert count_words(html) == words


def test_minutes_are_whole_and_at_least_one() -> None:
    assert [reading_minutes(words) for words in (0, 1, 230, 460, 2300)] == [0, 1, 1, 2, 10]
