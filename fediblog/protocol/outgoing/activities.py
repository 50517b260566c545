"""Activities around our objects, and answers to follows (requirements G1, G3, G5, G14)."""

from collections.abc import Sequence
from datetime import datetime

from fediblog.protocol.addresses import Addresses
from fediblog.protocol.outgoing.values import (
    AS_CONTEXT,
    CONTEXT,
    Document,
    public_audience,
    timestamp,
)


def wrap(
    addresses: Addresses, kind: str, key: str, document: Document, *, published: datetime
) -> Document:
    """A Create, Update or Delete around an object, addressed as the object is (0.11)."""
    inner = {name: value for name, value in document.items() if name != "@context"}
    audience: Document = (
        {field: document[field] for field in ("to", "cc", "audience") if field in document}
        if "to" in document
        else public_audience(addresses)
    )
    return {
        "@context": CONTEXT,
        "id": addresses.activity(key),
        "type": kind,
        "actor": addresses.actor,
        "published": timestamp(published),
        **audience,
        "object": inner,
    }


def pin(addresses: Addresses, kind: str, key: str, object_id: str) -> Document:
    """An Add to the pinned posts, or a Remove from them: the post by its id (F3)."""
    return {
        "@context": AS_CONTEXT,
        "id": addresses.activity(key),
        "type": kind,
        "actor": addresses.actor,
        **public_audience(addresses),
        "object": object_id,
        "target": addresses.featured,
    }


def announce(addresses: Addresses, key: str, object_id: str, *, published: datetime) -> Document:
    """Shows the followers an object of ours again (G9): by its id, so that it is fetched."""
    return {
        "@context": AS_CONTEXT,
        "id": addresses.activity(key),
        "type": "Announce",
        "actor": addresses.actor,
        "published": timestamp(published),
        **public_audience(addresses),
        "object": object_id,
    }


def undo_announce(addresses: Addresses, key: str, *, announce_key: str, object_id: str) -> Document:
    """Takes an Announce back, with it inside (G6)."""
    return {
        "@context": AS_CONTEXT,
        "id": addresses.activity(key),
        "type": "Undo",
        "actor": addresses.actor,
        **public_audience(addresses),
        "object": {
            "id": addresses.activity(announce_key),
            "type": "Announce",
            "actor": addresses.actor,
            "object": object_id,
        },
    }


def flag(addresses: Addresses, key: str, objects: Sequence[str], words: str) -> Document:
    """A report to another server, by this one: the account, then what it said (G12)."""
    return {
        "@context": AS_CONTEXT,
        "id": addresses.activity(key),
        "type": "Flag",
        "actor": addresses.instance_actor,
        "content": words,
        "object": list(objects),
    }


def move(addresses: Addresses, key: str, target: str) -> Document:
    """Asks the followers to follow another account instead (G10)."""
    return {
        "@context": AS_CONTEXT,
        "id": addresses.activity(key),
        "type": "Move",
        "actor": addresses.actor,
        "to": [addresses.followers],
        "object": addresses.actor,
        "target": target,
    }


def accept_follow(addresses: Addresses, key: str, *, follow_id: str, follower: str) -> Document:
    """The Accept of a Follow, addressed to the follower and with the Follow inside (G5)."""
    return {
        "@context": AS_CONTEXT,
        "id": addresses.activity(key),
        "type": "Accept",
        "actor": addresses.actor,
        "to": [follower],
        "object": _follow(addresses, follow_id, follower),
    }


def reject_follow(addresses: Addresses, key: str, *, follow_id: str, follower: str) -> Document:
    """Removes a follower: a Reject of the Follow that was accepted (G14)."""
    return accept_follow(addresses, key, follow_id=follow_id, follower=follower) | {
        "type": "Reject"
    }


def _follow(addresses: Addresses, follow_id: str, follower: str) -> Document:
    return {"id": follow_id, "type": "Follow", "actor": follower, "object": addresses.actor}
