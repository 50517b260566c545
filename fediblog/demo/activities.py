"""Activities as Mastodon builds them."""

from fediblog.demo.emojis import CustomEmoji, emoji_tag
from fediblog.demo.notes import Note, audience, note_document, tombstone
from fediblog.demo.people import Person
from fediblog.protocol.incoming import PUBLIC
from fediblog.protocol.outgoing import AS_CONTEXT, CONTEXT, Document, timestamp


def create(note: Note) -> Document:
    """A note is new."""
    return {
        "@context": CONTEXT,
        "id": f"{note.id}/activity",
        "type": "Create",
        "actor": note.author.id,
        "published": timestamp(note.published),
        **audience(note),
        "object": _embedded(note_document(note)),
    }


def update(note: Note) -> Document:
    """A note was edited; each edit has an id of its own."""
    edited = timestamp(note.updated or note.published)
    return create(note) | {
        "id": f"{note.id}#updates/{edited}",
        "type": "Update",
        "published": edited,
    }


def delete(note: Note) -> Document:
    """A note is gone."""
    return {
        "@context": AS_CONTEXT,
        "id": f"{note.id}#delete",
        "type": "Delete",
        "actor": note.author.id,
        "to": [PUBLIC],
        "object": _embedded(tombstone(note)),
    }


def quote_request(note: Note) -> Document:
    """Asks whether a note may quote what it quotes; the note is embedded (E11b)."""
    return {
        "@context": CONTEXT,
        "id": f"{note.id}#quote",
        "type": "QuoteRequest",
        "actor": note.author.id,
        "object": note.quotes,
        "instrument": _embedded(note_document(note)),
    }


def delete_person(person: Person) -> Document:
    """A whole account is gone."""
    return {
        "@context": AS_CONTEXT,
        "id": f"{person.id}#delete",
        "type": "Delete",
        "actor": person.id,
        "to": [PUBLIC],
        "object": person.id,
    }


def follow(person: Person, activity_id: str, target: str) -> Document:
    """A person wants to follow an actor."""
    return _plain("Follow", person, activity_id, target)


def like(person: Person, activity_id: str, target: str) -> Document:
    """A person likes an object; nobody is addressed (G7)."""
    return _plain("Like", person, activity_id, target)


def emoji_react(
    person: Person, activity_id: str, target: str, emoji: CustomEmoji | str
) -> Document:
    """A person reacts with an emoji, as Pleroma says it (FEP-c0e0)."""
    return _plain("EmojiReact", person, activity_id, target) | _reaction(emoji)


def misskey_like(
    person: Person, activity_id: str, target: str, emoji: CustomEmoji | str
) -> Document:
    """A person reacts with an emoji, as Misskey says it (G8)."""
    reaction = _reaction(emoji)
    like = _plain("Like", person, activity_id, target)
    return like | reaction | {"_misskey_reaction": reaction["content"]}


def announce(person: Person, activity_id: str, target: str, author: str, moment: str) -> Document:
    """A person boosts an object. author: whose it is."""
    return _plain("Announce", person, activity_id, target) | {
        "published": moment,
        "to": [PUBLIC],
        "cc": [author, person.followers],
    }


def block(person: Person, activity_id: str, target: str) -> Document:
    """A person blocks an actor, who is told."""
    return _plain("Block", person, activity_id, target) | {"to": target}


def move(person: Person, activity_id: str, target: str) -> Document:
    """A person has another account from now on."""
    return _plain("Move", person, activity_id, person.id) | {
        "target": target,
        "to": person.followers,
    }


def flag(instance: Person, activity_id: str, objects: list[str], words: str) -> Document:
    """A server reports something, on behalf of somebody whom it does not name (G12)."""
    return {
        "@context": AS_CONTEXT,
        "id": activity_id,
        "type": "Flag",
        "actor": instance.id,
        "content": words,
        "object": objects,
    }


def undo(person: Person, activity: Document) -> Document:
    """Takes an activity back, which is embedded (G6)."""
    addressees: Document = {field: activity[field] for field in ("to", "cc") if field in activity}
    return {
        "@context": AS_CONTEXT,
        "id": f"{activity['id']}/undo",
        "type": "Undo",
        "actor": person.id,
        **addressees,
        "object": _embedded(activity),
    }


def accept(person: Person, activity_id: str, activity: Document) -> Document:
    """Lets a follower in; the Follow is embedded (G5)."""
    return {
        "@context": AS_CONTEXT,
        "id": activity_id,
        "type": "Accept",
        "actor": person.id,
        "object": _embedded(activity),
    }


def _reaction(emoji: CustomEmoji | str) -> Document:
    if isinstance(emoji, str):
        return {"content": emoji}
    return {"content": emoji.name, "tag": [emoji_tag(emoji)]}


def _plain(kind: str, person: Person, activity_id: str, target: str) -> Document:
    return {
        "@context": AS_CONTEXT,
        "id": activity_id,
        "type": kind,
        "actor": person.id,
        "object": target,
    }


def _embedded(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "@context"}
