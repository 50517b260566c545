"""Mentions that a composer put at the head of a reply."""

import pytest

from fediblog.domain.mentions import strip_leading_mentions

BLOG, ALICE = "https://blog.example/users/blog", "https://a.example/@alice"
BOB = "https://b.example/@bob"


def mention(href: str, name: str = "blog") -> str:
    return (
        f'<span class="h-card" translate="no"><a href="{href}" class="u-url mention" '
        f'rel="nofollow">@<span>{name}</span></a></span>'
    )


@pytest.mark.parametrize(
    ("html", "shorter"),
    [
        (f"<p>{mention(BLOG)} Hi &lt;b&gt;</p>", "<p>Hi &lt;b&gt;</p>"),
        (f"<p>{mention(BLOG)} {mention(ALICE)}<br>Hi <b>x</b></p>", "<p>Hi <b>x</b></p>"),
        (f"<p>{mention(BLOG)}</p><p>Hi</p>", "<p>Hi</p>"),
        (f"{mention(BLOG)} Hi", "Hi"),
        (
            f'<p><a href="{BLOG}" class="u-url mention">@blog</a><span> Hi</span></p>',
            "<p><span> Hi</span></p>",
        ),
        (f"<p>{mention(BLOG)} {mention(BOB)} Hi</p>", f"<p>{mention(BOB)} Hi</p>"),
        (f"<p>Hi {mention(BLOG)}</p>", None),
        (f"<p>{mention(BLOG)}</p>", None),
        (f'<p><a href="{BLOG}">not a mention</a> Hi</p>', None),
        (f"<p><span>{mention(BLOG)} both</span> Hi</p>", None),
        ("", None),
    ],
)
def test_only_leading_mentions_of_the_thread_go(html: str, shorter: str | None) -> None:
    assert strip_leading_mentions(html, frozenset({BLOG, ALICE})) == (shorter or html)
