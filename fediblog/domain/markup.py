"""A linear scanner for HTML: text and tags, one after the other.

The parser of Python's standard library takes seconds for some inputs of 100 kB (CVE-2025-6069,
and tags that never end); strangers choose what we read here, so every step of this scanner moves
forward and none looks back. It follows the tokenizer of the HTML standard, section 13.2.5, except
that the content of `script` and the like is scanned as any other, unless one says which elements
hold nothing but text.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape


def names(text: str) -> frozenset[str]:
    """The set of the words of `text`, for lists of elements and the like."""
    return frozenset(text.split())


# Elements that never have content, so they are never closed (HTML, section 13.1.2).
VOID = names("area base br col embed hr img input link meta param source track wbr")

# Their ends may be left out (HTML, section 13.1.2.4), so they pile up in the text only.
_CLOSED_BY_OTHERS = VOID | names("dd dt li option p rp rt tbody td tfoot th thead tr")

_SPACES = frozenset(" \t\n\r\f")

# The longest name of a character reference is 31 letters (HTML, section 13.5).
_LONGEST_REFERENCE = 32


@dataclass(frozen=True, slots=True)
class Text:
    """Characters between tags, with their references resolved."""

    content: str


@dataclass(frozen=True, slots=True)
class StartTag:
    """The start of an element; names are in lower case, values resolved, the first one counts."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EndTag:
    """The end of an element."""

    name: str


Token = Text | StartTag | EndTag


def scan(html: str, *, holding_text: frozenset[str] = frozenset()) -> Iterator[Token]:
    """The tokens of `html`, in its order; comments and declarations are left out.

    A tag that does not end before the input does is dropped with all that it swallowed, as in
    browsers. holding_text: the elements in which nothing is a tag but their own end.
    """
    at = 0
    while (bracket := html.find("<", at)) >= 0:
        if bracket > at:
            yield Text(unescape(html[at:bracket]))
        following = html[bracket + 1 : bracket + 2]
        if _is_letter(following):
            name, attributes, at = _tag(html, bracket + 1)
            if at < 0:
                return
            yield StartTag(name, attributes)
            if name in holding_text and (end := _end_of_text(html, name, at)) > at:
                yield Text(unescape(html[at:end]))
                at = end
        elif following == "/" and _is_letter(html[bracket + 2 : bracket + 3]):
            name, _, at = _tag(html, bracket + 2)
            if at < 0:
                return
            yield EndTag(name)
        elif following and following in "!?/":
            at = _after_comment(html, bracket)
            if at < 0:
                return
        else:
            yield Text("<")
            at = bracket + 1
    if at < len(html):
        yield Text(unescape(html[at:]))


def written(tokens: Iterable[Token]) -> str:
    """The tokens as HTML."""
    return "".join(_written(token) for token in tokens)


def nesting(html: str) -> int:
    """How deep elements can be nested in `html`, where each that is not ended stays open."""
    depth = deepest = 0
    opened: Counter[str] = Counter()
    for token in scan(html):
        if isinstance(token, StartTag) and token.name not in _CLOSED_BY_OTHERS:
            opened[token.name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif isinstance(token, EndTag) and opened[token.name] > 0:
            opened[token.name] -= 1
            depth -= 1
    return deepest


def start_tag(name: str, attributes: dict[str, str]) -> str:
    """The tag as HTML, its values quoted."""
    pairs = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{pairs}>"


def _written(token: Token) -> str:
    if isinstance(token, Text):
        return escape(token.content, quote=False)
    if isinstance(token, EndTag):
        return f"</{token.name}>"
    return start_tag(token.name, token.attributes)


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _after_comment(html: str, at: int) -> int:
    """Where the comment or declaration that starts at `at` ends; -1 if it never does."""
    if not html.startswith("<!--", at):
        return html.find(">", at) + 1 or -1
    if html.startswith((">", "->"), at + 4):
        return html.index(">", at) + 1
    end = html.find("-->", at + 4)
    return end + 3 if end >= 0 else -1


def _end_of_text(html: str, name: str, at: int) -> int:
    """Where the end of the element is whose text starts at `at`."""
    end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at)
    return end.start() if end else len(html)


def _tag(html: str, at: int) -> tuple[str, dict[str, str], int]:
    """Name and attributes of the tag whose name starts at `at`, and where it ends (-1: never)."""
    end = _until(html, at, "/>")
    name = html[at:end].lower()
    attributes: dict[str, str] = {}
    at = end
    while True:
        at = _skip(html, at, "/")
        if at >= len(html):
            return name, attributes, -1
        if html[at] == ">":
            return name, attributes, at + 1
        # A name may begin with "=", and only there.
        end = _until(html, at + 1, "/>=")
        key = html[at:end].lower()
        value, at = _value(html, end)
        if at < 0:
            return name, attributes, -1
        attributes.setdefault(key, value)


def _value(html: str, at: int) -> tuple[str, int]:
    """The value of the attribute whose name ends at `at`, and where it ends (-1: never)."""
    equals = _skip(html, at, "")
    if html[equals : equals + 1] != "=":
        return "", at
    at = _skip(html, equals + 1, "")
    quote = html[at : at + 1]
    if quote and quote in "\"'":
        end = html.find(quote, at + 1)
        return (_resolved(html[at + 1 : end]), end + 1) if end >= 0 else ("", -1)
    end = _until(html, at, ">")
    return _resolved(html[at:end]), end


def _until(html: str, at: int, stops: str) -> int:
    """The first place from `at` on with white space or one of `stops`, or the end."""
    while at < len(html) and html[at] not in stops and html[at] not in _SPACES:
        at += 1
    return at


def _skip(html: str, at: int, more: str) -> int:
    """The first place from `at` on without white space and none of `more`, or the end."""
    while at < len(html) and (html[at] in _SPACES or html[at] in more):
        at += 1
    return at


def _resolved(value: str) -> str:
    """An attribute's value; only references that end in ";" count there: "?a=1&copy=2" stays."""
    first, *others = value.split("&")
    return first + "".join(_reference_resolved(other) for other in others)


def _reference_resolved(text: str) -> str:
    """What "&" and `text` stand for."""
    end = text.find(";", 0, _LONGEST_REFERENCE) + 1
    return unescape(f"&{text[:end]}") + text[end:] if end else f"&{text}"
