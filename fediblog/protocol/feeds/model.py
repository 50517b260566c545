"""What a feed says, whatever it is written in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote something. avatar: the address of their picture, empty for none."""

    name: str
    url: str
    avatar: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of an entry. media_type: empty if it is not known."""

    url: str
    media_type: str
    alt: str


@dataclass(frozen=True, slots=True)
class Term:
    """A tag, a category or a licence: its name, and the address of its page."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Replies:
    """Where replies to an entry are read: on a page, and as Atom and RSS."""

    page: str
    atom: str
    rss: str


@dataclass(frozen=True, slots=True)
class Parent:
    """What an entry answers: its id, and where it is read."""

    id: str
    page: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One post or reply. html has absolute addresses only. summary: plain text, empty for none.

    updated is published for what was never edited; language: empty if nobody said.
    """

    id: str
    url: str
    title: str
    html: str
    summary: str
    language: str
    published: datetime
    updated: datetime
    author: Person
    terms: Sequence[Term] = ()
    picture: Picture | None = None
    replies: Replies | None = None
    parent: Parent | None = None
    licence: Term | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """The newest entries of something, newest first.

    page: what people read instead. address: of this very document; first: of the newest one, older:
    of the one that goes on, empty if this is the last (RFC 5005, section 3).
    """

    title: str
    description: str
    language: str
    page: str
    address: str
    first: str
    older: str
    icon: str
    author: Person
    updated: datetime
    entries: Sequence[Entry]
