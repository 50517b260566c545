"""Code in posts, its words told apart."""

import pytest

from fediblog.domain.markdown import render


@pytest.mark.parametrize(
    ("language", "code", "html"),
    [
        ("python", "return 1", '<span class="tok-keyword">return </span>'),
        ("python", "x  # why", '<span class="tok-comment"># why'),
        ("js", "const a = `b`", '<span class="tok-keyword">const </span>a = '),
        ("diff", "-old\n+new", '<span class="tok-deleted">-old\n</span>'),
        ("html", "<p>&</p>", "&lt;"),
        ("nobody-speaks-it", "if <x>", '<code class="language-nobody-speaks-it">if &lt;x&gt;'),
        ("", "if <x>", "<code>if &lt;x&gt;"),
        ("python", "\n\n  x\n", ">\n\n  x\n"),
    ],
)
def test_words_of_code_have_a_kind(language: str, code: str, html: str) -> None:
    assert html in render(f"```{language}\n{code}\n```")


def test_too_much_code_is_shown_as_it_is() -> None:
    one = "```python\n" + "x = 1\n" * 9_000 + "```\n\n"
    html = render(one * 2)
    assert html.count("<pre") == 2
    assert "tok-" not in html.rpartition("<pre")[2]


def test_code_cannot_become_a_page() -> None:
    html = render("```html\n<script>alert('\"')</script>\n```")
    assert "<script" not in html
