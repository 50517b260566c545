"""A document of the blog, with how it came: fetched from an address, or delivered to an inbox."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

ACTIVITIES = frozenset({"Create", "Update", "Delete", "Accept", "Reject", "Add", "Remove", "Move"})
OBJECTS = frozenset({"Article", "Note"})
ACTORS = frozenset({"Person", "Application"})
WHOLE = frozenset({"Collection", "OrderedCollection"})
PAGES = frozenset({"CollectionPage", "OrderedCollectionPage"})


@dataclass(frozen=True, slots=True)
class Site:
    """Whose documents they are."""

    origin: str
    actor: str


@dataclass(frozen=True, slots=True)
class Found:
    """One document. where: its address, or the inbox that it came to.

    headers: of the answer or of the delivery, in lower case. status: of the answer, None for a
    delivery. negotiated: the content type that each Accept header got. attempts: Date and Signature
    of every time that a delivery was tried.
    """

    where: str
    document: Json
    body: bytes
    headers: Mapping[str, str]
    status: int | None = None
    negotiated: Mapping[str, str] = field(default_factory=dict)
    attempts: tuple[tuple[str, str], ...] = ()

    @property
    def type(self) -> str:
        """Its type."""
        return str(self.document.get("type"))

    def parts(self) -> Iterator[Json]:
        """Every object in it, itself first, without what only explains the terms."""
        waiting: list[Any] = [self.document]
        while waiting:
            part = waiting.pop(0)
            if isinstance(part, dict):
                yield part
                waiting += [value for name, value in part.items() if name != "@context"]
            elif isinstance(part, list):
                waiting += part

    def of(self, types: frozenset[str]) -> Iterator[Json]:
        """Every object in it that has one of these types."""
        return (part for part in self.parts() if part.get("type") in types)
