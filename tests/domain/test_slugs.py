"""Titles as parts of addresses."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediblog.domain.slugs import LONGEST_SLUG, slug_candidates, slugify_title


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("日本語のブログ", "日本語のブログ"),
        ("Ünïcode & Straße", "ünïcode-straße"),
        ("../../etc/passwd", "etc-passwd"),
        ("???", "post"),
        ("🎉", "post"),
        ("", "post"),
    ],
)
def test_titles_become_slugs(title: str, slug: str) -> None:
    assert slugify_title(title) == slug


@given(st.text())
def test_a_slug_is_short_and_one_part_of_an_address(title: str) -> None:
    slug = slugify_title(title)
    assert 0 < len(slug) <= LONGEST_SLUG
    assert not set(slug) & set("/?#%\\ .")


def test_candidates_are_the_slug_itself_then_numbered_ones() -> None:
    assert list(islice(slug_candidates("a"), 3)) == ["a", "a-2", "a-3"]


def test_a_number_does_not_make_a_slug_too_long() -> None:
    longest = "a" * LONGEST_SLUG
    assert list(islice(slug_candidates(longest), 2))[1] == "a" * (LONGEST_SLUG - 2) + "-2"
