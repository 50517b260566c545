"""What we answer to those who put the blog into a collection of theirs (FEP-7aa9)."""

from collections.abc import Sequence

from fediblog.protocol.addresses import Addresses
from fediblog.protocol.outgoing.values import AS_CONTEXT, Document

_TERMS = {
    "gts": "https://gotosocial.org/ns#",
    "FeatureRequest": "https://w3id.org/fep/7aa9#FeatureRequest",
    "FeatureAuthorization": "https://w3id.org/fep/7aa9#FeatureAuthorization",
    "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
    "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
}
_CONTEXT: Sequence[object] = (AS_CONTEXT, _TERMS)


def accept_feature(
    addresses: Addresses, key: str, request_id: str, actor: str, collection: str
) -> Document:
    """The Accept of a FeatureRequest, with the address of the authorization as its result."""
    return {
        "@context": _CONTEXT,
        "id": addresses.activity(key),
        "type": "Accept",
        "actor": addresses.actor,
        "to": [actor],
        "object": {
            "id": request_id,
            "type": "FeatureRequest",
            "actor": actor,
            "object": addresses.actor,
            "instrument": collection,
        },
        "result": addresses.feature(key),
    }


def feature_authorization(addresses: Addresses, key: str, collection: str) -> Document:
    """The proof that a collection may have the blog in it. key: of the Accept that gave it."""
    return {
        "@context": _CONTEXT,
        "id": addresses.feature(key),
        "type": "FeatureAuthorization",
        "attributedTo": addresses.actor,
        "interactingObject": collection,
        "interactionTarget": addresses.actor,
    }
