"""In which texts of a note blocked words are sought: all that readers would see or hear of it."""

from collections.abc import Sequence

from fediblog.domain import media, polls
from fediblog.domain.plaintext import plain_text
from fediblog.protocol.incoming import Note


def said_by(note: Note) -> Sequence[str]:
    """The texts of a note as it comes."""
    return [
        plain_text(note.name),
        plain_text(note.summary),
        plain_text(note.content),
        *(each.description for each in note.attachments),
        *(option.name for option in (note.poll.options if note.poll else ())),
    ]


def said_in(warning: str, html: str, attachments: str, poll: str) -> Sequence[str]:
    """The texts of a reply as it is stored; attachments and poll: its JSON."""
    asked = polls.read(poll)
    return [
        warning,
        plain_text(html),
        *(medium.description for medium in media.read(attachments)),
        *(option.name for option in (asked.options if asked else ())),
    ]
