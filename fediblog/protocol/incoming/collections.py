"""Collections of other servers: ordered or not, with pages or without, of ids or whole objects."""

from dataclasses import dataclass
from typing import Final

from fediblog.errors import Malformed
from fediblog.protocol.incoming.values import Document, first_type, one_id

MAX_ITEMS: Final = 1000
COLLECTION_TYPES: Final = frozenset(
    {"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"}
)


@dataclass(frozen=True, slots=True)
class Page:
    """What one document of a collection holds, be it the collection or one of its pages.

    items: ids and embedded objects in their order. following: the documents to read next, which
    are addresses, or pages that came embedded.
    """

    items: tuple[str | Document, ...]
    following: tuple[str | Document, ...]


def parse_page(document: Document) -> Page:
    """Raises Malformed for what is no collection. Items are taken from `items` and `orderedItems`
    whatever its type is, and `first` and `next` as an address or embedded (requirement C7)."""
    if first_type(document) not in COLLECTION_TYPES:
        raise Malformed("This is no collection.")
    listed = [item for name in ("items", "orderedItems") for item in _listed(document.get(name))]
    items = [item if isinstance(item, dict) else one_id(item) for item in listed[:MAX_ITEMS]]
    following = [_page_at(document.get(name)) for name in ("first", "next")]
    return Page(tuple(filter(None, items)), tuple(filter(None, following)))


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _page_at(value: object) -> str | Document:
    """An embedded page when it holds anything, else its address."""
    if isinstance(value, dict) and ("items" in value or "orderedItems" in value or "next" in value):
        return value
    return one_id(value)
