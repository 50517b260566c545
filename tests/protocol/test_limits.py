"""Every property of a document has its limit, and is exactly as long as that (K16)."""

from collections.abc import Callable, Sized
from typing import Any

import pytest

from fediblog.protocol.incoming import Actor, Note, parse_activity, parse_actor, parse_note

_HUGE = "x" * 500_000
_URI = "https://a.example/"
_NOTE = {"id": f"{_URI}1", "type": "Note", "attributedTo": f"{_URI}alice"}
_ACTOR = {"id": f"{_URI}alice", "type": "Person", "inbox": f"{_URI}inbox"}
_POLL = _NOTE | {"type": "Question"}


def _options(count: int, name: str = "Yes") -> list[dict[str, str]]:
    return [{"type": "Note", "name": name} for _ in range(count)]


def _poll(note: Note) -> Sized:
    assert note.poll is not None
    return note.poll.options


@pytest.mark.parametrize(
    ("more", "read", "limit"),
    [
        ({"content": _HUGE}, lambda note: note.content, 400_000),
        ({"contentMap": {"x" * 99: "Text"}}, lambda note: note.language, 35),
        ({"summary": _HUGE}, lambda note: note.summary, 5_000),
        ({"name": _HUGE}, lambda note: note.name, 2_000),
        ({"type": [_HUGE]}, lambda note: note.type, 100),
        (
            {"tag": [{"type": "Mention", "href": f"{_URI}{n}"} for n in range(999)]},
            lambda note: note.mentions,
            100,
        ),
        (
            {"tag": [{"type": "Mention", "href": _URI, "name": _HUGE}]},
            lambda note: note.mentions[0].name,
            300,
        ),
        (
            {"tag": [{"type": "Emoji", "name": _HUGE, "icon": {"url": _URI}}]},
            lambda note: note.emojis,
            0,
        ),
        ({"url": f"{_URI}{_HUGE}"}, lambda note: note.url, len(_NOTE["id"])),
        ({"context": f"{_URI}{_HUGE}"}, lambda note: note.context, 0),
        (
            {"attachment": [{"type": "Image", "url": _URI} for _ in range(999)]},
            lambda note: note.attachments,
            16,
        ),
        (
            {"attachment": [{"url": _URI, "name": _HUGE}]},
            lambda note: note.attachments[0].description,
            2_000,
        ),
        (
            {"attachment": [{"url": _URI, "mediaType": _HUGE}]},
            lambda note: note.attachments[0].media_type,
            100,
        ),
        (
            {"attachment": [{"url": _URI, "blurhash": _HUGE}]},
            lambda note: note.attachments[0].blurhash,
            200,
        ),
        (_POLL | {"oneOf": _options(999)}, _poll, 20),
        (_POLL | {"oneOf": _options(1, _HUGE)}, lambda note: note.poll.options[0].name, 300),
    ],
)
def test_k16_of_a_note_no_more_is_read(
    more: dict[str, Any], read: Callable[[Note], Sized], limit: int
) -> None:
    assert len(read(parse_note(_NOTE | more))) == limit


@pytest.mark.parametrize(
    ("more", "read", "limit"),
    [
        ({"name": _HUGE}, lambda actor: actor.name, 2_000),
        ({"preferredUsername": _HUGE}, lambda actor: actor.preferred_username, 200),
        (
            {"alsoKnownAs": [f"{_URI}{n}" for n in range(999)]},
            lambda actor: actor.also_known_as,
            50,
        ),
        ({"publicKey": [f"{_URI}{n}" for n in range(999)]}, lambda actor: actor.key_ids, 8),
        ({"icon": {"url": f"{_URI}{_HUGE}"}}, lambda actor: actor.icon, 0),
    ],
)
def test_k16_of_an_actor_no_more_is_read(
    more: dict[str, Any], read: Callable[[Actor], Sized], limit: int
) -> None:
    assert len(read(parse_actor(_ACTOR | more))) == limit


def test_k16_of_an_activity_no_more_is_read() -> None:
    many = [f"{_URI}{n}" for n in range(9_999)]
    activity = parse_activity(
        {"id": f"{_URI}1", "type": "Flag", "actor": _ACTOR["id"], "object": many, "to": many}
    )
    assert len(activity.object_ids) == 100
