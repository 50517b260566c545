"""Rules of the author's own for the blog's pages: read by a parser, and refused if they would make
readers' browsers ask anybody else for anything."""

import re
from collections.abc import Iterable, Iterator

import tinycss2
from tinycss2.ast import AtRule, Node, ParseError

LARGEST_STYLE = 20_000
"""Characters that the rules may have."""

#: Functions in which a plain string is an address that is loaded.
_LOADING = frozenset({"image-set", "-webkit-image-set", "src", "image", "cross-fade"})
#: An address here: from the root, or within the page.
_HERE = re.compile(r"(?:/(?![/\\])|#)[^\s\\\x00-\x1f]*")
#: What a browser takes for an address elsewhere once it has dropped the characters that it drops.
_ELSEWHERE = re.compile(r"https?:|[/\\]{2}", re.IGNORECASE)
_DROPPED = re.compile(r"[\x00-\x20]+")


def check_style(text: str) -> None:
    """Raises ValueError, with a sentence that names the line, for rules that cannot be used.

    No @import, and no address that is not of this blog: not in url(), not in functions that load,
    and in no other text either, for a variable can carry it there.
    """
    if len(text) > LARGEST_STYLE:
        raise ValueError(f"The rules can have at most {LARGEST_STYLE:,} characters.")
    for node in _everything(tinycss2.parse_stylesheet(text, skip_comments=True)):
        _check(node)


def _check(node: Node) -> None:
    line = f"Line {node.source_line}"
    if isinstance(node, ParseError):
        raise ValueError(f"{line} cannot be read: {node.message.rstrip('.')}.")
    if _names_import(node):
        raise ValueError(f"{line}: @import is not taken. Write the rules themselves here.")
    for address in _addresses(node):
        if not _HERE.fullmatch(address):
            raise ValueError(
                f"{line}: “{address[:80]}” is no address of this blog. It has to begin with /, for "
                "readers’ browsers ask nobody else."
            )
    if node.type == "string" and _ELSEWHERE.match(_DROPPED.sub("", node.value)):
        raise ValueError(f"{line}: an address elsewhere cannot stand in the rules, not as a text.")


def _names_import(node: Node) -> bool:
    if node.type == "at-keyword":
        return bool(node.lower_value == "import")
    return isinstance(node, AtRule) and node.lower_at_keyword == "import"


def _addresses(node: Node) -> Iterator[str]:
    """The addresses that a browser would load for this piece."""
    if node.type == "url":
        yield node.value
    elif node.type == "function" and node.lower_name in _LOADING | {"url"}:
        yield from (each.value for each in node.arguments if each.type == "string")


def _everything(nodes: Iterable[Node]) -> Iterator[Node]:
    """Rules, and all that is in them, however deep."""
    waiting = [iter(nodes)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            continue
        yield node
        for inner in ("prelude", "content", "arguments"):
            if pieces := getattr(node, inner, None):
                waiting.append(iter(pieces))
