"""Documents of other servers, ironed out into dataclasses.

Beneath this module nobody meets JSON-LD's habits any more: one or many, object or id, the three
spellings of Public, natural language maps. What does not fit raises Malformed; what is merely odd
is left out. Limits on every property are those of requirement K16.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from fediblog.errors import Malformed
from fediblog.protocol.addresses import authority_of

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
_PUBLIC_SPELLINGS: Final = frozenset({PUBLIC, "as:Public", "Public"})

ACTOR_TYPES: Final = frozenset({"Person", "Service", "Application", "Group", "Organization"})
#: What people answer with: Mastodon and GoToSocial send Note and Question, others what they have.
REPLY_TYPES: Final = frozenset(
    {"Note", "Question", "Article", "Page", "Image", "Video", "Audio", "Event", "Document"}
)

MAX_URI: Final = 2048
MAX_TAGS: Final = 100
MAX_ATTACHMENTS: Final = 16
MAX_ADDRESSEES: Final = 1000
MAX_HTML: Final = 400_000
MAX_DEPTH: Final = 64

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody named in a note. href: actor id; name: @user@host as the sender wrote it."""

    href: str
    name: str


@dataclass(frozen=True, slots=True)
class Note:
    """Anything that can stand in a thread, whatever its type. Times are UTC; HTML is raw."""

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
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A public key as an actor (or a Key document) publishes it."""

    id: str
    owner: str
    pem: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or other actor elsewhere. Names and HTML are raw."""

    id: str
    type: str
    preferred_username: str
    name: str
    url: str
    icon: str
    inbox: str
    shared_inbox: str
    keys: tuple[PublishedKey, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity with its object in whichever form it came.

    object_id: the id of the object, empty when it has none. note, person and inner are set when
    the object came embedded and is one; inner is the activity inside an Undo.
    """

    id: str
    type: str
    actor: str
    object_id: str
    object_type: str
    note: Note | None
    person: Actor | None
    inner: "Activity | None"


def parse_json(body: bytes) -> Document:
    """A JSON object from bytes. Raises Malformed for anything else (requirement K23).

    orjson is strict about NaN, lone surrogates and UTF-8; it keeps the last of two equal names,
    which another reader may do differently, so these are refused in a second pass.
    """
    try:
        document = orjson.loads(body)
        json.loads(body.decode(), object_pairs_hook=_refuse_duplicates)
    except (orjson.JSONDecodeError, json.JSONDecodeError) as error:
        raise Malformed("The body is not JSON.", detail=str(error)) from error
    except RecursionError as error:
        raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.") from error
    if not isinstance(document, dict):
        raise Malformed("The body must be a JSON object.")
    _refuse_deep(document)
    return document


def parse_activity(document: Document) -> Activity:
    """Raises Malformed unless it has a type, one actor, and an id on the actor's host (0.1, K7).

    A Flag may come without an id (G12).
    """
    kind = _first_type(document)
    actor = one_id(document.get("actor"))
    if not kind:
        raise Malformed("The activity has no type.")
    if not actor:
        raise Malformed("The activity has no actor.")
    activity_id = one_id(document.get("id"))
    if not activity_id and kind != "Flag":
        raise Malformed("The activity has no id.")
    if activity_id and authority_of(activity_id) != authority_of(actor):
        raise Malformed("The activity's id is not on its actor's host.")
    return _activity(document, kind, activity_id, actor)


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
    content, language = _natural(document, "content")
    return Note(
        id=note_id,
        type=_first_type(document),
        attributed_to=authors[0],
        in_reply_to=next(iter(ids(document.get("inReplyTo"))), None),
        content=content[:MAX_HTML],
        summary=_natural(document, "summary")[0][:5000],
        name=_natural(document, "name")[0][:2000],
        url=_page(document.get("url")) or note_id,
        language=language,
        published=parse_time(document.get("published")),
        updated=parse_time(document.get("updated")),
        public=is_public(document),
        mentions=tuple(_mentions(document)),
    )


def parse_actor(document: Document) -> Actor:
    """Raises Malformed without an id, an actor's type, or an inbox on the id's host (0.13)."""
    actor_id, kind = one_id(document.get("id")), _first_type(document)
    if not actor_id or kind not in ACTOR_TYPES:
        raise Malformed("This is no actor.")
    inbox = one_id(document.get("inbox"))
    if authority_of(inbox) != authority_of(actor_id):
        raise Malformed("The actor's inbox is not on its host.")
    endpoints = document.get("endpoints")
    shared = one_id(endpoints.get("sharedInbox")) if isinstance(endpoints, dict) else ""
    return Actor(
        id=actor_id,
        type=kind,
        preferred_username=_text(document.get("preferredUsername"))[:200],
        name=_natural(document, "name")[0][:2000],
        url=_page(document.get("url")) or actor_id,
        icon=_image(document.get("icon")),
        inbox=inbox,
        shared_inbox=shared if authority_of(shared) == authority_of(actor_id) else "",
        keys=tuple(_published_keys(document)),
    )


def parse_key(document: Document, key_id: str) -> PublishedKey | None:
    """The key with this id in an actor, a stub actor, or a separate Key document (B12)."""
    for key in _published_keys(document):
        if key.id == key_id:
            return key
    if one_id(document.get("id")) == key_id:
        return _published_key(document)
    return None


def is_public(document: Document) -> bool:
    """Whether the public collection, in any spelling, is in `to` or `cc` (requirement C2)."""
    return any(uri in _PUBLIC_SPELLINGS for field in ("to", "cc") for uri in many(document, field))


def is_tombstone(document: Document) -> bool:
    """Whether this is what is left of a deleted object."""
    return _first_type(document) == "Tombstone"


def object_documents(document: Document) -> list[Document]:
    """The embedded objects of an activity: GoToSocial sends poll votes as several (C4)."""
    value = document.get("object")
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, dict)]


def one_id(value: object) -> str:
    """The first id in a string, an object or a list of these; empty when there is none."""
    return next(ids(value), "")


def ids(value: object) -> Iterator[str]:
    """Every http(s) id in a string, an object, or a list of these."""
    for item in value if isinstance(value, list) else [value]:
        uri = item.get("id") if isinstance(item, dict) else item
        if isinstance(uri, str) and _is_uri(uri):
            yield uri


def many(document: Document, field: str) -> list[str]:
    """The addressees in a field that may be missing, a string or a list."""
    value = document.get(field)
    values = value if isinstance(value, list) else [value]
    return [item for item in values[:MAX_ADDRESSEES] if isinstance(item, str)]


def parse_time(value: object) -> datetime | None:
    """An xsd:dateTime in UTC, None for what is no time."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value[:40])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _activity(document: Document, kind: str, activity_id: str, actor: str) -> Activity:
    embedded = next(iter(object_documents(document)), None)
    object_type = _first_type(embedded) if embedded else ""
    return Activity(
        id=activity_id,
        type=kind,
        actor=actor,
        object_id=one_id(document.get("object")),
        object_type=object_type,
        note=_note_of(document, embedded) if object_type in REPLY_TYPES else None,
        person=_lenient(parse_actor, embedded) if object_type in ACTOR_TYPES else None,
        inner=_inner(embedded),
    )


def _note_of(activity: Document, embedded: Document | None) -> Note | None:
    """The note inside an activity, which is addressed by it if it is not by itself (C2)."""
    note: Note | None = _lenient(parse_note, embedded)
    if note and embedded and "to" not in embedded and "cc" not in embedded:
        return replace(note, public=is_public(activity))
    return note


def _lenient(parse: Any, document: Document | None) -> Any:
    """An embedded object that does not hold is as good as none: the handler decides."""
    try:
        return parse(document)
    except Malformed:
        return None


def _inner(document: Document | None) -> Activity | None:
    """The activity inside an Undo, one level deep: its id may be missing or anything."""
    if document is None or not (actor := one_id(document.get("actor"))):
        return None
    return Activity(
        id=one_id(document.get("id")),
        type=_first_type(document),
        actor=actor,
        object_id=one_id(document.get("object")),
        object_type="",
        note=None,
        person=None,
        inner=None,
    )


def _first_type(document: Document | None) -> str:
    value = document.get("type") if document else None
    values = value if isinstance(value, list) else [value]
    return _text(next((item for item in values if isinstance(item, str)), ""))[:100]


def _is_uri(text: str) -> bool:
    """An http(s) address that is short enough, in bytes, for an index of either database."""
    return bool(authority_of(text)) and len(text.encode()) <= MAX_URI


def _text(value: object) -> str:
    """A text without NUL, which PostgreSQL cannot keep."""
    return value.replace("\0", "") if isinstance(value, str) else ""


def _natural(document: Document, field: str) -> tuple[str, str]:
    """A natural language value and its language: the plain field, else the first of its map."""
    text = _text(document.get(field))
    languages = document.get(f"{field}Map")
    if isinstance(languages, dict):
        for language, value in languages.items():
            if isinstance(value, str) and (not text or value == text):
                return _text(value), _text(language)[:35] if language != "und" else ""
    return text, ""


def _page(value: object) -> str:
    """The address to read something at: a string, a Link, or the first HTML one of several."""
    links = [item for item in (value if isinstance(value, list) else [value]) if item]
    pages = [
        item for item in links if isinstance(item, dict) and item.get("mediaType") == "text/html"
    ]
    for item in pages + links:
        address = item.get("href") if isinstance(item, dict) else item
        if isinstance(address, str) and _is_uri(address):
            return address
    return ""


def _image(value: object) -> str:
    """The address of an icon: an Image with a url, or a list of them."""
    for item in value if isinstance(value, list) else [value]:
        if address := _page(item.get("url") if isinstance(item, dict) else item):
            return address
    return ""


def _mentions(document: Document) -> Iterator[Mention]:
    value = document.get("tag")
    tags = value if isinstance(value, list) else [value]
    for tag in tags[:MAX_TAGS]:
        if isinstance(tag, dict) and _first_type(tag) == "Mention":
            href = _text(tag.get("href"))
            if _is_uri(href):
                yield Mention(href=href, name=_text(tag.get("name"))[:300])


def _published_keys(document: Document) -> Iterator[PublishedKey]:
    value = document.get("publicKey")
    for item in (value if isinstance(value, list) else [value])[:8]:
        if isinstance(item, dict) and (key := _published_key(item)):
            yield key


def _published_key(document: Document) -> PublishedKey | None:
    key_id, owner = one_id(document.get("id")), one_id(document.get("owner"))
    pem = _text(document.get("publicKeyPem"))
    return PublishedKey(key_id, owner, pem) if key_id and owner and pem else None


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise Malformed("The body has the same name twice in one object.")


def _refuse_deep(document: Document) -> None:
    """A walk without recursion: a document nested deeper than any real one is refused."""
    level: list[Any] = [document]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.")
