"""Posts and answers, and what is left of them (requirements A, C5, G3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fediblog.protocol.addresses import Addresses
from fediblog.protocol.outgoing.values import (
    AS_CONTEXT,
    CONTEXT,
    Document,
    Image,
    Recording,
    escape,
    image,
    natural,
    public_audience,
    recording,
    timestamp,
)


@dataclass(frozen=True, slots=True)
class Article:
    """A post as it travels. content is HTML, excerpt plain text, tags are (name, page) pairs.

    mentions: (actor id, @handle) pairs. audience: id of the community that it is addressed to.
    lead: the picture that stands for the post, if there is one in it. gallery: pictures that go
    along in place of a link, which Mastodon shows instead of a card (A9c), and after them
    recordings.
    """

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
    lead: Image | None = None
    gallery: Sequence[Image] = ()
    recordings: Sequence[Recording] = ()
    likes: int = 0
    shares: int = 0
    mentions: Sequence[tuple[str, str]] = ()
    audience: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the author as it travels. content: HTML; mentions: (actor id, @handle) pairs;
    tags: (name, page) pairs.

    audience: id of the community that its post is addressed to.
    """

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
    audience: str = ""
    tags: Sequence[tuple[str, str]] = ()
    likes: int = 0
    shares: int = 0


def article(addresses: Addresses, post: Article) -> Document:
    """The canonical Article (requirement A): full content, one language, one url, a Link to itself.

    An empty excerpt leaves `summary` out: GoToSocial then shows the title (N9). So does an empty
    source with `source`. A warning stands in `summary` alone: Misskey and others fold everything
    else behind it (A12), and where it is shown as it is, as on Mastodon, an excerpt beside it would
    tell what it warns of (A4).
    """
    summary = post.warning or post.excerpt
    document: Document = {
        "@context": CONTEXT,
        "id": addresses.article(post.key),
        "type": "Article",
        "attributedTo": addresses.actor,
        **natural("name", post.title, post.language),
        **(natural("summary", f"<p>{escape(summary)}</p>", post.language) if summary else {}),
        **natural("content", post.content, post.language),
        **_source(post.source),
        "url": post.url,
        **_times(post.published, post.updated),
        **_audience(addresses, post.mentions, post.audience),
        "sensitive": bool(post.warning),
        "tag": [*(_hashtag(*tag) for tag in post.tags), *map(_mention, post.mentions)],
        "attachment": [*map(image, post.gallery), *map(recording, post.recordings)]
        or [_link(post.url)],
        "preview": _preview(addresses, post),
        "context": addresses.context(post.key),
        "conversation": addresses.context(post.key),
    }
    if post.lead:
        document["image"] = image(post.lead)
    return document | _totals(addresses.article(post.key), post.likes, post.shares)


def answer(addresses: Addresses, note: Answer) -> Document:
    """An answer of the author, a Note that mentions whom it answers, so that they are told (C5)."""
    note_id = addresses.note(note.key)
    return {
        "@context": CONTEXT,
        "id": note_id,
        "type": "Note",
        "attributedTo": addresses.actor,
        "inReplyTo": note.in_reply_to,
        **natural("content", note.content, note.language),
        "source": {"content": note.source, "mediaType": "text/markdown"},
        "url": note.url,
        **_times(note.published, note.updated),
        **_audience(addresses, note.mentions, note.audience),
        "sensitive": False,
        "tag": [*(_hashtag(*tag) for tag in note.tags), *map(_mention, note.mentions)],
        "attachment": [],
        "context": addresses.context(note.post_key),
        "conversation": addresses.context(note.post_key),
    } | _totals(note_id, note.likes, note.shares)


def tombstone(object_id: str, former_type: str, deleted: datetime) -> Document:
    """What is left of a deleted post or answer (G3)."""
    return {
        "@context": AS_CONTEXT,
        "id": object_id,
        "type": "Tombstone",
        "formerType": former_type,
        "deleted": timestamp(deleted),
    }


def shortened(url: str, beginning: str) -> str:
    """What is sent of a post that is too large for others: how it begins, and where it is (0.15).

    beginning: plain text.
    """
    address = escape(url)
    return f'<p>{escape(beginning)}</p>\n<p><a href="{address}">{address}</a></p>'


def with_mentions(content: str, mentions: Sequence[tuple[str, str]]) -> str:
    """An answer's HTML with whom it mentions at its head, in Mastodon's form (I3).

    mentions: (profile page, @user@host) pairs; Mastodon's web app knows a mention by its page.
    """
    heads = "".join(
        f'<span class="h-card"><a href="{escape(href)}" class="u-url mention">'
        f"@<span>{escape(name.lstrip('@').partition('@')[0])}</span></a></span> "
        for href, name in mentions
    )
    if content.startswith("<p>"):
        return f"<p>{heads}{content.removeprefix('<p>')}"
    return f"<p>{heads.rstrip()}</p>{content}" if heads else content


def _audience(
    addresses: Addresses, mentions: Sequence[tuple[str, str]], community: str
) -> Document:
    """Public; whom it mentions, in `cc` or they are not told (A7); a community also as the one
    `audience`, by which Lemmy and others know where it belongs (A13, FEP-1b12)."""
    told = dict.fromkeys([href for href, _ in mentions] + ([community] if community else []))
    return public_audience(addresses, list(told)) | ({"audience": community} if community else {})


def _mention(mention: tuple[str, str]) -> Document:
    href, name = mention
    return {"type": "Mention", "href": href, "name": name}


def _source(markdown: str) -> Document:
    source = {"content": markdown, "mediaType": "text/markdown"}
    return {"source": source} if markdown else {}


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


def _link(page: str) -> Document:
    return {"type": "Link", "href": page, "mediaType": "text/html"}


def _preview(addresses: Addresses, post: Article) -> Document:
    """A Note for readers that have no idea of Articles (FEP-b2b8, A16); it has no id of its own."""
    summary = post.warning or post.excerpt
    excerpt = f"<p>{escape(summary)}</p>" if summary else ""
    return {
        "type": "Note",
        "attributedTo": addresses.actor,
        "published": timestamp(post.published),
        "content": f"<p><strong>{escape(post.title)}</strong></p>{excerpt}",
    }


def _hashtag(name: str, page_url: str) -> Document:
    return {"type": "Hashtag", "name": f"#{name}", "href": page_url}
