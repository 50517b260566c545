"""Whom the author mentions: @user@host in Markdown, found there and linked."""

import html
import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from fediblog.domain.markup import names

# No part of a word, an address or another mention: what stands before is none of `_BEFORE`.
_BEFORE = r"(?<![\w@/.+&=-])"
_USER = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_])?"
_LABEL = r"[^\W_](?:[^\W_]|-){0,62}"
_TOP = r"[^\W\d_](?:[^\W_]|-){0,61}[^\W_]"
_HANDLE = re.compile(rf"{_BEFORE}@({_USER}@(?:{_LABEL}\.){{1,8}}{_TOP})(?![\w@-])")
#: Names without dots, addresses and ports, which only a blog in development takes.
_LOCAL_HANDLE = re.compile(
    rf"{_BEFORE}@({_USER}@{_LABEL}(?:\.{_LABEL}){{0,8}}(?::[0-9]{{1,5}})?)(?![\w@-])"
)

#: HTML whose text is meant as it stands.
_VERBATIM = names("a code kbd pre samp script style textarea")
_TAG = re.compile(r"<(/?)([a-z0-9]+)", re.IGNORECASE)

_FOUND = "handles"
_KNOWN = "mentions"


def link_handles(parser: MarkdownIt, *, local: bool) -> None:
    """Have `parser` find every @user@host outside of code and links, and link those it is told of.

    The environment of a run has `handles`, a list to which what is found is added (lower case,
    without the first @), and `mentions`, the profile pages by such handles. local: also take hosts
    with ports, and such that are no names of the internet.
    """
    handle = _LOCAL_HANDLE if local else _HANDLE

    def rule(state: StateCore) -> None:
        known: Mapping[str, str] = state.env.get(_KNOWN, {})
        found: list[str] = state.env.setdefault(_FOUND, [])
        for block in state.tokens:
            if block.type == "inline" and "@" in block.content:
                block.children = list(_linked(block.children or [], handle, known, found))

    parser.core.ruler.after("linkify", "handles", rule)


def environment(mentions: Mapping[str, str]) -> MutableMapping[str, Any]:
    """The environment of one run of a parser. mentions: profile pages by handles."""
    return {_KNOWN: mentions, _FOUND: []}


def handles_in(environment: Mapping[str, Any]) -> tuple[str, ...]:
    """What a run has found, each handle once, in the order of the text."""
    found: Sequence[str] = environment[_FOUND]
    return tuple(dict.fromkeys(found))


def mention(page: str, handle: str) -> str:
    """The HTML of a mention, in Mastodon's form (requirement I3). page: the profile page."""
    return (
        f'<span class="h-card"><a href="{html.escape(page)}" class="u-url mention">'
        f"@<span>{html.escape(handle.lstrip('@').partition('@')[0])}</span></a></span>"
    )


def _linked(
    tokens: Sequence[Token], handle: re.Pattern[str], known: Mapping[str, str], found: list[str]
) -> Iterator[Token]:
    """The tokens of a paragraph, with what is known of its handles linked."""
    verbatim = 0
    for token in tokens:
        verbatim = max(verbatim + verbatim_step(token), 0)
        if token.type == "text" and not verbatim:
            yield from _split(token.content, handle, known, found)
        else:
            yield token


def verbatim_step(token: Token) -> int:
    """Whether text that is meant as it stands begins (1) or ends (-1) with a token."""
    if token.type in {"link_open", "link_close"}:
        return token.nesting
    tag = _TAG.match(token.content) if token.type == "html_inline" else None
    if tag is None or tag[2].lower() not in _VERBATIM:
        return 0
    return -1 if tag[1] else 1


def _split(
    text: str, handle: re.Pattern[str], known: Mapping[str, str], found: list[str]
) -> Iterator[Token]:
    end = 0
    for match in handle.finditer(text):
        name = match[1].lower()
        found.append(name)
        if page := known.get(name):
            yield _token("text", text[end : match.start()])
            yield _token("html_inline", mention(page, match[1]))
            end = match.end()
    yield _token("text", text[end:])


def _token(kind: str, content: str) -> Token:
    return Token(kind, "", 0, content=content)
