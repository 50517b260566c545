"""The two actors: the blog, and the instance that signs our fetches (requirements B5, E1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fediblog.protocol.addresses import Addresses
from fediblog.protocol.incoming import PUBLIC
from fediblog.protocol.outgoing.values import CONTEXT, Document, Image, escape, image, timestamp


@dataclass(frozen=True, slots=True)
class Profile:
    """What the blog says of itself. summary is HTML; language is a BCP 47 tag.

    fields: (name, value, whether the value is a link); also_known_as: ids of other accounts.
    key_number: of the key whose PEM is public_key_pem. proof_key: an Ed25519 key in multibase.
    moved_to: id of the one that is used instead of this one, empty for none.
    """

    name: str
    summary: str
    language: str
    key_number: int
    public_key_pem: str
    proof_key: str
    published: datetime
    fields: Sequence[tuple[str, str, bool]] = ()
    also_known_as: Sequence[str] = ()
    icon: Image | None = None
    image: Image | None = None
    moved_to: str = ""


def blog_actor(addresses: Addresses, profile: Profile) -> Document:
    """The blog's actor, a Person with every property that strict readers look for (E1)."""
    document: Document = {
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
        "alsoKnownAs": list(profile.also_known_as),
        "webfinger": addresses.handle,
        "attachment": [
            _field("Blog", addresses.home, link=True),
            *(_field(name, value, link=link) for name, value, link in profile.fields),
        ],
        "interactionPolicy": {"canFeature": {"automaticApproval": [PUBLIC]}},
        "publicKey": _public_key(
            addresses.actor_key(profile.key_number), addresses.actor, profile.public_key_pem
        ),
        "assertionMethod": [_multikey(addresses.proof_key, addresses.actor, profile.proof_key)],
    }
    if profile.moved_to:
        document["movedTo"] = profile.moved_to
    pictures = (("icon", profile.icon), ("image", profile.image))
    return document | {name: image(picture) for name, picture in pictures if picture}


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


def _field(name: str, value: str, *, link: bool) -> Document:
    """A profile field. A link is one that Mastodon can verify, if the page links back (E6)."""
    text = escape(value)
    if link:
        shown = escape(value.removeprefix("https://").removeprefix("http://").removesuffix("/"))
        text = f'<a href="{text}" rel="me nofollow noopener" target="_blank">{shown}</a>'
    return {"type": "PropertyValue", "name": name, "value": text}


def _multikey(key_id: str, controller: str, multibase: str) -> Document:
    """A key that signs documents (FEP-521a)."""
    return {
        "id": key_id,
        "type": "Multikey",
        "controller": controller,
        "publicKeyMultibase": multibase,
    }


def _public_key(key_id: str, owner: str, pem: str) -> Document:
    return {"id": key_id, "owner": owner, "publicKeyPem": pem}
