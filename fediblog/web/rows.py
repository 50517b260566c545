"""Replies as the templates want them: in the order of the tree, with everything worked out."""

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from fediblog.domain.emojis import text_with_emojis
from fediblog.domain.folding import folds
from fediblog.domain.media import BLUR_COLUMNS
from fediblog.domain.media import read as read_media
from fediblog.domain.pictures import ADDRESS
from fediblog.domain.polls import read as read_poll
from fediblog.domain.polls import share
from fediblog.domain.threads import Node, arrange
from fediblog.store.changes import note_end
from fediblog.store.moments import from_ms, maybe_from_ms, to_ms
from fediblog.store.reactions import Tally
from fediblog.store.threads import Order, ThreadReply

_HUES = 12
#: Browsers give up on lists that are nested some hundred levels deep.
_DEEPEST = 50
#: Of a picture that is not here, and whose server does not say how large it is.
_UNKNOWN_SIZE = (640, 480)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside replies. tallies: their reactions, by row number; sizes: (width, height)
    of the pictures that are here, by name; now: the time, for what has an end."""

    tallies: Mapping[int, Sequence[Tally]]
    sizes: Mapping[str, tuple[int, int]]
    now: datetime


class ReplyRow(Row):
    """The row of one reply. What is of the reply itself is worked out when it is first asked for,
    as most of a thread has been shown before (`web/fragments.py`)."""

    def __init__(self, reply: ThreadReply, beside: Beside, *, visible: bool, about: Row) -> None:
        """about: where it stands, and more that is not of the reply itself."""
        self._reply, self._beside, self._about = reply, beside, about
        self._is_whole = not visible
        if visible:
            super().__init__(about, id=reply.id, kind="reply", mine=reply.key is not None)
        else:
            super().__init__(_gone_row(reply) | about)

    def __missing__(self, name: str) -> Any:
        # Whether there is this is asked of every row, to say where it stands.
        if self._is_whole or name == "parent_elsewhere":
            raise KeyError(name)
        self._is_whole = True
        self.update(reply_row(self._reply, self._beside) | self)
        return self[name]

    @property
    def made_of(self) -> Hashable | None:
        """All that the row says. None for that of a poll, as time alone may make it another one,
        which has to be noted for each page that shows it."""
        reply, beside = self._reply, self._beside
        if reply.poll:
            return None
        media = read_media(reply.attachments) if reply.attachments else ()
        sizes = tuple(beside.sizes.get(medium.picture) for medium in media)
        tallies = tuple(beside.tallies.get(reply.id, ()))
        return (reply, self["kind"], sizes, tallies, *self._about.items())


def tree_rows(
    replies: Iterable[ThreadReply],
    page: str,
    beside: Beside,
    *,
    visible: Callable[[ThreadReply], bool],
    extra: Callable[[ThreadReply], Mapping[str, Any]] = lambda reply: {},
    order: Order = "oldest",
    folding: bool = False,
) -> list[Row]:
    """The rows of a thread in order. Those not visible hold the place of what hangs beneath.

    page: the address of the page that the rows stand on. extra: more for each row, such as the
    admin's. order: of the branches; within one it is always that of time. folding: whether
    branches can be folded.
    """
    by_id = {reply.id: reply for reply in replies}
    placed = arrange(
        (
            Node(reply.id, reply.parent_id, _position(reply, order), visible(reply))
            for reply in by_id.values()
        ),
        deepest=_DEEPEST,
    )
    folded = folds(placed) if folding else {}
    rows: list[Row] = []
    open_lists: list[bool] = []
    for item in placed:
        reply = by_id[item.id]
        about: Row = {"depth": item.depth, "opens": item.opens, "fold": folded.get(item.id)}
        about["ends"] = tuple(open_lists.pop() for _ in range(item.closes))
        if item.opens:
            open_lists.append(item.id in folded)
        parent = by_id.get(reply.parent_id or 0)
        if parent is not None:
            about["parent_name"] = parent.name if visible(parent) else None
            about["parent_permalink"] = f"{page}#reply-{parent.id}"
        about |= extra(reply)
        rows.append(ReplyRow(reply, beside, visible=item.visible, about=about))
    return rows


def changed_rows(
    replies: Iterable[ThreadReply],
    beside: Beside,
    *,
    visible: Callable[[ThreadReply], bool],
    extra: Callable[[ThreadReply], Mapping[str, Any]],
) -> list[Row]:
    """Rows for an open page, which finds their places itself: parents before what answers them."""
    rows: list[Row] = []
    for reply in sorted(replies, key=lambda each: (each.depth, each.published_at, each.id)):
        about: Row = {"depth": min(reply.depth, _DEEPEST), "parent_id": None}
        if visible(reply):
            about |= extra(reply)
        rows.append(ReplyRow(reply, beside, visible=visible(reply), about=about))
    return rows


def _position(reply: ThreadReply, order: Order) -> tuple[int, int]:
    """Where a reply stands among its siblings: only branches are sorted as the reader wants."""
    if reply.depth == 0 and order != "oldest":
        return (-(reply.likes if order == "liked" else reply.published_at), -reply.id)
    return (reply.published_at, reply.id)


def reply_row(reply: ThreadReply, beside: Beside) -> Row:
    """One reply with its author. Without an agreed handle the author's host is shown (K14)."""
    mine = reply.key is not None
    return {
        "id": reply.id,
        "kind": "reply",
        "mine": mine,
        "author_name": reply.name or reply.username,
        "author_html": with_emojis(reply.name or reply.username, reply.actor_emojis),
        "handle": f"@{reply.handle}" if reply.handle else reply.authority,
        "author_url": reply.actor_page,
        "avatar_url": f"/media/avatars/{reply.avatar}" if reply.avatar else None,
        "hue": hue(reply.actor_uri),
        "published": from_ms(reply.published_at),
        "edited": maybe_from_ms(reply.updated_at),
        "history_url": f"/replies/{reply.id}/history" if reply.state == "shown" else None,
        "permalink": permalink_of(reply.id),
        "orphan": bool(reply.orphan),
        "original_url": None if mine else reply.page_url,
        "content_html": reply.html,
        "warning": with_emojis(reply.warning, reply.emojis) or None,
        "language": reply.language or None,
        "sensitive": reply.sensitive,
        "pictures": picture_rows(reply, beside),
        "files": file_rows(reply),
        "poll": poll_row(reply, beside),
        "tallies": tally_rows(beside.tallies.get(reply.id, ())),
        "waiting_note": None,
        "depth": 0,
        "opens": False,
        "fold": None,
        "ends": [],
    }


def tally_rows(tallies: Iterable[Tally]) -> list[Row]:
    """Reactions by their looks, each with how many there are."""
    return [
        {
            "kind": each.kind,
            "emoji": each.emoji,
            "picture_url": f"{ADDRESS}{each.picture}" if each.picture else None,
            "count": each.count,
        }
        for each in tallies
    ]


def picture_rows(reply: ThreadReply, beside: Beside) -> list[Row]:
    """The pictures of a reply. url is None for one that is not here, and of a reply that is not
    shown; then there are colours where it would be, each with its place."""
    rows = []
    for medium in read_media(reply.attachments):
        if medium.picture:
            size = beside.sizes.get(medium.picture)
            here = f"{ADDRESS}{medium.picture}" if size and reply.state == "shown" else None
            width, height = size or (medium.width, medium.height)
            rows.append(
                {
                    "url": here,
                    "original_url": medium.url,
                    "description": medium.description,
                    "width": width or _UNKNOWN_SIZE[0],
                    "height": height or _UNKNOWN_SIZE[1],
                    "blur": mosaic(medium.blur),
                }
            )
    return rows


def file_rows(reply: ThreadReply) -> list[Row]:
    """What else is attached to a reply, to be linked."""
    return [
        {
            "url": medium.url,
            "kind": medium.kind,
            "media_type": medium.media_type or None,
            "description": medium.description,
        }
        for medium in read_media(reply.attachments)
        if not medium.picture
    ]


def poll_row(reply: ThreadReply, beside: Beside) -> Row | None:
    """The poll that a reply is, None for any other."""
    poll = read_poll(reply.poll)
    if poll is None:
        return None
    closes = maybe_from_ms(poll.closes)
    note_end(poll.closes, to_ms(beside.now))
    return {
        "options": [
            {
                "name_html": with_emojis(option.name, reply.emojis),
                "votes": option.votes,
                "share": share(poll, option),
            }
            for option in poll.options
        ],
        "several": poll.several,
        "people": poll.people,
        "closes": closes,
        "is_over": closes is not None and closes <= beside.now,
    }


def mosaic(colours: Sequence[str]) -> list[Row]:
    """Colours with the place of each, counted from the upper left."""
    return [
        {"colour": colour, "column": number % BLUR_COLUMNS, "row": number // BLUR_COLUMNS}
        for number, colour in enumerate(colours)
    ]


def with_emojis(text: str, emojis: str) -> Markup:
    """A name or another plain text as HTML, with its custom emoji: JSON of [name, picture]."""
    pairs = json.loads(emojis) if emojis else []
    addresses = {str(name): f"{ADDRESS}{picture}" for name, picture in pairs}
    return Markup(text_with_emojis(text, addresses))  # noqa: S704 - the text is escaped there


def permalink_of(reply_id: int) -> str:
    """The address that leads to a reply wherever in its thread it stands."""
    return f"/replies/{reply_id}"


@lru_cache(maxsize=2048)
def answer_at(uri: str) -> str:
    """Where a reader answers something of this id from an account elsewhere."""
    return f"/interact?uri={quote(uri, safe='')}"


def hue(uri: str) -> int:
    """The colour of an initial: always the same for the same person."""
    return hashlib.sha256(uri.encode()).digest()[0] % _HUES


def _gone_row(reply: ThreadReply) -> Row:
    return {
        "id": reply.id,
        "kind": "gone",
        "mine": False,
        "state": reply.state,
    }
