"""Titles as parts of addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediblog.domain.slugs import LONGEST_SLUG, slugify_title, unique_slug


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


def test_a_taken_slug_gets_the_first_free_number() -> None:
    assert unique_slug("a", {"b"}) == "a"
    assert unique_slug("a", {"a", "a-2"}) == "a-3"
    assert unique_slug("a", lambda slug: slug == "a") == "a-2"


def test_a_number_does_not_make_a_slug_too_long() -> None:
    longest = "a" * LONGEST_SLUG
    assert unique_slug(longest, {longest}) == "a" * (LONGEST_SLUG - 2) + "-2"
