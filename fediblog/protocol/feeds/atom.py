"""Atom (RFC 4287), with threads (RFC 4685), licences (RFC 4946) and pages (RFC 5005)."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from fediblog.protocol.feeds.model import Entry, Feed, Person
from fediblog.protocol.outgoing import timestamp
from fediblog.protocol.xml import add, document, root

MEDIA_TYPE = "application/atom+xml"
_NAMESPACES: Mapping[str, str] = {
    "xmlns": "http://www.w3.org/2005/Atom",
    "xmlns:thr": "http://purl.org/syndication/thread/1.0",
}


def atom(feed: Feed) -> bytes:
    """A feed as an Atom document."""
    top = root("feed", {**_NAMESPACES, "xml:lang": feed.language})
    add(top, "id", feed.first)
    add(top, "title", feed.title)
    if feed.description:
        add(top, "subtitle", feed.description)
    add(top, "updated", timestamp(feed.updated))
    add(top, "link", rel="alternate", type="text/html", href=feed.page)
    add(top, "link", rel="self", type=MEDIA_TYPE, href=feed.address)
    if feed.address != feed.first:
        add(top, "link", rel="first", type=MEDIA_TYPE, href=feed.first)
    if feed.older:
        add(top, "link", rel="next", type=MEDIA_TYPE, href=feed.older)
    if feed.icon:
        add(top, "icon", feed.icon)
    add(top, "generator", "fediblog")
    _person(top, feed.author)
    for entry in feed.entries:
        _entry(top, entry)
    return document(top)


def _entry(top: Element, entry: Entry) -> None:
    there = add(top, "entry", xml__lang=entry.language)
    add(there, "id", entry.id)
    add(there, "title", entry.title)
    add(there, "published", timestamp(entry.published))
    add(there, "updated", timestamp(entry.updated))
    add(there, "link", rel="alternate", type="text/html", href=entry.url)
    _person(there, entry.author)
    for term in entry.terms:
        add(there, "category", term=term.name, label=term.name)
    if entry.picture:
        picture = entry.picture
        add(
            there,
            "link",
            rel="enclosure",
            type=picture.media_type,
            href=picture.url,
            title=picture.alt,
        )
    if entry.replies:
        add(there, "link", rel="replies", type="text/html", href=entry.replies.page)
        add(there, "link", rel="replies", type=MEDIA_TYPE, href=entry.replies.atom)
    if entry.licence:
        add(there, "rights", entry.licence.name)
        add(there, "link", rel="license", href=entry.licence.url)
    if entry.parent:
        parent = entry.parent
        add(there, "thr:in-reply-to", ref=parent.id, href=parent.page, type="text/html")
    if entry.summary:
        add(there, "summary", entry.summary)
    add(there, "content", entry.html, type="html")


def _person(there: Element, person: Person) -> None:
    author = add(there, "author")
    add(author, "name", person.name)
    if person.url:
        add(author, "uri", person.url)
