"""Actors and their public keys."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fediblog.errors import Malformed
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming.tags import Emoji, emojis_of
from fediblog.protocol.incoming.values import (
    Document,
    first_type,
    ids,
    natural,
    one_id,
    page_address,
    parse_time,
    plain,
)
from fediblog.protocol.keys import PublicKey

ACTOR_TYPES: Final = frozenset({"Person", "Service", "Application", "Group", "Organization"})
_MAX_ALIASES: Final = 50
_MAX_KEYS: Final = 8


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A public key as an actor (or a document of its own) publishes it, a Multikey as PEM too."""

    id: str
    owner: str
    pem: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or other actor elsewhere. Names and HTML are raw.

    keys: those in publicKey, then those in assertionMethod; key_ids: of such as are only named.
    also_known_as: ids of other actors that are the same person, by this one's own word. published:
    since when the account is there.
    """

    id: str
    type: str
    preferred_username: str
    name: str
    url: str
    icon: str
    inbox: str
    shared_inbox: str
    keys: tuple[PublishedKey, ...]
    key_ids: tuple[str, ...]
    emojis: tuple[Emoji, ...]
    also_known_as: tuple[str, ...]
    published: datetime | None


def parse_actor(document: Document) -> Actor:
    """Raises Malformed without an id, an actor's type, or an inbox on the id's host (0.13)."""
    actor_id, kind = one_id(document.get("id")), first_type(document)
    if not actor_id or kind not in ACTOR_TYPES:
        raise Malformed("This is no actor.")
    inbox = one_id(document.get("inbox"))
    if authority_of(inbox) != authority_of(actor_id):
        raise Malformed("The actor's inbox is not on its host.")
    endpoints = document.get("endpoints")
    shared = one_id(endpoints.get("sharedInbox")) if isinstance(endpoints, dict) else ""
    return Actor(
        id=actor_id,
        type=kind,
        preferred_username=plain(document.get("preferredUsername"))[:200],
        name=natural(document, "name")[0][:2000],
        url=page_address(document.get("url")) or actor_id,
        icon=_image(document.get("icon")),
        inbox=inbox,
        shared_inbox=shared if authority_of(shared) == authority_of(actor_id) else "",
        keys=tuple(_published_keys(document)),
        key_ids=tuple(item for item in _listed_keys(document) if isinstance(item, str)),
        emojis=tuple(emojis_of(document)),
        also_known_as=tuple(ids(document.get("alsoKnownAs")))[:_MAX_ALIASES],
        published=parse_time(document.get("published")),
    )


def parse_key(document: Document, key_id: str) -> PublishedKey | None:
    """The key with this id in an actor, a stub actor, or a document of its own (B12)."""
    for key in _published_keys(document):
        if key.id == key_id:
            return key
    if one_id(document.get("id")) == key_id:
        return _published_key(document)
    return None


def _image(value: object) -> str:
    """The address of an icon: an Image with a url, or a list of them."""
    for item in value if isinstance(value, list) else [value]:
        if address := page_address(item.get("url") if isinstance(item, dict) else item):
            return address
    return ""


def _published_keys(document: Document) -> Iterator[PublishedKey]:
    """Every key that can be read, and of several with one id the first."""
    seen: set[str] = set()
    for item in _listed_keys(document):
        key = _published_key(item) if isinstance(item, dict) else None
        if key and key.id not in seen:
            seen.add(key.id)
            yield key


def _listed_keys(document: Document) -> Iterator[object]:
    """What stands in publicKey and in assertionMethod (FEP-521a), one or many."""
    for name in ("publicKey", "assertionMethod"):
        value = document.get(name)
        yield from (value if isinstance(value, list) else [value])[:_MAX_KEYS]


def _published_key(document: Document) -> PublishedKey | None:
    """A key with owner and PEM, or a Multikey with a controller. None for any other."""
    key_id, owner = one_id(document.get("id")), one_id(document.get("owner"))
    pem = plain(document.get("publicKeyPem"))
    if first_type(document) == "Multikey":
        owner, pem = one_id(document.get("controller")), _multikey_pem(document)
    return PublishedKey(key_id, owner, pem) if key_id and owner and pem else None


def _multikey_pem(document: Document) -> str:
    """The key of a Multikey, empty for one that is of no use here: there are many types."""
    with suppress(Malformed):
        return PublicKey.from_multibase(plain(document.get("publicKeyMultibase"))).pem()
    return ""
