"""Notes that people on the demo server wrote, and their documents in Mastodon's shape."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fediblog.demo.people import Person, anchor
from fediblog.protocol.incoming import PUBLIC
from fediblog.protocol.outgoing import AS_CONTEXT, CONTEXT, Document, timestamp

Visibility = Literal["public", "unlisted", "followers", "direct"]


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Somebody who is named in a note. handle: user@host, without a leading @."""

    id: str
    url: str
    handle: str


@dataclass(frozen=True, slots=True)
class CustomEmoji:
    """A picture that stands for a word. name: with its colons."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Note:
    """One note. html: without its mentions. recipients: ids of the actors to whom it was sent.
    conversation: the id of its thread, which servers copy from what is answered."""

    id: str
    url: str
    author: Person
    html: str
    in_reply_to: str | None
    to: Visibility
    mentions: tuple[Mentioned, ...]
    recipients: tuple[str, ...]
    published: datetime
    updated: datetime | None = None
    deleted: datetime | None = None
    conversation: str = ""

    @property
    def open_to_all(self) -> bool:
        """Whether anybody may read it."""
        return self.to in {"public", "unlisted"}


def audience(note: Note) -> Document:
    """`to` and `cc` by visibility, as Mastodon sets them (requirement C2)."""
    followers = note.author.followers
    mentioned = [someone.id for someone in note.mentions]
    match note.to:
        case "public":
            return {"to": [PUBLIC], "cc": [followers, *mentioned]}
        case "unlisted":
            return {"to": [followers], "cc": [PUBLIC, *mentioned]}
        case "followers":
            return {"to": [followers], "cc": mentioned}
        case "direct":
            return {"to": mentioned, "cc": []}


def note_document(note: Note, own_replies: Sequence[str] = ()) -> Document:
    """The note. own_replies: ids of what the author answered, which is the embedded page (C7)."""
    content = _content(note)
    edited = {} if note.updated is None else {"updated": timestamp(note.updated)}
    return {
        "@context": CONTEXT,
        "id": note.id,
        "type": "Note",
        "summary": None,
        "inReplyTo": note.in_reply_to,
        "published": timestamp(note.published),
        **edited,
        "url": note.url,
        "attributedTo": note.author.id,
        **audience(note),
        "sensitive": False,
        "content": content,
        "contentMap": {note.author.language: content},
        "attachment": [],
        "tag": [
            {"type": "Mention", "href": someone.id, "name": f"@{someone.handle}"}
            for someone in note.mentions
        ],
        "replies": _replies(note, own_replies),
        **({"conversation": note.conversation} if note.conversation else {}),
    }


def replies_page(note: Note, items: Sequence[str]) -> Document:
    """The page of the replies by others, to which the embedded one leads (C7)."""
    return {
        "@context": AS_CONTEXT,
        "id": f"{note.id}/replies?only_other_accounts=true&page=true",
        "type": "CollectionPage",
        "partOf": f"{note.id}/replies",
        "items": list(items),
    }


def emoji_tag(emoji: CustomEmoji) -> Document:
    """An emoji as it stands in a `tag` (requirement I4)."""
    return {
        "id": None,
        "type": "Emoji",
        "name": emoji.name,
        "icon": {"type": "Image", "mediaType": "image/png", "url": emoji.url},
    }


def tombstone(note: Note) -> Document:
    """What is left of a deleted note."""
    return {
        "@context": AS_CONTEXT,
        "id": note.id,
        "type": "Tombstone",
        **({} if note.deleted is None else {"deleted": timestamp(note.deleted)}),
    }


def _content(note: Note) -> str:
    """The HTML with the mentions in front of its first words, where composers put them."""
    mentions = "".join(
        anchor(someone.url, someone.handle.partition("@")[0]) + " " for someone in note.mentions
    )
    if note.html.startswith("<p>"):
        return f"<p>{mentions}{note.html.removeprefix('<p>')}"
    return f"<p>{mentions}</p>{note.html}" if mentions else note.html


def _replies(note: Note, own_replies: Sequence[str]) -> Document:
    return {
        "id": f"{note.id}/replies",
        "type": "Collection",
        "first": {
            "type": "CollectionPage",
            "next": f"{note.id}/replies?only_other_accounts=true&page=true",
            "partOf": f"{note.id}/replies",
            "items": list(own_replies),
        },
    }
