"""People on the demo server, and their actor documents."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from fediblog.demo.cast import Character
from fediblog.demo.emojis import emoji_tag, emojis_in
from fediblog.protocol.addresses import KEY_FRAGMENT, authority_of
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import AS_CONTEXT, CONTEXT, Document, timestamp

#: Where GoToSocial has its keys: an address of their own, with a stub of the actor (N2).
STUB_KEY = "/main-key"


@dataclass(frozen=True, slots=True)
class Person:
    """An actor with its key.

    id: its address. bio: HTML. key_path: what follows the id in the key id, `#main-key` as on
    Mastodon or `/main-key` as on GoToSocial. also_known_as: ids of accounts that are theirs too.
    """

    id: str
    url: str
    name: str
    display_name: str
    bio: str
    language: str
    key: PrivateKey
    joined: datetime
    kind: str = "Person"
    key_path: str = KEY_FRAGMENT
    also_known_as: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        """Scheme and authority of the server."""
        return f"{self.id.partition('://')[0]}://{authority_of(self.id)}"

    @property
    def handle(self) -> str:
        """The handle without a leading @: alice@127.0.0.1:46017."""
        return f"{self.name}@{authority_of(self.id)}"

    @property
    def key_id(self) -> str:
        """The address of the public key."""
        return self.id + self.key_path

    @property
    def followers(self) -> str:
        """The followers collection."""
        return f"{self.id}/followers"


def settle(character: Character, origin: str, key: PrivateKey, joined: datetime) -> Person:
    """Put a character on the server at an origin."""
    return Person(
        id=f"{origin}/users/{character.name}",
        url=f"{origin}/@{character.name}",
        name=character.name,
        display_name=character.display_name,
        bio=character.bio,
        language=character.language,
        key=key,
        joined=joined,
        kind=character.kind,
    )


def instance_actor(origin: str, key: PrivateKey, joined: datetime) -> Person:
    """The actor that signs what the server fetches for itself."""
    return Person(
        id=f"{origin}/actor",
        url=f"{origin}/",
        name=authority_of(origin).replace(":", "."),
        display_name="Demo server",
        bio="",
        language="en",
        key=key,
        joined=joined,
        kind="Application",
    )


def actor_document(person: Person) -> Document:
    """The actor in Mastodon's shape."""
    return {
        "@context": CONTEXT,
        "id": person.id,
        "type": person.kind,
        "preferredUsername": person.name,
        "name": person.display_name,
        "summary": person.bio,
        "url": person.url,
        "inbox": f"{person.id}/inbox",
        "outbox": f"{person.id}/outbox",
        "followers": person.followers,
        "following": f"{person.id}/following",
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "indexable": True,
        "published": timestamp(person.joined),
        "endpoints": {"sharedInbox": f"{person.origin}/inbox"},
        "icon": {
            "type": "Image",
            "mediaType": "image/png",
            "url": f"{person.origin}/avatars/{person.name}.png",
        },
        "alsoKnownAs": list(person.also_known_as),
        "tag": [emoji_tag(each) for each in emojis_in(person.origin, person.display_name)],
        "attachment": [],
        "publicKey": _public_key(person),
    }


def key_stub(person: Person) -> Document:
    """What GoToSocial answers at the address of a key: the actor, as far as anybody may know it."""
    return {
        "@context": CONTEXT,
        "id": person.id,
        "type": person.kind,
        "preferredUsername": person.name,
        "publicKey": _public_key(person),
    }


def descriptor(person: Person) -> Document:
    """The JRD that WebFinger gives for a person."""
    return {
        "subject": f"acct:{person.handle}",
        "aliases": [person.url, person.id],
        "links": [
            {
                "rel": "http://webfinger.net/rel/profile-page",
                "type": "text/html",
                "href": person.url,
            },
            {"rel": "self", "type": "application/activity+json", "href": person.id},
            {
                "rel": "http://ostatus.org/schema/1.0/subscribe",
                "template": f"{person.origin}/authorize_interaction?uri={{uri}}",
            },
        ],
    }


def collection(collection_id: str, total: int) -> Document:
    """A collection that tells how many there are, and not who."""
    return {
        "@context": AS_CONTEXT,
        "id": collection_id,
        "type": "OrderedCollection",
        "totalItems": total,
    }


def anchor(url: str, name: str) -> str:
    """The HTML of a mention, as Mastodon writes it."""
    return (
        f'<span class="h-card" translate="no"><a href="{escape(url)}" class="u-url mention">'
        f"@<span>{escape(name)}</span></a></span>"
    )


def _public_key(person: Person) -> Document:
    return {"id": person.key_id, "owner": person.id, "publicKeyPem": person.key.public_pem()}
