"""Emoji and their pictures in text: safe, and linear in time (K15)."""

import time

import pytest

from fediblog.domain.emojis import HEART, as_emoji, html_with_emojis, text_with_emojis

LEAF = {":leaf:": "/leaf.webp", ":a:": "/a.webp"}


@pytest.mark.parametrize("text", ["👍", "👍🏽", "🏳️‍🌈", "🇩🇪", "1️⃣", " ⭐ ", "👨‍👩‍👧‍👦"])
def test_one_emoji_is_one(text: str) -> None:
    assert as_emoji(text) == text.strip()


@pytest.mark.parametrize("text", ["", "a", "1", "👍👍", ":+1:", "👍 yes", "<b>", "👍" * 5000])
def test_anything_else_is_none(text: str) -> None:
    assert as_emoji(text) == ""


def test_spellings_of_the_heart_are_one() -> None:
    assert as_emoji("❤") == as_emoji("❤️") == HEART


def test_text_is_escaped_and_names_become_pictures() -> None:
    html = text_with_emojis("<b>:leaf:&:none: a:a:b :leaf", LEAF)
    assert html.startswith('&lt;b&gt;<img class="emoji" src="/leaf.webp" alt=":leaf:"')
    assert html.count("<img") == 2 and html.endswith("b :leaf")
    assert "&amp;:none: a" in html


def test_a_colon_belongs_to_one_name() -> None:
    assert text_with_emojis(":leaf:leaf:", LEAF).count("<img") == 1
    assert text_with_emojis(":leaf::a:", LEAF).count("<img") == 2
    assert text_with_emojis(":x:leaf:", LEAF).count("<img") == 1


def test_attributes_code_and_links_stay_as_they_are() -> None:
    kept = '<p><a href="https://x.test/:leaf:">:leaf:</a><code>:leaf:</code></p>'
    assert html_with_emojis(kept, LEAF) == kept
    pre = "<pre>:leaf: <code>:leaf:</code> :leaf:</pre>"
    assert html_with_emojis(pre, LEAF) == pre
    assert html_with_emojis("<p>no names</p>", LEAF) == "<p>no names</p>"
    assert html_with_emojis(f"{pre}:leaf:", LEAF).count("<img") == 1


def test_names_with_markup_stay_text() -> None:
    names = {':"><script>:': "/x.webp"}
    html = text_with_emojis(':"><script>:', names)
    assert "<script>" not in html and html.count("<img") == 1


@pytest.mark.parametrize(
    "text", [":" * 100_000, ":leaf" * 20_000, ":leaf:" * 16_000, ":a" * 50_000]
)
def test_long_texts_take_no_time(text: str) -> None:
    start = time.process_time()
    html_with_emojis(text, LEAF)
    assert time.process_time() - start < 1.0
