"""The word for "source" is not said twice."""

import pytest

from fediblog.domain.languages import LANGUAGES
from fediblog.domain.source_lines import without_label
from fediblog.web.languages import load_language


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_page_says_anyway_is_left_out(language: str) -> None:
    line = "[The Gazette](https://gazette.example/): 1931"
    label = load_language(language).sentence("Source: %(source)s")
    assert without_label(label % {"source": line}) == line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("SOURCE : a", "a"),
        ("**Quellen:** a, b", "a, b"),
        ("*Source*: a", "a"),
        ("Source:", ""),
        ("The source: a", "The source: a"),
        ("Source code", "Source code"),
        ("Sourcery: a", "Sourcery: a"),
        ("Source: source: a", "source: a"),
    ],
)
def test_only_that_word_at_the_head_is_left_out(typed: str, kept: str) -> None:
    assert without_label(typed) == kept
