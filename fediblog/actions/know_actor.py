"""Get to know somebody: their actor document, their keys, and the handle that they may use."""

import re
from collections.abc import Sequence

from fediblog.actions.rules import refusal
from fediblog.actions.use_emojis import use_emojis
from fediblog.blog import Blog
from fediblog.domain.plaintext import plain_line
from fediblog.errors import Malformed, RemoteError, RemoteInvalid
from fediblog.known_keys import changed_key
from fediblog.protocol import incoming
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.discovery import subject_and_actor
from fediblog.store import actors
from fediblog.store.actors import Actor, NewActor
from fediblog.store.database import Transaction
from fediblog.store.moments import to_ms

_REFRESH_AFTER_MS = 7 * 24 * 3600 * 1000
_ASK_HANDLE_AGAIN_MS = 24 * 3600 * 1000
_WEBFINGER_SECONDS = 5.0
#: What is shown as a handle must look like one, whatever WebFinger says.
_HANDLE = re.compile(r"[\w.~+-]{1,100}@[\w.:\[\]-]{1,300}")


async def know_actor(blog: Blog, uri: str) -> Actor:
    """The actor with this id: as stored, or fetched when unknown or last seen a week ago.

    An old copy is kept when the origin cannot be asked. Raises RemoteError for somebody unknown
    who cannot be had, and for somebody who is gone and has not come back; RemoteInvalid for whoever
    the author has blocked (K17).
    """
    stored = await actors.get_actor(blog.db, uri)
    if reason := await refusal(blog, uri, stored.handle if stored else ""):
        raise RemoteInvalid(detail=f"not taken: {reason}")
    known = await _known(blog, uri, stored)
    if known is stored:
        return known
    # Whoever is blocked by a handle is only known by it now.
    if reason := await refusal(blog, uri, known.handle):
        raise RemoteInvalid(detail=f"not taken: {reason}")
    return known


async def _known(blog: Blog, uri: str, stored: Actor | None) -> Actor:
    if stored and stored.gone_at:
        return await _with_handle(blog, await fetch_actor(blog, uri))
    if stored and blog.now_ms() - stored.fetched_at < _REFRESH_AFTER_MS:
        return await _with_handle(blog, stored)
    try:
        return await _with_handle(blog, await fetch_actor(blog, uri))
    except RemoteError:
        if stored:
            return stored
        raise


async def fetch_actor(blog: Blog, uri: str) -> Actor:
    """Fetch an actor from its origin and store it with its keys. Raises RemoteError."""
    return await store_actor(blog, await fetch_person(blog, uri))


async def fetch_person(blog: Blog, uri: str, *, deadline: float = 10.0) -> incoming.Actor:
    """What an actor's own document says. Raises RemoteError."""
    found = await blog.remote.get_document(uri, sign=blog.sign_as_instance(), deadline=deadline)
    if authority_of(found.url) != authority_of(uri):
        raise RemoteInvalid(detail=f"{uri} leads to another host: {found.url}")
    try:
        return incoming.parse_actor(found.document)
    except Malformed as error:
        raise RemoteInvalid(detail=f"{uri} is no actor: {error}") from error


async def store_actor(blog: Blog, person: incoming.Actor) -> Actor:
    """Store what an actor's own document says, keys included; only its own host's keys count."""
    now = blog.now_ms()
    async with blog.db.transaction() as tx:
        number = await actors.set_actor(tx, _new(blog, person), now)
        changed = await _store_keys(tx, person, number, now)
        tx.told.update(map(changed_key, changed))
        stored = await actors.get_actor_by_number(tx, number)
    if stored is None:
        raise RemoteInvalid(detail=f"{person.id} was not stored")
    return stored


async def _store_keys(
    tx: Transaction, person: incoming.Actor, number: int, now: int
) -> Sequence[str]:
    """The ids of the keys that were written, or taken away: a key that its owner lists no longer
    may have been stolen. A document without any key says nothing of them."""
    own = [
        key
        for key in person.keys
        if key.owner == person.id and authority_of(key.id) == authority_of(person.id)
    ]
    for key in own:
        await actors.set_key(tx, key.id, number, key.pem, now)
    kept = [*(key.id for key in own), *person.key_ids]
    return [*kept, *(await actors.remove_other_keys(tx, number, kept) if own else [])]


async def _with_handle(blog: Blog, actor: Actor) -> Actor:
    """The actor with its handle, asked for once a day at most while WebFinger does not agree."""
    now = blog.now_ms()
    if actor.handle or (actor.handle_at and now - actor.handle_at < _ASK_HANDLE_AGAIN_MS):
        return actor
    handle = await _confirmed_handle(blog, actor)
    async with blog.db.transaction() as tx:
        await actors.set_handle(tx, actor.id, handle, now)
        return await actors.get_actor_by_number(tx, actor.id) or actor


async def _confirmed_handle(blog: Blog, actor: Actor) -> str:
    """user@host if WebFinger leads from the handle back to this very actor, else empty (K14).

    When the server names another host (a split domain, E4), that host has to agree as well.
    """
    wanted = f"{actor.username}@{actor.authority}"
    subject = await _subject(blog, wanted, actor)
    if subject.lower() == wanted.lower():
        return wanted
    user, _, host = subject.partition("@")
    if not user or not host or authority_of(f"https://{host}") != host.lower():
        return ""
    return subject if (await _subject(blog, subject, actor)).lower() == subject.lower() else ""


async def _subject(blog: Blog, handle: str, actor: Actor) -> str:
    """The handle that a host gives for a handle, if it means this actor; else empty."""
    host = handle.rpartition("@")[2]
    try:
        descriptor = await blog.remote.webfinger(
            f"acct:{handle}", host, deadline=_WEBFINGER_SECONDS
        )
    except RemoteError:
        return ""
    subject, self_link = subject_and_actor(descriptor)
    named = subject.removeprefix("acct:")
    return named if self_link == actor.uri and _HANDLE.fullmatch(named) else ""


def _new(blog: Blog, person: incoming.Actor) -> NewActor:
    username = plain_line(person.preferred_username, 100) or "unknown"
    name = plain_line(person.name, 200) or username
    emojis = use_emojis(blog, [name], person.emojis)
    return NewActor(
        uri=person.id,
        authority=authority_of(person.id),
        type=person.type,
        username=username,
        name=name,
        page_url=person.url,
        icon_url=person.icon,
        inbox=person.inbox,
        shared_inbox=person.shared_inbox,
        created_at=to_ms(person.published) if person.published else None,
        emojis=emojis.written(),
        pictures=list(emojis.pictures.values()),
    )
