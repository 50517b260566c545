"""Everything that the demo server is and knows; tests read it, and set what it shall do wrong."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import NamedTuple

import httpx
from starlette.responses import Response

from fediblog.clock import Clock, utc_now
from fediblog.demo.cast import CAST, Character
from fediblog.demo.keyring import Keyring
from fediblog.demo.mail import Mail
from fediblog.demo.notes import Listing, Note
from fediblog.demo.people import Person, instance_actor, settle
from fediblog.errors import NotFound, RequestError
from fediblog.protocol.incoming import is_public
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import Document


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery whose signature held.

    inbox: the path it came to, "/inbox" for the shared one. headers: as they came. signer: who has
    sent it, who may only have handed it on.
    """

    activity: Document
    key_id: str
    inbox: str
    body: bytes
    headers: tuple[tuple[str, str], ...]
    signer: str


@dataclass(frozen=True, slots=True)
class InboxAnswer:
    """What to answer a delivery with. retry_after: seconds."""

    status: int
    retry_after: int | None = None


class Asked(NamedTuple):
    """A request that came. key_id: of its signature, not yet checked, None without one."""

    method: str
    path: str
    key_id: str | None


InboxHook = Callable[[str], InboxAnswer | int | None]
"""path of the inbox -> what to answer, None for the usual 202."""


class State:
    """What the server holds.

    people: by name. notes: what they wrote, by id, also what is deleted. known: documents of
    others, by id. followers and following: actor ids by name. posted: what has appeared in
    communities, as ids by the community's name.

    received: deliveries that were taken; turned_away: such that were genuine, and answered by
    `status_for_inbox` with a failure; refused: why others were not believed. requests: all of
    them, in order. unchanged: paths that were asked for and were as the asker had them.

    To be set: status_for_inbox, a list of answers that are used up one by one, or a function;
    delay, seconds before every answer; gone, names of people whose actor answers 410;
    require_signed_fetch, secure mode; down, 503 to everybody; listing, how replies to new notes are
    listed; offers_contexts, whether whole threads are; copies_conversation, whether notes belong
    to the thread of what they answer; responses, what is answered at a path instead of anything
    else; patience, see Mail.
    """

    def __init__(
        self,
        origin: str,
        *,
        client: httpx.AsyncClient | None = None,
        clock: Clock = utc_now,
        cast: Iterable[Character] = CAST,
        new_key: Callable[[], PrivateKey] = PrivateKey.generate,
    ) -> None:
        self.origin = origin
        self.clock = clock
        self.people = {each.name: settle(each, origin, new_key(), clock()) for each in cast}
        self.instance: Person = instance_actor(origin, new_key(), clock())
        self.mail = Mail(client, clock)
        self.keyring = Keyring(self.mail, self.instance)
        self.notes: dict[str, Note] = {}
        self.known: dict[str, Document] = {}
        self.followers: dict[str, set[str]] = {name: set() for name in self.people}
        self.following: dict[str, set[str]] = {name: set() for name in self.people}
        self.posted: dict[str, list[str]] = {name: [] for name in self.people}
        self.received: list[Received] = []
        self.turned_away: list[Received] = []
        self.refused: list[RequestError] = []
        self.requests: list[Asked] = []
        self.status_for_inbox: deque[InboxAnswer | int] | InboxHook = deque()
        self.delay = 0.0
        self.gone: set[str] = set()
        self.require_signed_fetch = False
        self.down = False
        self.listing: Listing = "mastodon"
        self.offers_contexts = False
        self.copies_conversation = False
        self.unchanged: list[str] = []
        self.responses: dict[str, Response] = {}
        self._counter = count(1)

    def person(self, name: str) -> Person:
        """Somebody by name. NotFound for nobody of ours."""
        person = self.people.get(name)
        if person is None:
            raise NotFound
        return person

    def local(self, actor_id: str) -> Person | None:
        """Somebody of ours by actor id."""
        return next((each for each in self.people.values() if each.id == actor_id), None)

    def replies_to(self, object_id: str) -> Sequence[str]:
        """Ids of the public replies that the server knows, its own people's first."""
        ours = [
            note.id
            for note in self.notes.values()
            if note.in_reply_to == object_id and note.open_to_all and note.deleted is None
        ]
        theirs = [
            each
            for each, found in self.known.items()
            if found.get("inReplyTo") == object_id and is_public(found)
        ]
        return ours + theirs

    def context_of(self, conversation: str) -> str:
        """Where the server lists a whole thread."""
        return f"{self.origin}/contexts/{sha256(conversation.encode()).hexdigest()[:16]}"

    def thread_of(self, context: str) -> Sequence[str]:
        """Ids of the public notes in a thread that the server knows."""
        ours = [
            note.id
            for note in self.notes.values()
            if note.context == context and note.open_to_all and note.deleted is None
        ]
        theirs = [
            each
            for each, found in self.known.items()
            if self.context_of(str(found.get("conversation"))) == context and is_public(found)
        ]
        return ours + theirs

    def next_number(self) -> str:
        """A number for an id: never the same, also not after a restart, and in order of time."""
        milliseconds = int(self.clock().timestamp() * 1000)
        return str((milliseconds << 16) + next(self._counter))

    def answer_for(self, inbox: str) -> InboxAnswer:
        """What `status_for_inbox` has for the next delivery."""
        if callable(self.status_for_inbox):
            chosen = self.status_for_inbox(inbox)
        else:
            chosen = self.status_for_inbox.popleft() if self.status_for_inbox else None
        if chosen is None:
            return InboxAnswer(202)
        return InboxAnswer(chosen) if isinstance(chosen, int) else chosen
