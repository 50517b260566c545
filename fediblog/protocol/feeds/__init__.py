"""Feeds: the newest of something, as Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1."""

from fediblog.protocol.feeds.atom import atom
from fediblog.protocol.feeds.jsonfeed import json_feed
from fediblog.protocol.feeds.model import Entry, Feed, Parent, Person, Picture, Replies, Term
from fediblog.protocol.feeds.rss import rss

__all__ = [
    "Entry",
    "Feed",
    "Parent",
    "Person",
    "Picture",
    "Replies",
    "Term",
    "atom",
    "json_feed",
    "rss",
]
