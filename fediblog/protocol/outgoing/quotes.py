"""Who may quote us, and what we answer to those who ask (requirement E11, FEP-044f)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fediblog.protocol.addresses import Addresses
from fediblog.protocol.incoming import PUBLIC
from fediblog.protocol.outgoing.values import AS_CONTEXT, CONTEXT, Document

QuotePolicy = Literal["everyone", "followers", "nobody"]

_TERMS = {
    "gts": "https://gotosocial.org/ns#",
    "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
    "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
    "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
    "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
}
_CONTEXT: Sequence[object] = (AS_CONTEXT, _TERMS)


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """What somebody asked. object: what they want to quote; instrument: the id of their note."""

    id: str
    actor: str
    object: str
    instrument: str


def quote_policy(addresses: Addresses, policy: QuotePolicy) -> Document:
    """What a post or an answer says about quoting it (E11a).

    Nobody is spelled as the author alone: Mastodon takes an empty list for none given.
    """
    approved = {
        "everyone": PUBLIC,
        "followers": addresses.followers,
        "nobody": addresses.actor,
    }[policy]
    return {"canQuote": {"automaticApproval": [approved]}}


def quote_authorization(
    addresses: Addresses, key: str, *, interacting_object: str, interaction_target: str
) -> Document:
    """The proof that a note may quote one of our objects (E11c). Both are named by their ids."""
    return {
        "@context": _CONTEXT,
        "id": addresses.quote(key),
        "type": "QuoteAuthorization",
        "attributedTo": addresses.actor,
        "interactingObject": interacting_object,
        "interactionTarget": interaction_target,
    }


def accept_quote(
    addresses: Addresses, key: str, request: QuoteRequest, authorization: str
) -> Document:
    """The Accept of a request (E11b). authorization: the key of the QuoteAuthorization."""
    return _answer(addresses, "Accept", key, request) | {"result": addresses.quote(authorization)}


def reject_quote(addresses: Addresses, key: str, request: QuoteRequest) -> Document:
    """The Reject of a request, in the shape of the Accept."""
    return _answer(addresses, "Reject", key, request)


def delete_authorization(addresses: Addresses, key: str, authorization: Document) -> Document:
    """Takes an authorization back. Whoever has seen the quote may see this, and it gets a proof:
    who quotes has to pass it on to their readers."""
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


def _answer(addresses: Addresses, kind: str, key: str, request: QuoteRequest) -> Document:
    return {
        "@context": _CONTEXT,
        "id": addresses.activity(key),
        "type": kind,
        "actor": addresses.actor,
        "to": [request.actor],
        "object": {
            "id": request.id,
            "type": "QuoteRequest",
            "actor": request.actor,
            "object": request.object,
            "instrument": request.instrument,
        },
    }
