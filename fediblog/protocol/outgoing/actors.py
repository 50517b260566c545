"""The two actors: the blog, and the instance that signs our fetches (requirements B5, E1)."""

from dataclasses import dataclass
from datetime import datetime

from fediblog.protocol.addresses import Addresses
from fediblog.protocol.outgoing.values import CONTEXT, Document, timestamp


@dataclass(frozen=True, slots=True)
class Profile:
    """What the blog says of itself. summary is HTML; language is a BCP 47 tag."""

    name: str
    summary: str
    language: str
    public_key_pem: str
    published: datetime


def blog_actor(addresses: Addresses, profile: Profile) -> Document:
    """The blog's actor, a Person with every property that strict readers look for (E1)."""
    return {
        "@context": CONTEXT,
        "id": addresses.actor,
        "type": "Person",
        "preferredUsername": addresses.username,
        "name": profile.name,
        "summary": profile.summary,
        "url": addresses.home,
        "inbox": addresses.inbox,
        "outbox": addresses.outbox,
        "followers": addresses.followers,
        "following": addresses.following,
        "featured": addresses.featured,
        "endpoints": {"sharedInbox": addresses.shared_inbox},
        "published": timestamp(profile.published),
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "indexable": True,
        "attributionDomains": [addresses.authority],
        "alsoKnownAs": [],
        "webfinger": addresses.handle,
        "attachment": [_link_field("Blog", addresses.home)],
        "publicKey": _public_key(addresses.actor_key, addresses.actor, profile.public_key_pem),
    }


def instance_actor(addresses: Addresses, public_key_pem: str) -> Document:
    """The actor that signs our fetches; always served unsigned, or two secure servers lock (B5)."""
    return {
        "@context": CONTEXT,
        "id": addresses.instance_actor,
        "type": "Application",
        "preferredUsername": addresses.instance_username,
        "name": f"fediblog at {addresses.authority}",
        "url": addresses.home,
        "inbox": addresses.shared_inbox,
        "outbox": f"{addresses.instance_actor}/outbox",
        "manuallyApprovesFollowers": True,
        "publicKey": _public_key(addresses.instance_key, addresses.instance_actor, public_key_pem),
    }


def _link_field(name: str, url: str) -> Document:
    """A profile field that Mastodon can verify: the page links back with rel=me (E6)."""
    shown = url.removeprefix("https://").removeprefix("http://").rstrip("/")
    return {
        "type": "PropertyValue",
        "name": name,
        "value": f'<a href="{url}" rel="me noopener" target="_blank">{shown}</a>',
    }


def _public_key(key_id: str, owner: str, pem: str) -> Document:
    return {"id": key_id, "owner": owner, "publicKeyPem": pem}
