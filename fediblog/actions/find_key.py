"""Find the public key that a key id names: in memory, in the database, else at its origin."""

from dataclasses import replace

from fediblog.actions.know_actor import fetch_person, store_actor
from fediblog.blog import Blog
from fediblog.errors import (
    Malformed,
    RemoteError,
    RemoteGone,
    RemoteRefused,
    RemoteUnreachable,
    Unauthenticated,
    Unavailable,
)
from fediblog.known_keys import Failure, KnownKey
from fediblog.metrics import KEYS
from fediblog.protocol import incoming
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.keys import PublicKey
from fediblog.remote.documents import Document
from fediblog.store import actors

_DEADLINE_SECONDS = 5.0
#: A key of which its origin has said twice that there is none is not asked for before this. At the
#: first time it may only have been too early, as its owner is just being made.
_ASK_AGAIN_MS = 5 * 60 * 1000
#: Soon, as GoToSocial gives up after a few tries within minutes (N8).
_TRY_AGAIN_SECONDS = 30
_GONE = 410


async def find_key(blog: Blog, key_id: str) -> KnownKey:
    """The key and its owner. At most one fetch, of at most 5 s (plus one for a separate document).

    Raises Unauthenticated when the origin says that there is no such key, and Unavailable when it
    could not be asked: then the sender should try again (requirement B14).
    """
    if blog.db.others.hearing and (known := blog.known_keys.get(key_id)):
        KEYS.labels("memory").inc()
        return known
    forgotten = blog.known_keys.forgotten
    if stored := await actors.get_key(blog.db, key_id):
        known = KnownKey(stored.owner, _parse(stored.pem), stored.fetched_at)
        if blog.known_keys.forgotten == forgotten:
            blog.known_keys.add(key_id, known)
        KEYS.labels("database").inc()
        return known
    KEYS.labels("origin").inc()
    return await fetch_key(blog, key_id)


async def refetch_key(blog: Blog, key_id: str, known: KnownKey) -> KnownKey:
    """The key as its origin has it now, for a signature that does not hold with the known one.

    Raises Unavailable if it was fetched within the last half minute (but not in development mode):
    its owner may have changed it since, and a server like GoToSocial gives up what is refused once
    (B13, N8). What is tried again later is then judged by a key that is newer than the signature.
    """
    recent = blog.now_ms() - known.fetched_at < _TRY_AGAIN_SECONDS * 1000
    if recent and not blog.settings.development:
        raise Unavailable(
            "The signature does not hold with your key as it was a moment ago.",
            retry_after=_TRY_AGAIN_SECONDS,
        )
    return await fetch_key(blog, key_id, known)


async def fetch_key(blog: Blog, key_id: str, known: KnownKey | None = None) -> KnownKey:
    """Ask the origin, once for all who want to know at the same time. Raises as find_key does.

    known: the key that is not good enough. A failure is remembered for five minutes, or for 30 s if
    it may pass or is the first of this key, but not in development mode: until then the answer is
    the same.
    """
    async with blog.known_keys.turn(key_id):
        latest = blog.known_keys.get(key_id)
        if latest is not None and latest is not known:
            return latest
        return await _fetch(blog, key_id)


async def has_actor_gone(blog: Blog, uri: str) -> bool:
    """Whether an actor's origin says that there is no such actor any more (410, or a Tombstone).

    404 is not enough, as that is also what a server answers which has lost its way or its data.
    Asked once in five minutes at most, whoever wants to know and whatever was answered.
    """
    # Some have a key by the id of its actor: asking for the one says nothing of the other.
    asked = f"gone {uri}"
    if blog.known_keys.get_failure(asked, blog.now_ms()):
        return False
    blog.known_keys.add_failure(asked, Failure(blog.now_ms() + _ASK_AGAIN_MS, transient=False))
    try:
        found = await blog.remote.get_document(
            uri, sign=blog.sign_as_instance(), deadline=_DEADLINE_SECONDS
        )
    except RemoteGone as error:
        return error.answer_status == _GONE
    except RemoteError:
        return False
    return incoming.is_tombstone(found.document)


async def _fetch(blog: Blog, key_id: str) -> KnownKey:
    if failure := blog.known_keys.get_failure(key_id, blog.now_ms()):
        raise _refusal("asking for it failed a moment ago", transient=failure.transient)
    try:
        owner, pem = await _published(blog, key_id)
    except Unauthenticated:
        _remember_failure(blog, key_id, transient=False)
        raise
    except RemoteError as error:
        transient = _is_transient(error)
        _remember_failure(blog, key_id, transient=transient)
        raise _refusal(str(error), transient=transient) from error
    known = KnownKey(owner, _parse(pem), blog.now_ms())
    blog.known_keys.add(key_id, known)
    return known


def _remember_failure(blog: Blog, key_id: str, *, transient: bool) -> None:
    if not blog.settings.development:
        soon = transient or not blog.known_keys.is_unknown_again(key_id)
        pause = _TRY_AGAIN_SECONDS * 1000 if soon else _ASK_AGAIN_MS
        blog.known_keys.add_failure(key_id, Failure(blog.now_ms() + pause, transient))


def _refusal(detail: str, *, transient: bool) -> Unauthenticated | Unavailable:
    if transient:
        sentence = "The key could not be fetched."
        return Unavailable(sentence, retry_after=_TRY_AGAIN_SECONDS, detail=detail)
    return Unauthenticated("The key could not be had.", detail=detail)


async def _published(blog: Blog, key_id: str) -> tuple[str, str]:
    """Owner and PEM, after the owner's own document has confirmed the key (requirement B12).

    What a key id leads to is the actor itself, a stub of it (GoToSocial), or a document of the key,
    with an owner or controller. Whoever that is must be on the same host and list the very same
    key, or name its id where the document of the key is at this id.
    """
    found = await blog.remote.get_document(
        key_id, sign=blog.sign_as_instance(), id_may_differ=True, deadline=_DEADLINE_SECONDS
    )
    key = incoming.parse_key(found.document, key_id)
    if key is None or authority_of(key.owner) != authority_of(key_id):
        raise Unauthenticated("The key id names no key of an actor on its host.")
    owner = await _owner(blog, key.owner, found)
    if owner.id != key.owner or not _lists(owner, key, found):
        raise Unauthenticated("The key's owner does not list this key.")
    if key not in owner.keys:
        owner = replace(owner, keys=(*owner.keys, key))
    await store_actor(blog, owner)
    return owner.id, key.pem


def _lists(owner: incoming.Actor, key: incoming.PublishedKey, found: Document) -> bool:
    own_document = found.url == found.document.get("id") == key.id
    return key in owner.keys or (own_document and key.id in owner.key_ids)


async def _owner(blog: Blog, owner: str, found: Document) -> incoming.Actor:
    """The owner's own document: the one just found, when it came from the owner's id."""
    if owner == found.url == found.document.get("id"):
        try:
            return incoming.parse_actor(found.document)
        except Malformed as error:
            raise Unauthenticated("The key's owner is no actor.", detail=str(error)) from error
    return await fetch_person(blog, owner, deadline=_DEADLINE_SECONDS)


def _is_transient(error: RemoteError) -> bool:
    """Whether asking later may help: no answer, or one that says so.

    401 and 403 are what a secure server gives while it cannot have our own key.
    """
    if isinstance(error, RemoteGone):
        return False
    if isinstance(error, RemoteRefused):
        return error.answer_status >= 500 or error.answer_status in {401, 403, 408, 425, 429}
    return isinstance(error, RemoteUnreachable)


def _parse(pem: str) -> PublicKey:
    try:
        return PublicKey.from_pem(pem)
    except Malformed as error:
        raise Unauthenticated("The key is none that we can use.", detail=str(error)) from error
