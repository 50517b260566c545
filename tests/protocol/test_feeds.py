"""Feeds as documents: what XML forbids never gets into one, and every reader finds everything."""

import json
from datetime import UTC, datetime

import feedparser
import pytest

from fediblog.protocol.feeds import Entry, Feed, Parent, Person, Picture, Term, atom, json_feed, rss

_WHEN = datetime(2024, 5, 18, 9, 30, 1, 250_000, tzinfo=UTC)
#: NUL, a control, an escape, half of a pair, and a code point that is no character.
_FORBIDDEN = "\x00\x0b\x1b\ud83d\udc00\ufffe\uffff"
_AUTHOR = Person("Marta", "https://blog.example/")


def feed(text: str = "", **more: object) -> Feed:
    """A feed with one entry, every text of which ends with `text`."""
    entry = Entry(
        id="https://blog.example/articles/1",
        url="https://blog.example/2024/05/fog",
        title=f"Fog & <b>rain</b> 🌧{text}",
        html=f"<p>What ]]&gt; the <em>fog</em> is for &amp; more{text}</p>",
        summary=f"What the fog is for{text}",
        language="de",
        published=_WHEN,
        updated=_WHEN.replace(hour=10),
        author=Person(f"Åse{text}", "https://blog.example/"),
        terms=[Term(f"C++{text}", "https://blog.example/tags/cpp")],
        picture=Picture("https://blog.example/fog.jpg", "image/jpeg", f"Fog{text}"),
        parent=Parent("https://blog.example/articles/0", "https://blog.example/2024/05/rain"),
    )
    values = {
        "title": f"Field Notes{text}",
        "description": f"Notes{text}",
        "language": "en",
        "page": "https://blog.example/",
        "address": "https://blog.example/feed",
        "first": "https://blog.example/feed",
        "older": "",
        "icon": "",
        "author": _AUTHOR,
        "updated": _WHEN,
        "entries": [entry],
    }
    return Feed(**(values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("write", [atom, rss])
def test_what_xml_forbids_is_left_out(write: object) -> None:
    assert callable(write)
    parsed = feedparser.parse(write(feed(_FORBIDDEN)))
    assert not parsed.bozo
    assert write(feed(_FORBIDDEN)) == write(feed())
    assert json_feed(feed(_FORBIDDEN)) == json_feed(feed())


@pytest.mark.parametrize("write", [atom, rss])
def test_readers_find_everything(write: object) -> None:
    assert callable(write)
    parsed = feedparser.parse(write(feed(older="https://blog.example/feed?before=1")))
    assert not parsed.bozo
    assert parsed.feed.title == "Field Notes"
    assert {"rel": "next", "href": "https://blog.example/feed?before=1"}.items() <= dict(
        parsed.feed.links[-1]
    ).items()
    entry = parsed.entries[0]
    assert entry.id == "https://blog.example/articles/1"
    assert entry.link == "https://blog.example/2024/05/fog"
    assert entry.title_detail.value.replace("&amp;", "&") == "Fog & <b>rain</b> 🌧"
    assert entry.content[0].value == "<p>What ]]&gt; the <em>fog</em> is for &amp; more</p>"
    assert entry.author == "Åse"
    assert [tag.term for tag in entry.tags] == ["C++"]
    assert entry.published_parsed[:6] == (2024, 5, 18, 9, 30, 1)


def test_a_json_feed_leaves_out_what_is_not_there() -> None:
    document = json.loads(json_feed(feed(description="", entries=())))
    assert document == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Field Notes",
        "home_page_url": "https://blog.example/",
        "feed_url": "https://blog.example/feed",
        "language": "en",
        "authors": [{"name": "Marta", "url": "https://blog.example/"}],
        "items": [],
    }
