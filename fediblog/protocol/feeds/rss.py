"""RSS 2.0, with what the RSS Advisory Board's profile recommends of its extensions."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element

from fediblog.protocol.feeds.model import Entry, Feed
from fediblog.protocol.xml import add, document, root

MEDIA_TYPE = "application/rss+xml"
_NAMESPACES: Mapping[str, str] = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
    "xmlns:wfw": "http://wellformedweb.org/CommentAPI/",
}


def rss(feed: Feed) -> bytes:
    """A feed as an RSS document."""
    top = root("rss", {"version": "2.0", **_NAMESPACES})
    channel = add(top, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", feed.page)
    add(channel, "description", feed.description or feed.title)
    add(channel, "language", feed.language)
    add(channel, "lastBuildDate", _date(feed.updated))
    add(channel, "generator", "fediblog")
    add(channel, "atom:link", rel="self", type=MEDIA_TYPE, href=feed.address)
    if feed.address != feed.first:
        add(channel, "atom:link", rel="first", type=MEDIA_TYPE, href=feed.first)
    if feed.older:
        add(channel, "atom:link", rel="next", type=MEDIA_TYPE, href=feed.older)
    for entry in feed.entries:
        _item(channel, entry)
    return document(top)


def _item(channel: Element, entry: Entry) -> None:
    item = add(channel, "item")
    add(item, "title", entry.title)
    add(item, "link", entry.url)
    add(item, "guid", entry.id, isPermaLink="false")
    add(item, "pubDate", _date(entry.published))
    add(item, "dc:creator", entry.author.name)
    if entry.language:
        add(item, "dc:language", entry.language)
    for term in entry.terms:
        add(item, "category", term.name)
    if entry.replies:
        add(item, "comments", entry.replies.page)
        add(item, "wfw:commentRss", entry.replies.rss)
    if entry.summary:
        add(item, "description", entry.summary)
    add(item, "content:encoded", entry.html)
    # An enclosure would have to say how many bytes a picture has, which may lie elsewhere.
    if entry.picture:
        picture = entry.picture
        media = add(item, "media:content", url=picture.url, type=picture.media_type, medium="image")
        if picture.alt:
            add(media, "media:description", picture.alt, type="plain")


def _date(moment: datetime) -> str:
    """RFC 822, with a year of four digits."""
    return format_datetime(moment.replace(microsecond=0), usegmt=True)
