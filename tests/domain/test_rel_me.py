"""Whether a page links back to a profile, in every way in which it may or may not (E6)."""

import pytest

from fediblog.domain.rel_me import links_back

HOME = "https://blog.example/@marta"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a rel="me" href="https://blog.example/@marta">Me</a>', True),
        ('<link href="https://blog.example/@marta/" rel="nofollow Me">', True),
        ('<A REL=me HREF="HTTPS://Blog.Example/@Marta#top">', True),
        ('<a rel="me" href="/@marta">', False),
        ('<a rel="me" href="https://blog.example/@marta2">', False),
        ('<a rel="me" href="https://blog.example/">', False),
        ('<a rel="nofollow" href="https://blog.example/@marta">', False),
        ('<a rel="meme" href="https://blog.example/@marta">', False),
        ('<a href="https://blog.example/@marta">rel="me"</a>', False),
        ('<!-- <a rel="me" href="https://blog.example/@marta"> -->', False),
        ('<script>"<a rel=me href=https://blog.example/@marta>"</script>', False),
        ("<style></script><a rel=me href=https://blog.example/@marta></style>", False),
        ("<title>x</title><a rel=me href=https://blog.example/@marta>", True),
        ('<div rel="me" href="https://blog.example/@marta">', False),
        ('<a rel="me" href="https://[">', False),
        ("", False),
    ],
)
def test_a_page_links_back_or_not(html: str, expected: bool) -> None:
    assert links_back(html, "https://other.example/me", {HOME}) is expected


def test_an_address_may_be_relative_to_its_page() -> None:
    assert links_back('<a rel="me" href="/@marta">', "https://blog.example/x", {HOME})
