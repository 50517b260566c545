"""Keys of posts."""

from datetime import UTC, datetime, timedelta

import pytest

from fediblog.domain.ids import new_key, valid_key

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_key_has_sixteen_characters_and_is_valid() -> None:
    key = new_key(NOW, b"\xff\x00\xff\x00")
    assert len(key) == 16
    assert valid_key(key)
    assert new_key(NOW, b"\xff\x00\xff\x01") != key


def test_later_keys_sort_later() -> None:
    earlier = new_key(NOW, b"\xff" * 4)
    assert earlier < new_key(NOW + timedelta(milliseconds=1), b"\x00" * 4)


@pytest.mark.parametrize(
    ("now", "chance"),
    [
        (NOW.replace(tzinfo=None), b"abcd"),
        (NOW, b"abc"),
        (datetime(1969, 1, 1, tzinfo=UTC), b"abcd"),
    ],
)
def test_wrong_ingredients_are_refused(now: datetime, chance: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        new_key(now, chance)


@pytest.mark.parametrize("text", ["full", "a", "7-days", "x" * 40])
def test_words_can_be_keys(text: str) -> None:
    assert valid_key(text)


@pytest.mark.parametrize("text", ["", "-a", "A", "a/b", "a b", "a\n", "x" * 41, "é", "a.b"])
def test_other_texts_cannot(text: str) -> None:
    assert not valid_key(text)
