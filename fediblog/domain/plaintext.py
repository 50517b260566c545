"""HTML and names of strangers as plain text: for excerpts, titles, feeds and handles."""

import re
import unicodedata
from collections.abc import Iterator

from fediblog.domain.markup import VOID, EndTag, StartTag, Text, Token, names, scan

# Their content is not for reading.
UNREADABLE = names("iframe math noembed noframes noscript object script style svg template title")

_INLINE = names(
    "a abbr b bdi bdo cite code data del dfn em font i ins kbd mark q rp rt ruby s samp small "
    "span strike strong sub sup time tt u var wbr"
)

# What stands beside the running text of a post.
_ASIDE = names("aside audio details dl figure footer nav pre section table video")

_NOTE_MARKS = names("footnote-ref footnote-backref")

_FORBIDDEN = frozenset(
    {
        *range(0x20),
        *range(0x7F, 0xA0),
        # Embeddings, overrides and isolates can turn the reading order of what follows around.
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    },
)
_TO_NOTHING = dict.fromkeys(_FORBIDDEN - {0x09, 0x0A, 0x0D})
_TO_SPACES = _TO_NOTHING | dict.fromkeys((0x09, 0x0A, 0x0D, 0x2028, 0x2029), " ")


_SCHEME = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{0,30}://")


def without_controls(text: str) -> str:
    """`text` without control characters (but tabs and line ends) and bidirectional overrides."""
    return text.translate(_TO_NOTHING)


def one_line(text: str) -> str:
    """What the author typed into a field of one line, where `<` is a character like any other."""
    return _folded(text)


def plain_text(html: str, limit: int | None = None) -> str:
    """The text of `html` on one line, without footnote marks; with a `limit`, cut at a word to so
    many characters."""
    text = _folded("".join(_readable(scan(html))))
    return text if limit is None else shortened(text, limit)


def plain_line(text: str, limit: int) -> str:
    """A stranger's name, handle or summary: no tags, no controls, one line, at most `limit` long.

    The result is text, not HTML: a template has to escape it.
    """
    # Only what may still be shown is read: nobody's name has tags of this length (K16).
    return plain_text(text[: 100 * limit], limit)


def text_blocks(html: str) -> list[str]:
    """The texts of a page's paragraphs, items, cells and so on, each on one line."""
    blocks, parts = [], list[str]()
    for token in scan(html):
        if isinstance(token, Text):
            parts.append(token.content)
        elif token.name not in _INLINE:
            blocks.append(_folded("".join(parts)))
            parts.clear()
    return [block for block in (*blocks, _folded("".join(parts))) if block]


def excerpt(html: str, limit: int = 280) -> str:
    """The first paragraphs of a post as plain text, at most `limit` characters.

    Web addresses are left out: in an Article's `summary` they would take the place of the card
    with the post (requirement A9b). Footnote marks, code, figures and tables are left out too. A
    post without paragraphs gives what text it has.
    """
    text = ""
    for paragraph in _paragraphs(html):
        text = f"{text} {paragraph}".strip()
        if len(text) > limit:
            break
    return shortened(text or _without_addresses(plain_text(html)), limit)


def without_links(text: str) -> str:
    """`text` with its web addresses told but not linked: readers that link addresses by
    themselves, as Mastodon did up to 4.2, would make a card of the first one instead of the post
    (requirement A9b)."""
    return _SCHEME.sub("", text)


def shortened(text: str, limit: int) -> str:
    """`text` cut at a word, with an ellipsis, so that it has at most `limit` characters."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    head, cut_word = text[: limit - 1], not text[limit - 1].isspace()
    words = head.rpartition(" ")[0]
    # Some scripts have no spaces; a cut that would lose most of the text is made inside the word.
    if cut_word and len(words) > len(head) // 2:
        head = words
    while head and (unicodedata.combining(text[len(head)]) or text[len(head)] == "\u200d"):
        head = head[:-1]
    return head.rstrip(" ,;:(-\u2013\u2014") + "…"


def _folded(text: str) -> str:
    return " ".join(text.translate(_TO_SPACES).split())


def _readable(tokens: Iterator[Token]) -> Iterator[str]:
    """The texts among `tokens`, with a space wherever a block begins or ends."""
    hidden = ""
    for token in tokens:
        if hidden:
            if isinstance(token, EndTag) and token.name == hidden:
                hidden = ""
        elif isinstance(token, Text):
            yield token.content
        elif isinstance(token, StartTag) and (token.name in UNREADABLE or _is_note_mark(token)):
            hidden = token.name
        elif token.name not in _INLINE:
            yield " "


def _paragraphs(html: str) -> Iterator[str]:
    """The paragraphs of the running text, without web addresses; empty ones are left out."""
    parts: list[str] = []
    inside = False
    for token in _running_text(scan(html)):
        if isinstance(token, Text):
            if inside:
                parts.append(token.content)
        elif token.name == "br":
            parts.append(" ")
        elif token.name == "p":
            inside = isinstance(token, StartTag)
            if text := _without_addresses(_folded("".join(parts))):
                yield text
            parts.clear()
    if text := _without_addresses(_folded("".join(parts))):
        yield text


def _running_text(tokens: Iterator[Token]) -> Iterator[Token]:
    """`tokens` without asides, footnote marks and what is not for reading."""
    aside: list[str] = []
    for token in tokens:
        if isinstance(token, StartTag) and (aside or _is_aside(token)):
            if token.name not in VOID:
                aside.append(token.name)
        elif isinstance(token, EndTag) and token.name in aside:
            while aside.pop() != token.name:
                pass
        elif not aside:
            yield token


def _is_aside(tag: StartTag) -> bool:
    return tag.name in _ASIDE or tag.name in UNREADABLE or _is_note_mark(tag)


def _is_note_mark(tag: StartTag) -> bool:
    """The number that leads to a footnote, and the arrow that leads back."""
    return not _NOTE_MARKS.isdisjoint(tag.attributes.get("class", "").split())


def _without_addresses(text: str) -> str:
    return " ".join(word for word in text.split() if "://" not in word)
