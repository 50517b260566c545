"""JSON Feed 1.1."""

from typing import Any

import orjson

from fediblog.protocol.feeds.model import Entry, Feed, Person
from fediblog.protocol.outgoing import timestamp
from fediblog.protocol.xml import clean

MEDIA_TYPE = "application/feed+json"


def json_feed(feed: Feed) -> bytes:
    """A feed as a JSON document."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "description": feed.description,
        "next_url": feed.older,
        "icon": feed.icon,
        "language": feed.language,
        "authors": [_person(feed.author)],
    }
    items = [_item(entry) for entry in feed.entries]
    return orjson.dumps(_without_empty(document) | {"items": items})


def _item(entry: Entry) -> dict[str, Any]:
    item = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "image": entry.picture.url if entry.picture else "",
        "date_published": timestamp(entry.published),
        "date_modified": timestamp(entry.updated),
        "authors": [_person(entry.author)],
        "tags": [clean(term.name) for term in entry.terms],
        "language": entry.language,
    }
    return {"content_html": ""} | _without_empty(item)


def _person(person: Person) -> dict[str, str]:
    return _without_empty({"name": person.name, "url": person.url, "avatar": person.avatar})


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    """The values that say something, without characters that no reader takes."""
    return {
        name: clean(value) if isinstance(value, str) else value
        for name, value in values.items()
        if value
    }
