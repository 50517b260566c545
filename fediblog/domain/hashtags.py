"""The hashtags in the author's Markdown: #word in running text, found and linked."""

import html
import unicodedata
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from fediblog.domain.handles import verbatim_step
from fediblog.domain.tags import LONGEST_TAG, belongs_to_a_word

TagPage = Callable[[str], str]
"""From the word of a hashtag to the address of its page; empty if it is to be no link."""

_SIGNS = "#\N{FULLWIDTH NUMBER SIGN}"
#: After one of these it is the end of a word, part of an address, or a reference.
_NOT_AFTER = frozenset("/)&=@" + _SIGNS)

_FOUND = "hashtags"
_PAGE = "tag_page"


def link_hashtags(parser: MarkdownIt) -> None:
    """Have `parser` find every #word outside of code and links, and link it.

    What is a hashtag is what Mastodon takes for one: letters, digits and underscores of any script,
    with at least one letter, and nothing of a word before the sign. A sign after a backslash is
    none. The environment of a run has `hashtags`, a list to which what is found is added, and
    `tag_page`, without which nothing is linked.
    """

    def rule(state: StateCore) -> None:
        page: TagPage | None = state.env.get(_PAGE)
        found: list[str] = state.env.setdefault(_FOUND, [])
        for block in state.tokens:
            if block.type == "inline" and any(sign in block.content for sign in _SIGNS):
                block.children = list(_linked(block.children or [], page, found))

    parser.core.ruler.after("handles", "hashtags", rule)


def hashtag_environment(tag_page: TagPage | None) -> MutableMapping[str, Any]:
    """What one run of a parser needs for hashtags."""
    return {_PAGE: tag_page, _FOUND: []}


def hashtags_in(environment: Mapping[str, Any]) -> tuple[str, ...]:
    """What a run has found, without signs: each once, whatever its capitals, in its order."""
    words: Sequence[str] = environment[_FOUND]
    return tuple({word.casefold(): word for word in reversed(words)}.values())[::-1]


def _linked(tokens: Sequence[Token], page: TagPage | None, found: list[str]) -> Iterator[Token]:
    verbatim = 0
    for token in tokens:
        verbatim = max(verbatim + verbatim_step(token), 0)
        if token.type == "text" and not verbatim:
            yield from _split(token.content, page, found)
        else:
            yield token


def _split(text: str, page: TagPage | None, found: list[str]) -> Iterator[Token]:
    end = 0
    for start, word in _words(text):
        found.append(word)
        if page is not None and (address := page(word)):
            yield Token("text", "", 0, content=text[end:start])
            yield Token("html_inline", "", 0, content=_link(address, text[start], word))
            end = start + 1 + len(word)
    yield Token("text", "", 0, content=text[end:])


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Where the sign of each hashtag is, and its word."""
    end = 0
    for start, sign in enumerate(text):
        if sign not in _SIGNS or start < end:
            continue
        end = start + 1
        while end < len(text) and belongs_to_a_word(text[end]):
            end += 1
        if _is_hashtag(text[start - 1 : start], text[start + 1 : end]):
            yield start, text[start + 1 : end]


def _is_hashtag(before: str, word: str) -> bool:
    if before and (before in _NOT_AFTER or belongs_to_a_word(before)):
        return False
    has_letter = any(unicodedata.category(character)[0] == "L" for character in word)
    return has_letter and len(word) <= LONGEST_TAG


def _link(page: str, sign: str, word: str) -> str:
    """In Mastodon's form, so that others know it for a hashtag."""
    return (
        f'<a href="{html.escape(page)}" class="mention hashtag" rel="tag">'
        f"{sign}<span>{html.escape(word)}</span></a>"
    )
