"""Notes, and everything else that can stand in a thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fediblog.errors import Malformed
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming.tags import Emoji, Mention, emojis_of, mentions_of, quote_link_of
from fediblog.protocol.incoming.values import (
    MAX_URI,
    Document,
    first_type,
    ids,
    is_public,
    is_uri,
    natural,
    objects,
    one_id,
    page_address,
    parse_time,
    plain,
    whole_number,
)

#: What people answer with: Mastodon and GoToSocial send Note and Question, others what they have.
REPLY_TYPES: Final = frozenset(
    {"Note", "Question", "Article", "Page", "Image", "Video", "Audio", "Event", "Document"}
)
MAX_HTML: Final = 400_000
MAX_ATTACHMENTS: Final = 16
MAX_OPTIONS: Final = 20
#: As Misskey, Fedibird, Pleroma and FEP-044f name the object that a note quotes (E11d).
_QUOTES: Final = ("quote", "quoteUrl", "quoteUri", "_misskey_quote")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or another file of a note. description: alt text; size: pixels, None if unsaid."""

    url: str
    type: str
    media_type: str
    description: str
    blurhash: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a poll. votes: None when its server does not tell yet."""

    name: str
    votes: int | None


@dataclass(frozen=True, slots=True)
class Poll:
    """A Question's choices. several: whether one may choose more than one; voters: how many
    people have voted, None if unsaid; closes: when it ends or has ended."""

    options: tuple[Option, ...]
    several: bool
    voters: int | None
    closes: datetime | None


@dataclass(frozen=True, slots=True)
class Note:
    """Anything that can stand in a thread, whatever its type. Times are UTC; HTML is raw.

    quotes: the id of what it quotes. context: the address of the thread's collection, if it names
    one; conversation: the thread's id, which need not be an address. replies: where the collection
    of its replies is, or its first page when the collection has no id of its own.
    """

    id: str
    type: str
    attributed_to: str
    in_reply_to: str | None
    content: str
    summary: str
    name: str
    url: str
    language: str
    published: datetime | None
    updated: datetime | None
    public: bool
    sensitive: bool
    mentions: tuple[Mention, ...]
    emojis: tuple[Emoji, ...]
    attachments: tuple[Attachment, ...]
    poll: Poll | None
    quotes: str
    context: str
    conversation: str
    replies: str


def parse_note(document: Document) -> Note:
    """Raises Malformed without an id, or if attributedTo names nobody on the id's host (K5)."""
    note_id = one_id(document.get("id"))
    if not note_id:
        raise Malformed("The object has no id.")
    authors = [uri for uri in ids(document.get("attributedTo")) if uri]
    if not authors:
        raise Malformed("The object is attributed to nobody.")
    if any(authority_of(uri) != authority_of(note_id) for uri in authors):
        raise Malformed("The object is attributed to somebody on another host.")
    content, language = natural(document, "content")
    context = one_id(document.get("context"))
    return Note(
        id=note_id,
        type=first_type(document),
        attributed_to=authors[0],
        in_reply_to=next(iter(ids(document.get("inReplyTo"))), None),
        content=content[:MAX_HTML],
        summary=natural(document, "summary")[0][:5000],
        name=natural(document, "name")[0][:2000],
        url=page_address(document.get("url")) or note_id,
        language=language,
        published=parse_time(document.get("published")),
        updated=parse_time(document.get("updated")),
        public=is_public(document),
        sensitive=document.get("sensitive") is True,
        mentions=tuple(mentions_of(document)),
        emojis=tuple(emojis_of(document)),
        attachments=tuple(_attachments(document)),
        poll=_poll(document),
        quotes=_quoted(document),
        context=context,
        conversation=_conversation(document) or context,
        replies=_replies(document.get("replies")),
    )


def _attachments(document: Document) -> Iterator[Attachment]:
    """`summary` describes a picture for GoToSocial, `name` for everybody else (requirement I5)."""
    for item in objects(document.get("attachment"), MAX_ATTACHMENTS):
        url = page_address(item.get("url")) or page_address(item.get("href"))
        if url:
            yield Attachment(
                url=url,
                type=first_type(item),
                media_type=plain(item.get("mediaType"))[:100].lower(),
                description=(natural(item, "summary")[0] or natural(item, "name")[0])[:2000],
                blurhash=plain(item.get("blurhash"))[:200],
                width=whole_number(item.get("width")),
                height=whole_number(item.get("height")),
            )


def _poll(document: Document) -> Poll | None:
    """The choices of a Question, which are in anyOf when one may choose several (I7)."""
    if first_type(document) != "Question":
        return None
    several = isinstance(document.get("anyOf"), list)
    options = tuple(_options(document.get("anyOf" if several else "oneOf")))
    closes = parse_time(document.get("closed")) or parse_time(document.get("endTime"))
    voters = whole_number(document.get("votersCount"))
    return Poll(options, several, voters, closes) if options else None


def _options(value: object) -> Iterator[Option]:
    for item in objects(value, MAX_OPTIONS):
        if name := natural(item, "name")[0][:300]:
            replies = item.get("replies")
            votes = replies.get("totalItems") if isinstance(replies, dict) else None
            yield Option(name, whole_number(votes))


def _quoted(document: Document) -> str:
    for field in _QUOTES:
        if quoted := one_id(document.get(field)):
            return quoted
    return quote_link_of(document)


def _conversation(document: Document) -> str:
    """The thread's id: an address, or a tag: URI as Mastodon makes them."""
    text = plain(document.get("conversation"))
    return text if text.isprintable() and len(text.encode()) <= MAX_URI else ""


def _replies(value: object) -> str:
    """A collection by its id; one that has none by its first page, or by the page after that."""
    if isinstance(value, str):
        return value if is_uri(value) else ""
    if not isinstance(value, dict):
        return ""
    first = value.get("first")
    later = first.get("next") if isinstance(first, dict) else None
    return one_id(value.get("id")) or one_id(first) or one_id(later)
