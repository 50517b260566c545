"""#word in the author's Markdown: what is one, what is none, and how it is linked."""

import pytest

from fediblog.domain.comments import answer_hashtags, render_answer
from fediblog.domain.markdown import post_hashtags, render


def _page(word: str) -> str:
    return f"https://blog.example/tags/{word.lower()}"


def _link(word: str, sign: str = "#") -> str:
    return (
        f'<a href="https://blog.example/tags/{word.lower()}" class="mention hashtag" rel="tag">'
        f"{sign}<span>{word}</span></a>"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("#Garden", ("Garden",)),
        ("In the #garden, (#Rain) and #rain.", ("garden", "Rain")),
        ("#2026garden #b_2", ("2026garden", "b_2")),
        ("#Gärten #日本語 #हिन्दी #עברית", ("Gärten", "日本語", "हिन्दी", "עברית")),
        ("\N{FULLWIDTH NUMBER SIGN}庭", ("庭",)),
        ("**#bold** _#soft_", ("bold", "soft")),
        ("#one#two", ("one",)),
        ("# A #heading", ("heading",)),
        ("#No heading", ("No",)),
    ],
)
def test_what_is_a_hashtag(text: str, words: tuple[str, ...]) -> None:
    assert post_hashtags(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "#1 and #2026, issue #_1",
        "C# and F#m, word#no, a/#b",
        "`#code`",
        "    #indented",
        "```\n#fenced\n```",
        "[a #link](https://a.example)",
        "https://a.example/#part",
        "<https://a.example/#part>",
        r"\#escaped",
        "<kbd>#key</kbd>",
        "# Heading",
        "&#97; #",
        "#" + "a" * 101,
    ],
)
def test_what_is_no_hashtag(text: str) -> None:
    assert post_hashtags(text) == ()
    assert "hashtag" not in render(text, tag_page=_page)


def test_a_hashtag_becomes_a_link_that_others_know_for_one() -> None:
    assert render("Rain in the #Garden.", tag_page=_page) == (
        f"<p>Rain in the {_link('Garden')}.</p>\n"
    )
    assert render("Rain in the #Garden.") == "<p>Rain in the #Garden.</p>\n"
    assert render("#Garden", tag_page=lambda word: "") == "<p>#Garden</p>\n"


def test_so_it_does_in_an_answer_and_stays_no_card() -> None:
    """Mastodon takes the first link for a card that is no mention and has no rel of "tag"."""
    answer = render_answer("#Rain on https://a.example", tag_page=_page)
    assert "#<span>Rain</span></a>" in answer
    assert 'class="mention hashtag" rel="tag nofollow noopener"' in answer
    assert '<a href="https://a.example" rel="nofollow noopener">' in answer
    assert answer_hashtags("#Rain `#code`") == ("Rain",)


def test_what_looks_like_a_link_in_an_answer_stays_a_text() -> None:
    text = '<a href="x" class="mention hashtag" rel="nofollow noopener">'
    assert 'rel="tag' not in render_answer(text, tag_page=_page)
