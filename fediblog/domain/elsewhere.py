"""HTML of ours for pages that are not ours, such as those of a feed reader."""

from collections.abc import Iterator
from urllib.parse import urljoin

from fediblog.domain.markup import StartTag, Token, scan, written

_ADDRESSES = ("href", "src", "poster", "cite")
_REFERENCES = ("for", "headers", "aria-describedby", "aria-labelledby", "aria-controls")


def for_elsewhere(html: str, page: str, prefix: str) -> str:
    """Clean HTML with absolute addresses, and ids that are unique among those of other texts.

    page: the address of the text's own page. prefix: begins every id, and follows the "#" of the
    links to them, so that footnotes work where several texts stand on one page.
    """
    return written(_moved(scan(html), page, prefix))


def _moved(tokens: Iterator[Token], page: str, prefix: str) -> Iterator[Token]:
    for token in tokens:
        if isinstance(token, StartTag):
            changed = {
                name: _attribute(name, value, page, prefix)
                for name, value in token.attributes.items()
            }
            yield StartTag(token.name, changed)
        else:
            yield token


def _attribute(name: str, value: str, page: str, prefix: str) -> str:
    if name == "id":
        return f"{prefix}-{value}"
    if name == "href" and value.startswith("#"):
        return f"#{prefix}-{value[1:]}"
    if name in _ADDRESSES:
        return _absolute(value, page)
    if name == "srcset":
        return ", ".join(_candidate(each, page) for each in value.split(",") if each.strip())
    if name in _REFERENCES:
        return " ".join(f"{prefix}-{each}" for each in value.split())
    return value


def _candidate(text: str, page: str) -> str:
    """One picture of a srcset: its address, and for which width or density it is meant."""
    address, _, size = text.strip().partition(" ")
    return f"{_absolute(address, page)} {size}".strip()


def _absolute(address: str, page: str) -> str:
    try:
        return urljoin(page, address.strip())
    except ValueError:
        return address
