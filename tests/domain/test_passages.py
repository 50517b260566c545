"""What an edit of a long text has changed."""

import time

from fediblog.domain.changes import Piece, find_passages
from fediblog.domain.plaintext import text_blocks

SAME, REMOVED, ADDED = "same", "removed", "added"


def _told(old: list[str], new: list[str]) -> list[list[tuple[str, str]]]:
    return [[(each.kind, each.text) for each in passage] for passage in find_passages(old, new)]


def test_paragraphs_that_stay_are_not_shown() -> None:
    assert _told(["a", "b c d", "e"], ["a", "b x d", "e"]) == [
        [(SAME, "b"), (REMOVED, "c"), (ADDED, "x"), (SAME, "d")]
    ]


def test_several_places_are_found_and_words_between_them_abridged() -> None:
    words = [f"w{number}" for number in range(100)]
    changed = ["new", *words[1:60], "other", *words[61:]]
    [passage] = _told([" ".join(words)], [" ".join(changed)])
    assert [kind for kind, _ in passage] == [REMOVED, ADDED, SAME, REMOVED, ADDED, SAME]
    assert passage[2][1].startswith("w1 w2 ")
    assert " … " in passage[2][1]
    assert passage[2][1].endswith("w59")
    assert passage[-1][1].endswith("…")


def test_new_gone_and_rewritten_paragraphs_are_told_as_a_whole() -> None:
    assert _told(["a b", "c"], ["a b", "new one", "c"]) == [[(ADDED, "new one")]]
    assert _told(["a b", "gone", "c"], ["a b", "c"]) == [[(REMOVED, "gone")]]
    assert _told(["one two three"], ["all other words"]) == [
        [(REMOVED, "one two three"), (ADDED, "all other words")]
    ]
    assert find_passages(["a"], ["a"]) == []
    assert find_passages([], ["a"]) == [[Piece("added", "a")]]


def test_long_texts_take_a_moment_only() -> None:
    old = [f"{number} " * 50 for number in range(3_000)]
    new = [f"{number} x " * 50 for number in range(3_000)]
    started = time.process_time()
    find_passages(old, new)
    find_passages([" ".join(["the a"] * 60_000)], [" ".join(["a the"] * 60_000)])
    assert time.process_time() - started < 5


def test_every_block_of_a_page_is_a_text() -> None:
    html = "<h2>A <em>b</em></h2><ul><li>one</li><li>two<br>three</li></ul><p></p>end"
    assert text_blocks(html) == ["A b", "one", "two", "three", "end"]
