"""What stands in the `tag` of a note, an actor or an activity: mentions, emoji, links to quotes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fediblog.protocol.incoming.values import Document, first_type, is_uri, objects, plain

MAX_TAGS: Final = 100
_MAX_SHORTCODE: Final = 100
_ACTIVITY_TYPES: Final = ("application/activity+json", "application/ld+json")


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody named in a note. href: actor id; name: @user@host as the sender wrote it."""

    href: str
    name: str


@dataclass(frozen=True, slots=True)
class Emoji:
    """A picture that stands for a word. name: with its colons, as it is written in the text."""

    name: str
    url: str


def mentions_of(document: Document) -> Iterator[Mention]:
    """Everybody mentioned in a note."""
    for tag in _tags(document, "Mention"):
        href = plain(tag.get("href"))
        if is_uri(href):
            yield Mention(href=href, name=plain(tag.get("name"))[:300])


def emojis_of(document: Document) -> Iterator[Emoji]:
    """Custom emoji, each with its picture (requirement I4); an id is not needed (Akkoma)."""
    for tag in _tags(document, "Emoji"):
        name = plain(tag.get("name")).strip(":")
        icon = next(iter(objects(tag.get("icon"), 1)), {})
        url = plain(icon.get("url"))
        if name and len(name) <= _MAX_SHORTCODE and is_uri(url):
            yield Emoji(name=f":{name}:", url=url)


def quote_link_of(document: Document) -> str:
    """The object that a Link tag quotes (FEP-e232), empty when there is none."""
    for tag in _tags(document, "Link"):
        href = plain(tag.get("href"))
        media_type = plain(tag.get("mediaType")).partition(";")[0].strip().lower()
        if media_type in _ACTIVITY_TYPES and is_uri(href):
            return href
    return ""


def _tags(document: Document, kind: str) -> Iterator[Document]:
    for tag in objects(document.get("tag"), MAX_TAGS):
        if first_type(tag) == kind:
            yield tag
