"""The stand-in for a quote goes, wherever it is put; nothing else does."""

import pytest

from fediblog.domain.quoting import without_quote_fallback
from fediblog.domain.sanitizing import sanitize_reply

LINK = '<a href="https://blog.example/2026/11/a">https://blog.example/2026/11/a</a>'


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (f'<p class="quote-inline">RE: {LINK}</p><p>Well put.</p>', "<p>Well put.</p>"),
        (
            f'<p>Well put.<span class="quote-inline"><br/><br/>RE: {LINK}</span></p>',
            "<p>Well put.</p>",
        ),
        (
            f'<p>Well put.</p><p class="quote-inline"><span class="quote-inline"><br>RE: {LINK}'
            "</span></p>",
            "<p>Well put.</p>",
        ),
        (f'<p><span class="quote-inline">RE: {LINK}</span></p><p>Yes.</p>', "<p>Yes.</p>"),
        (f'<p class="quote-inline">RE: {LINK}</p>', ""),
    ],
    ids=["Mastodon", "Fedibird", "Hollo", "a paragraph around it", "nothing else"],
)
def test_i8_the_stand_in_goes(html: str, left: str) -> None:
    assert without_quote_fallback(sanitize_reply(html)) == left


@pytest.mark.parametrize("html", ["<p>RE: the minutes</p>", "<p>a<br>b</p>", "<ul><li>x</li></ul>"])
def test_everything_else_stays(html: str) -> None:
    assert without_quote_fallback(html) == html
