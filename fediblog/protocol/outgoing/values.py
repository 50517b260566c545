"""What every document of ours is made of: contexts, texts with their language, audiences, bytes.

Terms beyond ActivityStreams are defined inline, so nobody has to load a context that is not bundled
everywhere.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from fediblog.protocol.addresses import Addresses
from fediblog.protocol.incoming import PUBLIC

ACTIVITY_JSON = "application/activity+json"
AS_CONTEXT = "https://www.w3.org/ns/activitystreams"
SECURITY_CONTEXT = "https://w3id.org/security/v1"

_SECURITY = "https://w3id.org/security#"
_MULTIBASE = f"{_SECURITY}multibase"

#: Those of proofs (FEP-8b32) and Multikeys (FEP-521a), as in the contexts that not all bundle.
_PROOF_TERMS: Mapping[str, object] = {
    "assertionMethod": {
        "@id": f"{_SECURITY}assertionMethod",
        "@type": "@id",
        "@container": "@set",
    },
    "Multikey": f"{_SECURITY}Multikey",
    "controller": {"@id": f"{_SECURITY}controller", "@type": "@id"},
    "publicKeyMultibase": {"@id": f"{_SECURITY}publicKeyMultibase", "@type": _MULTIBASE},
    "proof": {"@id": f"{_SECURITY}proof", "@type": "@id", "@container": "@graph"},
    "DataIntegrityProof": f"{_SECURITY}DataIntegrityProof",
    "cryptosuite": {
        "@id": f"{_SECURITY}cryptosuite",
        "@type": f"{_SECURITY}cryptosuiteString",
    },
    "proofPurpose": {"@id": f"{_SECURITY}proofPurpose", "@type": "@vocab"},
    "verificationMethod": {"@id": f"{_SECURITY}verificationMethod", "@type": "@id"},
    "proofValue": {"@id": f"{_SECURITY}proofValue", "@type": _MULTIBASE},
}

_EXTRA_TERMS: Mapping[str, object] = {
    "toot": "http://joinmastodon.org/ns#",
    "ostatus": "http://ostatus.org#",
    "schema": "http://schema.org#",
    "Hashtag": "as:Hashtag",
    "sensitive": "as:sensitive",
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "attributionDomains": {"@id": "toot:attributionDomains", "@type": "@id"},
    "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "gts": "https://gotosocial.org/ns#",
    "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
    "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
    "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
    "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
    "canReply": {"@id": "gts:canReply", "@type": "@id"},
    "canLike": {"@id": "gts:canLike", "@type": "@id"},
    "canAnnounce": {"@id": "gts:canAnnounce", "@type": "@id"},
    "canFeature": {"@id": "https://w3id.org/fep/7aa9#canFeature", "@type": "@id"},
    "conversation": "ostatus:conversation",
    "blurhash": "toot:blurhash",
    "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
    "webfinger": {"@id": "https://purl.archive.org/socialweb/webfinger#webfinger"},
    **_PROOF_TERMS,
}
CONTEXT: Sequence[object] = (AS_CONTEXT, SECURITY_CONTEXT, _EXTRA_TERMS)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by its address. media_type: empty if it is not known; alt: plain text; width and
    height: pixels, 0 if they are not known. blurhash: empty for none. focal_point: which point
    matters, as Mastodon counts: each from -1 to 1, from the left and from below; None for none."""

    url: str
    media_type: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0
    blurhash: str = ""
    focal_point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound or a film by its address. name: what it is, plain text; width and height: pixels of a
    film, 0 if they are not known."""

    url: str
    media_type: str
    name: str
    width: int = 0
    height: int = 0


def encode(document: Mapping[str, object]) -> bytes:
    """The final bytes of a document."""
    return orjson.dumps(document)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: an `updated` must grow with every edit (0.10, G1)."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def public_audience(addresses: Addresses, mentioned: Sequence[str] = ()) -> Document:
    """Public, to the followers and to whom is mentioned; always arrays (0.11)."""
    return {"to": [PUBLIC], "cc": [addresses.followers, *mentioned]}


def natural(field: str, text: str, language: str) -> Document:
    """A text and its map with exactly one language, equal to it (A5)."""
    return {field: text, f"{field}Map": {language: text}}


def image(picture: Image) -> Document:
    """One object, never a string or a list (0.7)."""
    document: Document = {"type": "Image", "url": picture.url}
    if picture.media_type:
        document["mediaType"] = picture.media_type
    if picture.alt:
        document["name"] = picture.alt
    if picture.width and picture.height:
        document |= {"width": picture.width, "height": picture.height}
    if picture.blurhash:
        document["blurhash"] = picture.blurhash
    if picture.focal_point:
        document["focalPoint"] = list(picture.focal_point)
    return document


def recording(film: Recording) -> Document:
    """A Document: readers know no other type for a sound or a film that is attached (0.8)."""
    document: Document = {"type": "Document", "url": film.url, "mediaType": film.media_type}
    if film.name:
        document["name"] = film.name
    if film.width and film.height:
        document |= {"width": film.width, "height": film.height}
    return document


def escape(text: str) -> str:
    """Plain text as HTML."""
    return html.escape(text)
