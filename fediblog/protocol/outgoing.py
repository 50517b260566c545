"""Documents that we publish, in the shapes that every known reader takes (requirements 0, A, E, F).

Pure: values in, dicts out; `encode` gives the final bytes. Terms beyond ActivityStreams are defined
inline, so nobody has to load a context that is not bundled everywhere.
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
    "conversation": "ostatus:conversation",
    "webfinger": {"@id": "https://purl.archive.org/socialweb/webfinger#webfinger"},
}
CONTEXT: Sequence[object] = (AS_CONTEXT, SECURITY_CONTEXT, _EXTRA_TERMS)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the blog says of itself. summary is HTML; language is a BCP 47 tag."""

    name: str
    summary: str
    language: str
    public_key_pem: str
    published: datetime


@dataclass(frozen=True, slots=True)
class Article:
    """A post as it travels. content is HTML, excerpt plain text, tags are (name, page) pairs."""

    key: str
    title: str
    excerpt: str
    content: str
    source: str
    language: str
    url: str
    tags: Sequence[tuple[str, str]]
    published: datetime
    updated: datetime | None
    replies: int = 0
    likes: int = 0
    shares: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the author as it travels. content: HTML; mentions: (href, @handle) pairs."""

    key: str
    post_key: str
    in_reply_to: str
    content: str
    source: str
    language: str
    url: str
    mentions: Sequence[tuple[str, str]]
    published: datetime
    updated: datetime | None


def encode(document: Mapping[str, object]) -> bytes:
    """The final bytes of a document."""
    return orjson.dumps(document)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: an `updated` must grow with every edit (0.10, G1)."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


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


def article(addresses: Addresses, post: Article) -> Document:
    """The canonical Article (requirement A): full content, one language, one url, a Link to itself.

    An empty excerpt leaves `summary` out: GoToSocial then shows the title (N9).
    """
    document: Document = {
        "@context": CONTEXT,
        "id": addresses.article(post.key),
        "type": "Article",
        "attributedTo": addresses.actor,
        **_natural("name", post.title, post.language),
        **(
            _natural("summary", f"<p>{_escape(post.excerpt)}</p>", post.language)
            if post.excerpt
            else {}
        ),
        **_natural("content", post.content, post.language),
        "source": {"content": post.source, "mediaType": "text/markdown"},
        "url": post.url,
        **_times(post.published, post.updated),
        **public_audience(addresses),
        "sensitive": False,
        "tag": [_hashtag(name, page) for name, page in post.tags],
        "attachment": [{"type": "Link", "href": post.url, "mediaType": "text/html"}],
        "preview": _preview(addresses, post),
        "context": addresses.context(post.key),
        "conversation": addresses.context(post.key),
    }
    return document | _totals(addresses.article(post.key), post.likes, post.shares)


def answer(addresses: Addresses, note: Answer) -> Document:
    """An answer of the author, a Note that mentions whom it answers, so that they are told (C5)."""
    mentioned = [href for href, _ in note.mentions]
    note_id = addresses.note(note.key)
    return {
        "@context": CONTEXT,
        "id": note_id,
        "type": "Note",
        "attributedTo": addresses.actor,
        "inReplyTo": note.in_reply_to,
        **_natural("content", note.content, note.language),
        "source": {"content": note.source, "mediaType": "text/markdown"},
        "url": note.url,
        **_times(note.published, note.updated),
        **public_audience(addresses, mentioned),
        "sensitive": False,
        "tag": [{"type": "Mention", "href": href, "name": name} for href, name in note.mentions],
        "attachment": [],
        "context": addresses.context(note.post_key),
        "conversation": addresses.context(note.post_key),
    } | _totals(note_id, 0, 0)


def tombstone(object_id: str, former_type: str, deleted: datetime) -> Document:
    """What is left of a deleted post or answer (G3)."""
    return {
        "@context": AS_CONTEXT,
        "id": object_id,
        "type": "Tombstone",
        "formerType": former_type,
        "deleted": timestamp(deleted),
    }


def wrap(
    addresses: Addresses, kind: str, key: str, document: Document, *, published: datetime
) -> Document:
    """A Create, Update or Delete around an object, addressed as the object is (0.11)."""
    inner = {name: value for name, value in document.items() if name != "@context"}
    audience = (
        {field: document[field] for field in ("to", "cc")}
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


def public_audience(addresses: Addresses, mentioned: Sequence[str] = ()) -> Document:
    """Public, to the followers and to whom is mentioned; always arrays (0.11)."""
    return {"to": [PUBLIC], "cc": [addresses.followers, *mentioned]}


def collection(
    collection_id: str, total: int, *, first: str | None, ordered: bool = True
) -> Document:
    """A collection by its total and the address of its first page; none when it is hidden (F1)."""
    document: Document = {
        "@context": AS_CONTEXT,
        "id": collection_id,
        "type": "OrderedCollection" if ordered else "Collection",
        "totalItems": total,
    }
    return document | ({"first": first} if first else {})


def page(
    page_id: str,
    part_of: str,
    items: Sequence[object],
    *,
    next_page: str | None,
    ordered: bool = True,
) -> Document:
    """A page; readers take orderedItems in an ordered one only, items in the other only (C13)."""
    document: Document = {
        "@context": CONTEXT if any(isinstance(item, dict) for item in items) else AS_CONTEXT,
        "id": page_id,
        "type": "OrderedCollectionPage" if ordered else "CollectionPage",
        "partOf": part_of,
        "orderedItems" if ordered else "items": list(items),
    }
    return document | ({"next": next_page} if next_page else {})


def with_replies(document: Document, items: Sequence[str], *, next_page: str | None) -> Document:
    """The document with its replies inline: GoToSocial and Mastodon start from this page (C13)."""
    replies_id = f"{document['id']}/replies"
    first = page(f"{replies_id}?page=true", replies_id, items, next_page=next_page, ordered=False)
    first.pop("@context")
    return document | {"replies": {"id": replies_id, "type": "Collection", "first": first}}


def with_mentions(content: str, mentions: Sequence[tuple[str, str]]) -> str:
    """An answer's HTML with whom it mentions at its head, in Mastodon's form (I3).

    mentions: (profile page, @user@host) pairs; Mastodon's web app knows a mention by its page.
    """
    heads = "".join(
        f'<span class="h-card"><a href="{_escape(href)}" class="u-url mention">'
        f"@<span>{_escape(name.lstrip('@').partition('@')[0])}</span></a></span> "
        for href, name in mentions
    )
    if content.startswith("<p>"):
        return f"<p>{heads}{content.removeprefix('<p>')}"
    return f"<p>{heads.rstrip()}</p>{content}" if heads else content


def _natural(field: str, text: str, language: str) -> Document:
    """A text and its map with exactly one language, equal to it (A5)."""
    return {field: text, f"{field}Map": {language: text}}


def _times(published: datetime, updated: datetime | None) -> Document:
    """`updated` is absent until the first edit and never before `published` (0.10)."""
    times = {"published": timestamp(published)}
    if updated is not None:
        times["updated"] = timestamp(max(updated, published))
    return times


def _totals(object_id: str, likes: int, shares: int) -> Document:
    """Mastodon sets its counters from these (A8)."""
    return {
        name: {"id": f"{object_id}/{name}", "type": "Collection", "totalItems": total}
        for name, total in (("likes", likes), ("shares", shares))
    }


def _preview(addresses: Addresses, post: Article) -> Document:
    """A Note for readers that have no idea of Articles (FEP-b2b8, A16); it has no id of its own."""
    excerpt = f"<p>{_escape(post.excerpt)}</p>" if post.excerpt else ""
    return {
        "type": "Note",
        "attributedTo": addresses.actor,
        "published": timestamp(post.published),
        "content": f"<p><strong>{_escape(post.title)}</strong></p>{excerpt}",
    }


def _escape(text: str) -> str:
    return html.escape(text)


def _hashtag(name: str, page_url: str) -> Document:
    return {"type": "Hashtag", "name": f"#{name}", "href": page_url}


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


def _follow(addresses: Addresses, follow_id: str, follower: str) -> Document:
    return {"id": follow_id, "type": "Follow", "actor": follower, "object": addresses.actor}
