"""The author's answers."""

import pytest

from fediblog.domain.comments import LARGEST_ANSWER, render_answer


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Thank *you*,\nall.", "<p>Thank <em>you</em>,<br>\nall.</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
        ("> q", "<blockquote>\n<p>q</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("~~no~~", "<p><s>no</s></p>"),
        ("# no heading", "<p># no heading</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        (
            "[x](https://a.example/ 'title')",
            '<p><a href="https://a.example/" rel="nofollow noopener">x</a></p>',
        ),
        ("[x](/local)", '<p><a rel="nofollow noopener">x</a></p>'),
    ],
)
def test_answers_are_little_html(text: str, html: str) -> None:
    assert render_answer(text) == html


@pytest.mark.parametrize(
    ("text", "sentence"), [(" \n", "needs some text"), ("x" * (LARGEST_ANSWER + 1), "at most")]
)
def test_bad_answers_are_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        render_answer(text)
