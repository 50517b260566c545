"""@user@host in the author's Markdown: what is one, what is none, and how it is linked."""

import pytest

from fediblog.domain.comments import answer_handles, render_answer
from fediblog.domain.markdown import post_handles, render

ALICE = {"alice@a.example": "https://a.example/@alice"}
LINK = (
    '<span class="h-card"><a href="https://a.example/@alice" class="u-url mention">'
    "@<span>alice</span></a></span>"
)


@pytest.mark.parametrize(
    "text",
    [
        "@alice@a.example",
        "Hi @alice@a.example, hi.",
        "(@alice@a.example)",
        "**@Alice@A.Example**",
        "Ask @alice@a.example.",
        "# @alice@a.example",
        "> @alice@a.example",
        "| @alice@a.example |\n|---|\n| x |",
        "x[^1]\n\n[^1]: @alice@a.example",
        "<b>@alice@a.example</b>",
    ],
)
def test_handles_in_running_text_are_found_and_linked(text: str) -> None:
    assert post_handles(text) == ("alice@a.example",)
    assert LINK.lower() in render(text, mentions=ALICE).lower()


@pytest.mark.parametrize(
    "text",
    [
        "write to alice@a.example",
        "`@alice@a.example`",
        "    @alice@a.example",
        "```\n@alice@a.example\n```",
        "[for @alice@a.example](https://b.example/)",
        "https://b.example/@alice@a.example",
        "<https://b.example/@alice@a.example>",
        "<code>@alice@a.example</code>",
        '<a href="https://b.example/">@alice@a.example</a>',
        r"\@alice@a.example",
        "x@alice@a.example",
        "@alice@a.example@b.example",
        "@alice",
        "@alice@localhost",
        "@alice@127.0.0.1",
        "npm i @scope/alice@1.2.3",
        "@alice@1.2",
        "![@alice@a.example](https://b.example/p.png)",
    ],
)
def test_what_is_no_mention_stays_as_it_was_typed(text: str) -> None:
    assert post_handles(text) == ()
    assert "mention" not in render(text, mentions=ALICE)


def test_each_is_found_once_in_the_order_of_the_text() -> None:
    text = "@zoe@z.example @alice@a.example @Zoe@Z.example"
    assert post_handles(text) == ("zoe@z.example", "alice@a.example")


def test_whoever_is_not_known_stays_text() -> None:
    assert render("@bob@b.example", mentions=ALICE) == "<p>@bob@b.example</p>\n"


@pytest.mark.parametrize("handle", ["bob@127.0.0.1:8001", "bob@localhost", "bob@peer:80"])
def test_hosts_of_a_test_network_are_taken_in_development_only(handle: str) -> None:
    assert post_handles(f"@{handle}: hello", local=True) == (handle,)
    assert post_handles(f"@{handle}: hello") == ()
    assert answer_handles(f"@{handle}", local=True) == (handle,)


def test_answers_link_mentions_and_nothing_else_gets_their_classes() -> None:
    html = render_answer("@alice@a.example `@alice@a.example`", mentions=ALICE)
    assert html.count("mention") == 1
    assert 'href="https://a.example/@alice"' in html and "@<span>alice</span>" in html
    assert "<span" not in render_answer('<span class="h-card">x</span>')


def test_a_profile_page_cannot_break_out_of_its_link() -> None:
    evil = {"alice@a.example": 'https://a.example/"><script>x</script>'}
    for html in (
        render("@alice@a.example", mentions=evil),
        render_answer("@alice@a.example", mentions=evil),
    ):
        assert "<script" not in html
    script = {"alice@a.example": "javascript:alert(1)"}
    assert "javascript" not in render("@alice@a.example", mentions=script)
    assert "javascript" not in render_answer("@alice@a.example", mentions=script)


def test_a_long_row_of_at_signs_takes_no_time() -> None:
    assert post_handles("@a@" * 100_000) == ()
    assert post_handles("@" + "a." * 200_000) == ()
