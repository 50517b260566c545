"""What is attached to replies, and polls, as they are kept."""

import pytest

from fediblog.domain import media, polls
from fediblog.domain.media import Medium
from fediblog.domain.polls import Option, Poll, differ_in_votes, share


@pytest.mark.parametrize(
    ("type_name", "media_type", "kind", "shown"),
    [
        ("Document", "image/png", "picture", True),
        ("Image", "", "picture", True),
        ("Image", "image/svg+xml", "picture", False),
        ("Document", "video/mp4", "video", False),
        ("Audio", "", "audio", False),
        ("Link", "", "link", False),
        ("Document", "application/pdf", "file", False),
        ("Document", "", "file", False),
        ("Strange", "", "file", False),
    ],
)
def test_kinds(type_name: str, media_type: str, kind: str, shown: bool) -> None:
    assert media.kind_of(type_name, media_type) == kind
    assert media.is_shown(kind, media_type) is shown


def test_media_come_back_as_they_were_kept() -> None:
    kept = [
        Medium("picture", "https://x.test/1", "image/png", "Größe", "n.webp", ["#000000"], 4, 3),
        Medium("file", "https://x.test/2"),
    ]
    assert media.read(media.written(kept)) == [kept[0], Medium("file", "https://x.test/2")]
    assert media.written([]) == "" and media.read("") == []


def test_a_blurhash_becomes_colours() -> None:
    colours = media.blur_colours("L94r1CktfQktpMflfQflfQfQfQfQ")
    assert len(colours) == media.BLUR_COLUMNS * media.BLUR_ROWS
    assert all(len(colour) == 7 and colour[0] == "#" for colour in colours)


@pytest.mark.parametrize("text", ["", "L9", "L94r1Cktf", "é" * 28, '"/><script>' * 3, "L" * 200])
def test_what_is_no_blurhash_has_no_colours(text: str) -> None:
    assert media.blur_colours(text) == ()


@pytest.mark.parametrize("size", [(None, 3), (0, 0), (30_000, 10), (4, None)])
def test_sizes_that_make_no_sense(size: tuple[int | None, int | None]) -> None:
    assert media.size_of(*size) == (0, 0)


def test_shares_of_votes() -> None:
    single = Poll((Option("a", 1), Option("b", 2), Option("c", None)), False, None, None)
    assert [share(single, option) for option in single.options] == [33, 67, None]
    several = Poll((Option("a", 3), Option("b", 4)), True, 4, None)
    assert [share(several, option) for option in several.options] == [75, 100]
    nobody = Poll((Option("a", 0), Option("b", 0)), False, 0, None)
    assert [share(nobody, option) for option in nobody.options] == [0, 0]
    assert several.people == 4 and single.people == 3
    # A server may send what cannot be.
    absurd = Poll((Option("a", 9),), False, 1, None)
    assert share(absurd, absurd.options[0]) == 100


def test_what_only_counts_votes() -> None:
    before = polls.written(Poll((Option("a", 1),), False, None, None))
    after = polls.written(Poll((Option("a", 2),), False, 2, 5))
    other = polls.written(Poll((Option("b", 1),), False, None, None))
    assert polls.written(polls.read(before)) == before
    assert differ_in_votes(before, after)
    assert not differ_in_votes(before, before)
    assert not differ_in_votes(before, other)
    assert not differ_in_votes("", after) and not differ_in_votes(before, "")
