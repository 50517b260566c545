"""Two versions of a text, and one from both."""

from fediblog.domain.merging import merge, sections


def test_what_is_the_same_is_no_choice_and_each_difference_is_one() -> None:
    found = sections("a\n\nb\n\nc\n\nd", "a\n\nx\n\nc\n\nd\n\ne")
    assert [(each.saved, each.mine) for each in found] == [
        ("a", "a"), ("b", "x"), ("c\n\nd", "c\n\nd"), ("", "e"),
    ]  # fmt: skip
    assert merge(found, {}) == "a\n\nx\n\nc\n\nd\n\ne"
    assert merge(found, {1: "saved", 3: "saved"}) == "a\n\nb\n\nc\n\nd"
    assert merge(found, {1: "both"}) == "a\n\nb\n\nx\n\nc\n\nd\n\ne"


def test_so_many_differences_that_no_form_has_room_for_them_are_one() -> None:
    saved = "\n\n".join(f"same {n}\n\nold {n}" for n in range(30))
    mine = "\n\n".join(f"same {n}\n\nnew {n}" for n in range(30))
    [only] = sections(saved, mine)
    assert (only.saved, only.mine) == (saved, mine)


def test_huge_texts_are_compared_as_a_whole() -> None:
    saved, mine = "\n\n".join("a" * 2000), "\n\n".join("ab" * 1000)
    [only] = sections(saved, mine)
    assert merge([only], {0: "saved"}) == saved
