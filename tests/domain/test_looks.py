"""How others show a post, held against the rules of their programs (requirements A)."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from fediblog.domain.looks import Advice, Card, Look, Picture, Written, advise, looks

_CARD = Card("The garden", "What grew.", "https://blog.example/media/own/a.jpg", "My blog")
_IMAGES = [
    {"type": "Image", "url": f"https://blog.example/{n}.jpg", "name": f"Bed {n}"} for n in range(6)
]
_LINK = {"type": "Link", "href": "https://blog.example/2026/05/garden", "mediaType": "text/html"}


def _article(**changes: Any) -> dict[str, Any]:
    article = {
        "type": "Article",
        "name": "The garden",
        "summary": "<p>What grew.</p>",
        "content": "<p>First.</p>\n<h2>Second</h2>\n<ul><li>Third</li></ul>",
        "source": {"content": "First.", "mediaType": "text/markdown"},
        "url": "https://blog.example/2026/05/garden",
        "sensitive": False,
        "tag": [{"type": "Hashtag", "name": "#garden", "href": "https://blog.example/tags/garden"}],
        "attachment": [_LINK],
    }
    return {name: value for name, value in (article | changes).items() if value is not None}


def _on(program: str, **changes: Any) -> Look:
    found = {look.program: look for look in looks(_article(**changes), _CARD)}
    return found[program]


def test_mastodon_shows_title_summary_address_and_a_card_but_never_the_text() -> None:
    """A1, A2, A7, A9."""
    look = _on("Mastodon")
    assert (look.title, look.fold, look.blurred) == ("The garden", "", False)
    assert look.text == ["What grew."]
    assert look.link == "https://blog.example/2026/05/garden"
    assert look.tags == ["#garden"]
    assert look.card == _CARD and look.pictures == []
    assert "First." not in " ".join(look.text)


def test_mastodon_shows_four_pictures_in_place_of_a_card() -> None:
    """A9c."""
    look = _on("Mastodon", attachment=_IMAGES)
    assert look.card is None
    assert look.pictures == [Picture(f"https://blog.example/{n}.jpg", f"Bed {n}") for n in range(4)]


def test_a_link_in_the_summary_steals_the_card_on_mastodon_but_a_mention_does_not() -> None:
    """A9b."""
    stolen = '<p>See <a href="https://other.example/">this</a>.</p>'
    card = _on("Mastodon", summary=stolen).card
    assert card is not None and card.title == "https://other.example/"
    mention = '<p><a class="u-url mention" href="https://other.example/@ann">@ann</a></p>'
    assert _on("Mastodon", summary=mention).card == _CARD


def test_gotosocial_folds_the_post_behind_the_summary_and_loses_the_title() -> None:
    """N9."""
    look = _on("GoToSocial")
    assert (look.fold, look.title, look.card) == ("What grew.", "", None)
    assert look.text == ["First.", "Second", "Third"]
    assert _on("GoToSocial", summary=None).fold == "The garden"


def test_misskey_puts_the_title_before_the_text_and_folds_it_behind_a_summary() -> None:
    """A12."""
    look = _on("Misskey")
    assert (look.fold, look.title) == ("What grew.", "【The garden】")
    assert look.link == "https://blog.example/2026/05/garden"
    assert _on("Misskey", summary=None).fold == ""


def test_lemmy_shows_what_is_addressed_to_a_community() -> None:
    """A13."""
    assert not _on("Lemmy").shown
    lead = {"type": "Image", "url": "https://blog.example/1.jpg", "name": "Bed"}
    look = _on("Lemmy", audience="https://lemmy.example/c/garden", name="x" * 250, image=lead)
    assert look.shown and len(look.title) == 200
    assert look.link == _LINK["href"]
    assert look.pictures == [Picture("https://blog.example/1.jpg", "Bed")]
    assert look.text == ["First.", "Second", "Third"]


def test_what_is_sensitive_is_blurred_everywhere() -> None:
    """A4."""
    assert all(look.blurred for look in looks(_article(sensitive=True), _CARD))


def _advice(written: Written | None = None, **changes: Any) -> Sequence[Advice]:
    return advise(_article(**changes), written or Written("", [], []))


def test_a_post_with_which_all_is_well_needs_no_second_thought() -> None:
    assert _advice(summary=None) == []


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"name": "x" * 201}, "Lemmy", "201 characters"),
        ({"name": "x" * 101}, "Mastodon", "cut off in link cards"),
        ({"name": "a ‹ b"}, "Everywhere", "look-alikes"),
        (
            {"summary": '<p><a href="https://x.example">x</a></p>'},
            "Mastodon",
            "link in the excerpt",
        ),
        ({"summary": "<p>Teaser.</p>"}, "GoToSocial, Misskey", "does not show the title"),
        ({"sensitive": True}, "Everywhere", "content warning hides"),
        ({"source": None}, "Everywhere", "larger than other servers take"),
        ({"content": '<img src="/a.jpg" alt="">'}, "Everywhere", "no description"),
        ({"content": '<img src="/a.avif" alt="A bed">'}, "Mastodon", "type AVIF"),
        ({"attachment": _IMAGES}, "Mastodon", "Of 6 pictures the first 4"),
    ],
)
def test_what_is_worth_a_second_thought_is_said_with_what_helps(
    changes: Mapping[str, Any], where: str, what: str
) -> None:
    found = _advice(**({"summary": None} | dict(changes)))
    [advice] = [each for each in found if what in each.what]
    assert advice.where == where and advice.todo
    assert len(found) == 1 or "summary" in changes


@pytest.mark.parametrize(
    ("written", "what"),
    [
        (Written("See https://x.example/ there.", [], []), "address in the excerpt"),
        (Written("", ["2024"], []), "“2024” is no hashtag"),
        (Written("", ["web development"], []), "becomes #webdevelopment"),
        (Written("", [], ["a@lemmy.example", "b@lemmy.example"]), "are several"),
    ],
)
def test_what_the_article_does_not_tell_is_thought_of_too(written: Written, what: str) -> None:
    [advice] = _advice(written, summary=None)
    assert what in advice.what and advice.todo
