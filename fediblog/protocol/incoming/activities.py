"""Activities: who does what to which object."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from fediblog.errors import Malformed
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming.actors import ACTOR_TYPES, Actor, parse_actor
from fediblog.protocol.incoming.notes import REPLY_TYPES, Note, parse_note
from fediblog.protocol.incoming.tags import Emoji, emojis_of
from fediblog.protocol.incoming.values import (
    Document,
    first_type,
    ids,
    is_public,
    many,
    natural,
    objects,
    one_id,
    plain,
)

MAX_OBJECTS: Final = 100
_MAX_CONTENT: Final = 5000

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity with its object in whichever form it came.

    object_id: the id of the object, empty when it has none; object_ids: all of them, for a Flag.
    note, person and inner are set when the object came embedded and is one; inner is the activity
    inside an Undo, or inside what a group announces. content: a report's words, or the emoji of a
    reaction. instrument: what is to be done with the object, for a QuoteRequest; quoting: that
    same thing when it came embedded. target: where somebody moves. has_proof: it carries a
    signature of its own, by which others may know it from whomever it comes. addressees: what is in
    `to` and `cc`.
    """

    id: str
    type: str
    actor: str
    object_id: str
    object_type: str
    object_ids: tuple[str, ...]
    note: Note | None
    person: Actor | None
    inner: "Activity | None"
    public: bool
    content: str
    emojis: tuple[Emoji, ...]
    target: str
    instrument: str
    quoting: Note | None
    has_proof: bool
    addressees: tuple[str, ...]


def parse_activity(document: Document, *, with_note: bool = True) -> Activity:
    """Raises Malformed unless it has a type, one actor, and an id on the actor's host (0.1, K7).

    A Flag may come without an id (G12). with_note: False for who only needs to know who sends what
    kind of thing: a note takes as long to read as the rest together.
    """
    kind = first_type(document)
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
    return _activity(document, kind, activity_id, actor, with_note=with_note)


def object_documents(document: Document) -> list[Document]:
    """The embedded objects of an activity: GoToSocial sends poll votes as several (C4)."""
    return objects(document.get("object"), MAX_OBJECTS)


def _activity(
    document: Document, kind: str, activity_id: str, actor: str, *, with_note: bool = True
) -> Activity:
    embedded = next(iter(object_documents(document)), None)
    object_type = first_type(embedded)
    instrument = next(iter(objects(document.get("instrument"), 1)), None)
    return Activity(
        id=activity_id,
        type=kind,
        actor=actor,
        object_id=one_id(document.get("object")),
        object_type=object_type,
        object_ids=tuple(ids(document.get("object")))[:MAX_OBJECTS],
        note=_note_of(document, embedded) if with_note and object_type in REPLY_TYPES else None,
        person=_lenient(parse_actor, embedded) if object_type in ACTOR_TYPES else None,
        inner=_inner(embedded),
        public=is_public(document),
        content=_content(document),
        emojis=tuple(emojis_of(document)),
        target=one_id(document.get("target")),
        instrument=one_id(document.get("instrument")),
        quoting=_lenient(parse_note, instrument),
        has_proof=any(objects(document.get(name), 1) for name in ("signature", "proof")),
        addressees=(*many(document, "to"), *many(document, "cc")),
    )


def _content(document: Document) -> str:
    """What is said with it. Misskey repeats the emoji of a reaction under a name of its own."""
    return (natural(document, "content")[0] or plain(document.get("_misskey_reaction")))[
        :_MAX_CONTENT
    ]


def _note_of(activity: Document, embedded: Document | None) -> Note | None:
    """The note inside an activity, which is addressed by it if it is not by itself (C2)."""
    note = _lenient(parse_note, embedded)
    if note and embedded and "to" not in embedded and "cc" not in embedded:
        return replace(note, public=is_public(activity))
    return note


def _lenient(parse: Callable[[Document], Parsed], document: Document | None) -> Parsed | None:
    """An embedded object that does not hold is as good as none: the handler decides."""
    if document is None:
        return None
    try:
        return parse(document)
    except Malformed:
        return None


def _inner(document: Document | None) -> Activity | None:
    """The activity inside an Undo or an Announce, one level deep: its id may be missing or
    anything."""
    if document is None or not (actor := one_id(document.get("actor"))):
        return None
    flat = {name: value for name, value in document.items() if name not in {"object", "instrument"}}
    return replace(
        _activity(flat, first_type(document), one_id(document.get("id")), actor),
        object_id=one_id(document.get("object")),
        object_ids=tuple(ids(document.get("object")))[:MAX_OBJECTS],
        instrument=one_id(document.get("instrument")),
    )
