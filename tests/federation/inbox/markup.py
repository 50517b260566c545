"""What a browser would find in the thread of a page."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_ADDRESSES = frozenset({"href", "src", "action", "formaction", "xlink:href", "poster", "srcset"})


@dataclass(slots=True)
class Markup:
    """The elements and attributes in a page, and the schemes of the addresses in it."""

    elements: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    schemes: set[str] = field(default_factory=set)


def read_markup(page: str) -> Markup:
    """Everything in the section of responses."""
    thread = page[page.index('id="responses"') : page.index('id="reply"')]
    reader = _Reader()
    reader.feed(thread)
    reader.close()
    return reader.markup


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.markup = Markup()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.markup.elements.add(tag)
        for name, value in attrs:
            self.markup.attributes.add(name)
            if name in _ADDRESSES:
                address = "".join((value or "").split()).lower()
                self.markup.schemes.add(address.partition(":")[0] if ":" in address else "")
