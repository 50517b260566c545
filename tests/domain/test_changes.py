"""What an edit has changed."""

import time

from fediblog.domain.changes import Change, find_change


def test_the_words_between_what_both_have_in_common() -> None:
    change = find_change("Teh first word, I think", "The very first word, I think")
    assert change == Change("", "Teh", "The very", "first word, I think")


def test_only_a_few_words_around_it_are_given() -> None:
    words = " ".join(map(str, range(100)))
    change = find_change(f"{words} old {words}", f"{words} new {words}")
    assert change is not None
    assert (change.removed, change.added) == ("old", "new")
    assert change.before.startswith("… 88 ") and change.before.endswith(" 99")
    assert change.after == " ".join(map(str, range(12))) + " …"


def test_words_that_repeat_are_not_counted_twice() -> None:
    assert find_change("a a", "a a a") == Change("a a", "", "a", "")
    assert find_change("a a a", "a a") == Change("a a", "a", "", "")
    assert find_change("", "a") == Change("", "", "a", "")


def test_blanks_are_no_change() -> None:
    assert find_change("a  b", "a b") is None


def test_texts_made_to_be_slow_are_not() -> None:
    began = time.thread_time()
    find_change("a b " * 20_000, "b a " * 20_000)
    assert time.thread_time() - began < 1
