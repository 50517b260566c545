"""Who may reply to us, and what we answer to those who do (GoToSocial's interaction controls).

A server that finds `canReply` waits for an answer before it shows a reply to others, so it is said
only where it is also enforced: wherever not everybody may reply.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.protocol.addresses import Addresses
from fediblog.protocol.incoming import PUBLIC
from fediblog.protocol.outgoing.values import AS_CONTEXT, CONTEXT, Document

_TERMS = {
    "gts": "https://gotosocial.org/ns#",
    "ReplyRequest": "gts:ReplyRequest",
    "ReplyAuthorization": "gts:ReplyAuthorization",
    "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
    "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
}
_CONTEXT: Sequence[object] = (AS_CONTEXT, _TERMS)


@dataclass(frozen=True, slots=True)
class ReplyMade:
    """A reply that is answered. uri: its id; target: what it answers; request_id: of the request
    that it came with, empty if it just came."""

    uri: str
    actor: str
    target: str
    request_id: str


def reply_policy(addresses: Addresses, who: str, mentioned: Sequence[str]) -> Document:
    """What a post or an answer says about replies to it; nothing if everybody may. who: see
    `domain.policy`; mentioned: ids of the people whom it mentions."""
    if who == "open":
        return {}
    if who == "closed":
        return {"canReply": {"automaticApproval": [addresses.actor]}}
    at_once = [addresses.actor]
    if who == "followers":
        at_once.append(addresses.followers)
    if who != "all":
        at_once += mentioned
    return {"canReply": {"automaticApproval": at_once, "manualApproval": [PUBLIC]}}


def reaction_policy(addresses: Addresses, *, likes: bool, announces: bool) -> Document:
    """What a post or an answer says about likes and boosts: nothing of what is taken."""
    nobody = {"automaticApproval": [addresses.actor]}
    return {
        name: nobody
        for name, taken in (("canLike", likes), ("canAnnounce", announces))
        if not taken
    }


def reply_authorization(addresses: Addresses, key: str, reply: ReplyMade) -> Document:
    """The proof that a reply was approved."""
    return {
        "@context": _CONTEXT,
        "id": addresses.approval(key),
        "type": "ReplyAuthorization",
        "attributedTo": addresses.actor,
        "interactingObject": reply.uri,
        "interactionTarget": reply.target,
    }


def accept_reply(addresses: Addresses, key: str, reply: ReplyMade, authorization: str) -> Document:
    """The Accept of a reply. authorization: the key of its ReplyAuthorization."""
    answer = _answer(addresses, "Accept", key, reply)
    return answer | {"result": addresses.approval(authorization)}


def reject_reply(addresses: Addresses, key: str, reply: ReplyMade) -> Document:
    """The Reject of a reply, in the shape of the Accept."""
    return _answer(addresses, "Reject", key, reply)


def delete_approval(addresses: Addresses, key: str, authorization: Document) -> Document:
    """Takes an approval back. Whoever has seen the reply may see this."""
    inner = {name: value for name, value in authorization.items() if name != "@context"}
    return {
        "@context": [*CONTEXT, _TERMS],
        "id": addresses.activity(key),
        "type": "Delete",
        "actor": addresses.actor,
        "to": [PUBLIC],
        "cc": [addresses.followers],
        "object": inner,
    }


def _answer(addresses: Addresses, kind: str, key: str, reply: ReplyMade) -> Document:
    """To the request, as it was asked, or else to the reply by its id, with what it answers."""
    about: Document = {"object": reply.uri, "target": reply.target}
    if reply.request_id:
        about = {
            "object": {
                "id": reply.request_id,
                "type": "ReplyRequest",
                "actor": reply.actor,
                "object": reply.target,
                "instrument": reply.uri,
            }
        }
    return {
        "@context": _CONTEXT,
        "id": addresses.activity(key),
        "type": kind,
        "actor": addresses.actor,
        "to": [reply.actor],
        **about,
    }
