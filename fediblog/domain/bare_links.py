"""Addresses in running text: which become links, and how much of them is seen."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_MOST = 40
_PARTS = re.compile(rf"(https?://(?:www\.)?)(.{{1,{_MOST}}})(.*)", re.DOTALL)


def link_addresses_only(parser: MarkdownIt) -> None:
    """Link what begins with a scheme, not what only looks like a host: README.md is a file."""
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})


def shorten_addresses(parser: MarkdownIt) -> None:
    """Leave the scheme of an address that is a link unseen, and the end of a long one, marked as
    Mastodon does it: the address is whole for whoever knows no such classes."""
    parser.core.ruler.push("shorten_addresses", _shorten)


def _shorten(state: StateCore) -> None:
    for block in state.tokens:
        children = block.children or []
        for place in range(len(children) - 2, -1, -1):
            opening, text = children[place], children[place + 1]
            # "auto" is said of <https://…> and of what was found in the text alike.
            if opening.type == "link_open" and opening.info == "auto" and text.type == "text":
                children[place + 1 : place + 2] = _in_parts(text)


def _in_parts(text: Token) -> list[Token]:
    parts = _PARTS.fullmatch(text.content)
    if parts is None:
        return [text]
    beginning, middle, end = parts.groups()
    seen = _span("ellipsis", middle) if end else [Token("text", "", 0, content=middle)]
    return [*_span("invisible", beginning), *seen, *(_span("invisible", end) if end else [])]


def _span(name: str, content: str) -> list[Token]:
    return [
        Token("span_open", "span", 1, attrs={"class": name}),
        Token("text", "", 0, content=content),
        Token("span_close", "span", -1),
    ]
