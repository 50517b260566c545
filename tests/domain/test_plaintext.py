"""Excerpts, titles and strangers' names."""

import pytest

from fediblog.domain.plaintext import (
    excerpt,
    one_line,
    plain_line,
    plain_text,
    shortened,
    without_controls,
)

RIGHT_TO_LEFT_OVERRIDE = "\u202e"


def test_plain_text_puts_spaces_between_blocks_only() -> None:
    assert plain_text("<p>one <b>tw</b>o</p><p>three<br>four &amp; five</p>") == (
        "one two three four & five"
    )


def test_plain_text_leaves_out_what_is_not_for_reading() -> None:
    assert plain_text("a<style>p{}</style><script>alert(1)</script> b") == "a b"


def test_plain_text_has_no_footnote_marks() -> None:
    html = '<p>Tea<sup class="footnote-ref"><a href="#fn1">[1]</a></sup>, x<sup>2</sup></p><p>Note'
    html += '<a href="#fnref1" class="footnote-backref">\u21a9</a></p>'
    assert plain_text(html) == "Tea, x2 Note"


def test_plain_text_is_cut_at_a_word() -> None:
    assert plain_text("<p>some words in a row</p>", 14) == "some words in…"
    assert plain_text("<p>some words in a row</p>", 12) == "some words…"
    assert plain_text("<p>short</p>", 5) == "short"


def test_text_without_spaces_is_cut_inside_the_word() -> None:
    assert shortened("日本語の長い文章です", 5) == "日本語の…"


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_tiny_limits_are_kept(limit: int) -> None:
    assert len(shortened("some words", limit)) <= limit


def test_letters_keep_their_marks_when_cut() -> None:
    assert shortened("aaaae\u0301bb", 6) == "aaaa…"


def test_a_stranger_s_name_is_one_clean_line() -> None:
    assert plain_line("  <b>Al</b>ice\n\tB. \x00&amp; Co\x07 ", 50) == "Alice B. & Co"


def test_a_stranger_s_name_cannot_turn_the_page_around() -> None:
    assert plain_line(f"Alice{RIGHT_TO_LEFT_OVERRIDE}moc.knab\u2066", 50) == "Alicemoc.knab"


def test_controls_written_as_references_go_too() -> None:
    assert plain_line("a&#x202E;b&#8294;c&#7;", 50) == "abc"


def test_a_stranger_s_name_is_cut_and_a_heart_stays() -> None:
    assert plain_line("x" * 1_000_000, 30) == "x" * 29 + "…"
    assert plain_line("I <3 you", 30) == "I <3 you"


def test_what_the_author_typed_is_no_markup() -> None:
    assert one_line(" The <b> tag\n&amp; you\x07 ") == "The <b> tag &amp; you"


def test_line_ends_and_joined_emoji_are_no_controls() -> None:
    assert without_controls("a\r\n\tb 👩\u200d👧") == "a\r\n\tb 👩\u200d👧"


def test_an_excerpt_is_made_of_paragraphs() -> None:
    html = """
    <h2>Heading</h2><figure><img src="/a.png"><figcaption><p>Caption</p></figcaption></figure>
    <p>First<sup class="footnote-ref"><a href="#fn1">[1]</a></sup> one.</p><pre><code>x</code></pre>
    <p>Second<br>one.</p><section class="footnotes"><p>Note</p></section>"""
    assert excerpt(html) == "First one. Second one."


def test_an_excerpt_has_no_addresses_that_would_steal_the_card() -> None:
    html = (
        '<p>See <a href="https://a.example/">https://a.example/</a> or <a href="/b">this</a>.</p>'
    )
    assert excerpt(html) == "See or this."


def test_an_excerpt_has_at_most_so_many_characters() -> None:
    text = excerpt("<p>" + "word " * 100 + "</p><p>more</p>", 80)
    assert len(text) <= 80
    assert text.endswith("word…")


def test_a_post_without_paragraphs_still_has_an_excerpt() -> None:
    assert excerpt("<ul><li>one</li><li>two</li></ul>") == "one two"
    assert excerpt("") == ""
