"""Notes that people on the demo server wrote, and their documents in Mastodon's shape."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from fediblog.demo.emojis import CustomEmoji, emoji_tag
from fediblog.demo.people import Person, anchor
from fediblog.protocol.incoming import PUBLIC
from fediblog.protocol.outgoing import AS_CONTEXT, CONTEXT, Document, timestamp

Visibility = Literal["public", "unlisted", "followers", "direct"]
Listing = Literal["mastodon", "embedded", "paged", "none"]
"""How the replies to a note are listed: as on Mastodon; all in one document, the server's own as
whole objects; in an ordered collection with small pages; or not at all, as on Misskey."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Somebody who is named in a note. handle: user@host, without a leading @."""

    id: str
    url: str
    handle: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or another file. description: alt text."""

    url: str
    media_type: str
    description: str = ""
    blurhash: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """What a note asks. voters: people, who may have chosen several."""

    options: tuple[str, ...]
    votes: tuple[int, ...]
    several: bool = False
    voters: int | None = None
    closes: datetime | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Extras:
    """What may stand beside the words of a note. warning: plain text."""

    warning: str = ""
    sensitive: bool = False
    emojis: tuple[CustomEmoji, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    poll: Poll | None = None


NOTHING_ELSE: Final = Extras()


@dataclass(frozen=True, slots=True)
class Note:
    """One note. html: without its mentions. recipients: ids of the actors to whom it was sent.
    conversation: the id of its thread, which servers copy from what is answered. listing: how what
    answers it is listed; context: where the whole thread is, empty for nowhere. quotes: the id of
    what it quotes; authorization: of the permission for that.
    """

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
    extras: Extras = NOTHING_ELSE
    listing: Listing = "mastodon"
    context: str = ""
    quotes: str = ""
    authorization: str = ""

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
    extras = note.extras
    edited = {} if note.updated is None else {"updated": timestamp(note.updated)}
    return {
        "@context": CONTEXT,
        "id": note.id,
        "type": "Question" if extras.poll else "Note",
        "summary": extras.warning or None,
        "inReplyTo": note.in_reply_to,
        "published": timestamp(note.published),
        **edited,
        "url": note.url,
        "attributedTo": note.author.id,
        **audience(note),
        "sensitive": extras.sensitive or bool(extras.warning),
        "content": content,
        "contentMap": {note.author.language: content},
        "attachment": [_attachment(each) for each in extras.attachments],
        "tag": [
            *(
                {"type": "Mention", "href": someone.id, "name": f"@{someone.handle}"}
                for someone in note.mentions
            ),
            *(emoji_tag(each) for each in extras.emojis),
        ],
        **(_choices(extras.poll) if extras.poll else {}),
        **_replies(note, own_replies),
        **({"conversation": note.conversation} if note.conversation else {}),
        **({"context": note.context} if note.context else {}),
        **_quote(note),
    }


def mastodon_replies(note: Note, own_replies: Sequence[str]) -> Document:
    """The collection of the replies, with the author's own in the page embedded in it (C7)."""
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


def replies_page(note: Note, items: Sequence[str]) -> Document:
    """The page of the replies by others, to which the embedded one leads (C7)."""
    return {
        "@context": AS_CONTEXT,
        "id": f"{note.id}/replies?only_other_accounts=true&page=true",
        "type": "CollectionPage",
        "partOf": f"{note.id}/replies",
        "items": list(items),
    }


def tombstone(note: Note) -> Document:
    """What is left of a deleted note."""
    return {
        "@context": AS_CONTEXT,
        "id": note.id,
        "type": "Tombstone",
        **({} if note.deleted is None else {"deleted": timestamp(note.deleted)}),
    }


def _attachment(attachment: Attachment) -> Document:
    size = {"width": attachment.width, "height": attachment.height} if attachment.width else {}
    return {
        "type": "Document",
        "mediaType": attachment.media_type,
        "url": attachment.url,
        "name": attachment.description or None,
        **({"blurhash": attachment.blurhash} if attachment.blurhash else {}),
        **size,
    }


def _choices(poll: Poll) -> Document:
    """A poll as Mastodon sends it (requirement I7)."""
    options = [
        {
            "type": "Note",
            "name": name,
            "replies": {"type": "Collection", "totalItems": votes},
        }
        for name, votes in zip(poll.options, poll.votes, strict=True)
    ]
    times = {"endTime": timestamp(poll.closes)} if poll.closes else {}
    if poll.closes and poll.closed:
        times["closed"] = times["endTime"]
    voters = sum(poll.votes) if poll.voters is None else poll.voters
    return {"anyOf" if poll.several else "oneOf": options, "votersCount": voters, **times}


def _content(note: Note) -> str:
    """The HTML with the mentions in front of its first words, where composers put them."""
    mentions = "".join(
        anchor(someone.url, someone.handle.partition("@")[0]) + " " for someone in note.mentions
    )
    quote = f'<p class="quote-inline">RE: <a href="{note.quotes}">{note.quotes}</a></p>'
    above = quote if note.quotes else ""
    if note.html.startswith("<p>"):
        return f"{above}<p>{mentions}{note.html.removeprefix('<p>')}"
    return above + (f"<p>{mentions}</p>{note.html}" if mentions else note.html)


def _quote(note: Note) -> Document:
    """What it quotes, under the names that Mastodon gives it (E11d)."""
    if not note.quotes:
        return {}
    names = ("quote", "_misskey_quote", "quoteUri")
    stamp = {"quoteAuthorization": note.authorization} if note.authorization else {}
    return dict.fromkeys(names, note.quotes) | stamp


def _replies(note: Note, own_replies: Sequence[str]) -> Document:
    """Where the replies are, as a part of the note: an object with a page, or an address."""
    match note.listing:
        case "mastodon":
            return {"replies": mastodon_replies(note, own_replies)}
        case "none":
            return {}
        case _:
            return {"replies": f"{note.id}/replies"}
