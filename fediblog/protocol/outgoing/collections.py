"""Collections and their pages (requirements C13, F1, F2)."""

from collections.abc import Sequence

from fediblog.protocol.outgoing.values import AS_CONTEXT, CONTEXT, Document


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


def with_replies(
    document: Document, total: int, items: Sequence[str], *, next_page: str | None
) -> Document:
    """The document with its replies inline: GoToSocial and Mastodon start from this page (C13)."""
    replies_id = f"{document['id']}/replies"
    first = page(f"{replies_id}?page=true", replies_id, items, next_page=next_page, ordered=False)
    first.pop("@context")
    replies = collection(replies_id, total, first=None, ordered=False) | {"first": first}
    replies.pop("@context")
    return document | {"replies": replies}
