"""A small fediverse server whose people do what they are told, through real signed requests."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
from starlette.applications import Starlette

from fediblog.clock import Clock, utc_now
from fediblog.demo import activities
from fediblog.demo.application import create_application
from fediblog.demo.cast import CAST, Character
from fediblog.demo.emojis import CustomEmoji
from fediblog.demo.notes import NOTHING_ELSE, Extras, Mentioned, Note, Visibility
from fediblog.demo.people import Person
from fediblog.demo.sealing import Seal
from fediblog.demo.state import State
from fediblog.errors import Conflict
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import Document, one_id, parse_note
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import encode, timestamp
from fediblog.protocol.signatures import Scheme

_LATER = timedelta(milliseconds=1)


class DemoServer(State):
    """The server and its people's deeds.

    Each deed raises a RemoteError when the other side cannot be reached or answers with a failure.
    Whatever it made is stored first, so it stays when the delivery fails.
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
        super().__init__(origin, client=client, clock=clock, cast=cast, new_key=new_key)
        self.app: Starlette = create_application(self)
        self._sent: dict[tuple[str, str, str], Document] = {}

    async def follow(self, name: str, actor_id: str, *, activity_id: str | None = None) -> Document:
        """Ask to follow an actor; the activity."""
        person = self.person(name)
        follow_id = activity_id or self._activity_id(person, "follows")
        activity = activities.follow(person, follow_id, actor_id)
        return await self._do(person, activity, [actor_id])

    async def undo_follow(self, name: str, actor_id: str) -> Document:
        """Follow no longer; the Undo."""
        self.following[name].discard(actor_id)
        return await self._undo("Follow", name, actor_id, [actor_id])

    async def like(self, name: str, object_id: str) -> Document:
        """Like an object; the activity."""
        person = self.person(name)
        activity = activities.like(person, self._activity_id(person, "likes"), object_id)
        return await self._do(person, activity, [await self._author(object_id, person)])

    async def undo_like(self, name: str, object_id: str) -> Document:
        """Like it no longer; the Undo."""
        author = await self._author(object_id, self.person(name))
        return await self._undo("Like", name, object_id, [author])

    async def react(
        self, name: str, object_id: str, emoji: CustomEmoji | str, *, misskey: bool = False
    ) -> Document:
        """React with an emoji, as Pleroma's people do or as Misskey's; the activity."""
        person = self.person(name)
        make = activities.misskey_like if misskey else activities.emoji_react
        activity = make(person, self._activity_id(person, "reactions"), object_id, emoji)
        author = await self._author(object_id, person)
        await self._send(person, activity, [author], shared=False)
        return activity

    async def take_back(self, name: str, activity: Document, *, by_id: bool = False) -> Document:
        """Undo an activity, which is embedded or named by its id (G6); the Undo."""
        person = self.person(name)
        undo = activities.undo(person, activity)
        if by_id:
            undo["object"] = activity["id"]
        author = await self._author(activity["object"], person)
        await self._send(person, undo, [author], shared=False)
        return undo

    async def announce(self, name: str, object_id: str) -> Document:
        """Boost an object; the activity."""
        person = self.person(name)
        author = await self._author(object_id, person)
        boost_id = f"{person.id}/statuses/{self.next_number()}/activity"
        moment = timestamp(self.clock())
        activity = activities.announce(person, boost_id, object_id, author, moment)
        return await self._do(person, activity, [author], shared=True)

    async def undo_announce(self, name: str, object_id: str) -> Document:
        """Boost it no longer; the Undo."""
        author = await self._author(object_id, self.person(name))
        return await self._undo("Announce", name, object_id, [author])

    async def block(self, name: str, actor_id: str) -> Document:
        """Block an actor; the activity."""
        person = self.person(name)
        activity = activities.block(person, self._activity_id(person, "blocks"), actor_id)
        return await self._do(person, activity, [actor_id])

    async def undo_block(self, name: str, actor_id: str) -> Document:
        """Block it no longer; the Undo."""
        return await self._undo("Block", name, actor_id, [actor_id])

    async def move(self, name: str, target: str, recipients: Sequence[str]) -> Document:
        """Have the account `target` from now on, and tell the actors in recipients; the activity.

        The new account has to agree, see `Person.also_known_as`.
        """
        person = self.person(name)
        activity = activities.move(person, self._activity_id(person, "moves"), target)
        return await self._do(person, activity, recipients, shared=True)

    async def report(self, actor_id: str, objects: Sequence[str], words: str = "") -> Document:
        """Report an actor with some of its objects, as the server itself; the activity."""
        report_id = f"{self.origin}/reports/{self.next_number()}"
        activity = activities.flag(self.instance, report_id, [actor_id, *objects], words)
        await self._send(self.instance, activity, [actor_id], shared=False)
        return activity

    async def reply(
        self,
        name: str,
        in_reply_to: str | None,
        html: str,
        *,
        to: Visibility = "public",
        mention: Sequence[str] | None = None,
        note_id: str | None = None,
        published: datetime | None = None,
        deliver: bool = True,
        recipients: Sequence[str] | None = None,
        conversation: str = "",
        extras: Extras = NOTHING_ELSE,
    ) -> Note:
        """Write a note.

        html: without mentions. mention: actor ids; by default, as composers prefill it, the
        author of what is answered and everybody mentioned there (requirement C5). note_id: under
        the person's `/statuses/`, if others shall find it. recipients: ids of the actors to send
        it to; by default whom it mentions and whom it answers. With both given, what is answered
        need not exist. deliver: False only stores it.
        """
        person = self.person(name)
        answered: Sequence[str] = []
        if in_reply_to and (mention is None or recipients is None):
            answered = await self._participants(in_reply_to, person)
        named = [each for each in (answered if mention is None else mention) if each != person.id]
        number = self.next_number()
        note = Note(
            id=note_id or f"{person.id}/statuses/{number}",
            url=f"{person.url}/{note_id.rpartition('/')[2] if note_id else number}",
            author=person,
            html=html,
            in_reply_to=in_reply_to,
            to=to,
            mentions=tuple([await self._mentioned(each, person) for each in named]),
            recipients=tuple([*named, *answered[:1]] if recipients is None else recipients),
            published=published or self.clock(),
            conversation=conversation or await self._conversation(in_reply_to, person),
            extras=extras,
            listing=self.listing,
        )
        if self.offers_contexts and note.conversation:
            note = replace(note, context=self.context_of(note.conversation))
        self.notes[note.id] = note
        if deliver:
            await self.deliver(note)
        return note

    async def quote(
        self,
        name: str,
        object_id: str,
        html: str,
        *,
        to: Visibility = "public",
        ask: bool = True,
        deliver: bool = True,
    ) -> Note:
        """Quote an object in a note of one's own.

        ask: ask its author for the permission. deliver: send the author the note, too, as Mastodon
        does.
        """
        author = await self._author(object_id, self.person(name))
        plain = await self.reply(name, None, html, to=to, recipients=[author], deliver=False)
        note = self.notes[plain.id] = replace(plain, quotes=object_id)
        if ask:
            await self.request_quote(note)
        if deliver:
            await self.deliver(note)
        return note

    async def request_quote(self, note: Note, **fields: object) -> Document:
        """Ask whether a note may quote what it quotes; the activity. fields: put into it."""
        activity = activities.quote_request(note) | fields
        author = await self._author(note.quotes, note.author)
        await self._send(note.author, activity, [author], shared=False)
        return activity

    async def deliver(self, note: Note) -> None:
        """Send a stored note, once more or for the first time."""
        await self._send(note.author, activities.create(note), note.recipients, shared=True)

    async def edit(self, note: Note, html: str) -> Note:
        """Change the text of a note; the note as it is then."""
        current = self.notes[note.id]
        latest = current.updated or current.published
        edited = replace(current, html=html, updated=max(self.clock(), latest + _LATER))
        self.notes[note.id] = edited
        await self._send(note.author, activities.update(edited), note.recipients, shared=True)
        return edited

    async def recount(self, note: Note, votes: tuple[int, ...]) -> Note:
        """More people have voted in a poll: Mastodon sends an Update that is no edit."""
        current = self.notes[note.id]
        if current.extras.poll is None:
            raise Conflict(f"{note.id} is no poll.")
        poll = replace(current.extras.poll, votes=votes)
        counted = replace(current, extras=replace(current.extras, poll=poll))
        self.notes[note.id] = counted
        activity = activities.update(counted)
        activity["id"] = f"{note.id}#updates/{self.next_number()}"
        await self._send(note.author, activity, note.recipients, shared=True)
        return counted

    async def delete(self, note: Note) -> Note:
        """Delete a note; what is left of it."""
        deleted = replace(self.notes[note.id], deleted=self.clock())
        self.notes[note.id] = deleted
        await self._send(note.author, activities.delete(deleted), note.recipients, shared=True)
        return deleted

    async def delete_person(self, name: str, recipients: Sequence[str]) -> Document:
        """Delete an account, and tell the actors in recipients; the activity."""
        person = self.person(name)
        self.gone.add(name)
        return await self._do(person, activities.delete_person(person), recipients, shared=True)

    async def signed_get(self, url: str, name: str | None = None) -> httpx.Response:
        """A GET signed by a person, by default by the instance actor."""
        return await self.mail.get(url, self.person(name) if name else self.instance)

    async def post(
        self,
        name: str,
        inbox: str,
        activity: Document | bytes,
        *,
        headers: Mapping[str, str | None] | None = None,
        extra: Sequence[tuple[str, str]] = (),
        date: datetime | None = None,
        key_id: str | None = None,
        sign_with: PrivateKey | None = None,
        algorithm: str = "rsa-sha256",
        omit: Collection[str] = (),
        scheme: Scheme = Scheme.CAVAGE,
        signed_url: str | None = None,
        signed_body: bytes | None = None,
    ) -> httpx.Response:
        """One delivery, any part of which can be wrong; the answer, whatever it is.

        headers: put in place of what was signed, None to leave one out. extra: sent besides. omit:
        names that the signature does not cover. scheme: how it is signed. signed_url, signed_body:
        what the signature is made for, when another is sent.
        """
        person = self.person(name)
        body = activity if isinstance(activity, bytes) else encode(activity)
        key = sign_with or person.key
        seal = Seal(key_id or person.key_id, key, date or self.clock(), algorithm, omit, scheme)
        signed = seal.headers("POST", signed_url or inbox, signed_body or body)
        sent = [(field, value) for field, value in {**signed, **(headers or {})}.items() if value]
        return await self.mail.post(inbox, body, [*sent, *extra])

    async def aclose(self) -> None:
        """Close the connections to others."""
        await self.mail.aclose()

    async def _do(
        self, person: Person, activity: Document, recipients: Sequence[str], *, shared: bool = False
    ) -> Document:
        """Send an activity, and remember it so that it can be undone."""
        self._sent[activity["type"], person.name, activity["object"]] = activity
        await self._send(person, activity, recipients, shared=shared)
        return activity

    async def _undo(
        self, kind: str, name: str, object_id: str, recipients: Sequence[str]
    ) -> Document:
        done = self._sent.get((kind, name, object_id))
        if done is None:
            raise Conflict(f"{name} has sent no {kind} of {object_id}.")
        person = self.person(name)
        activity = activities.undo(person, done)
        await self._send(person, activity, recipients, shared=kind == "Announce")
        return activity

    async def _send(
        self, sender: Person, activity: Document, recipients: Iterable[str], *, shared: bool
    ) -> None:
        """Deliver to each inbox once; neighbours need no delivery."""
        inboxes: dict[str, None] = {}
        for actor_id in recipients:
            if authority_of(actor_id) != authority_of(self.origin):
                actor = await self.mail.actor(actor_id, sender)
                inboxes[actor.shared_inbox if shared and actor.shared_inbox else actor.inbox] = None
        for inbox in inboxes:
            await self.mail.deliver(inbox, activity, sender)

    async def _participants(self, object_id: str, reader: Person) -> list[str]:
        """The author of an object, then who is mentioned in it."""
        if note := self.notes.get(object_id):
            found = [note.author.id, *(someone.id for someone in note.mentions)]
        else:
            remote = parse_note(await self._remote(object_id, reader))
            found = [remote.attributed_to, *(someone.href for someone in remote.mentions)]
        return list(dict.fromkeys(found))

    async def _conversation(self, object_id: str | None, reader: Person) -> str:
        """The thread's id, taken over from what is answered."""
        if object_id is None or not self.copies_conversation:
            return ""
        if note := self.notes.get(object_id):
            return note.conversation
        return parse_note(await self._remote(object_id, reader)).conversation

    async def _author(self, object_id: str, reader: Person) -> str:
        if note := self.notes.get(object_id):
            return note.author.id
        return one_id((await self._remote(object_id, reader)).get("attributedTo"))

    async def _remote(self, object_id: str, reader: Person) -> Document:
        """An object of another server: as it was delivered, else fetched."""
        found = self.known.get(object_id)
        if found is None:
            found = self.known[object_id] = await self.mail.document(object_id, reader)
        return found

    async def _mentioned(self, actor_id: str, reader: Person) -> Mentioned:
        if person := self.local(actor_id):
            return Mentioned(person.id, person.url, person.handle)
        actor = await self.mail.actor(actor_id, reader)
        handle = f"{actor.preferred_username}@{authority_of(actor.id)}"
        return Mentioned(actor.id, actor.url, handle)

    def _activity_id(self, person: Person, kind: str) -> str:
        return f"{person.id}#{kind}/{self.next_number()}"
