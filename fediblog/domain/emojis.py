"""Emoji: whether a text is one, and small pictures where a stranger's text names one."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Final

from fediblog.domain.markup import EndTag, StartTag, Text, scan, start_tag, written
from fediblog.lazily import Lazily

if TYPE_CHECKING:
    import emoji
else:
    emoji = Lazily("emoji")

#: What Misskey sends for a like where it has no other emoji; its own likes look like this, too.
HEART: Final = "❤️"
#: Code is shown as it is, and the text of a link may be an address.
_LITERAL: Final = frozenset({"a", "code", "pre"})
#: The longest emoji of Unicode, a family of four with its joiners, has 11 characters.
_LONGEST: Final = 20
_SIDE: Final = "20"
_UNLIKELY: Final = ("\x01", "\x01")


def as_emoji(text: str) -> str:
    """The one emoji that `text` is, fully qualified (❤ and ❤️ are the same); empty for anything
    else, also for several."""
    text = text.strip()
    if len(text) > _LONGEST or not emoji.is_emoji(text):
        return ""
    return emoji.emojize(emoji.demojize(text, delimiters=_UNLIKELY), delimiters=_UNLIKELY)


def text_with_emojis(text: str, addresses: Mapping[str, str]) -> str:
    """Plain text as HTML, with pictures for the names (with their colons) in `addresses`."""
    return "".join(
        _picture(part, addresses[part]) if is_name else escape(part, quote=False)
        for part, is_name in _split(text, addresses)
    )


def html_with_emojis(html: str, addresses: Mapping[str, str]) -> str:
    """Sanitised HTML with pictures for the names in its text, but not in code and links.

    Nothing is searched twice, so time is linear in the length (requirement K15).
    """
    if not any(name in html for name in addresses):
        return html
    parts = []
    literal = 0
    for token in scan(html):
        if isinstance(token, Text) and not literal:
            parts.append(text_with_emojis(token.content, addresses))
            continue
        if isinstance(token, StartTag) and token.name in _LITERAL:
            literal += 1
        elif isinstance(token, EndTag) and token.name in _LITERAL:
            literal -= 1
        parts.append(written([token]))
    return "".join(parts)


def _split(text: str, names: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """The parts of a text, and whether each is a name. A colon belongs to one name only."""
    if not names:
        yield text, False
        return
    first, *rest = text.split(":")
    yield first, False
    at = 0
    while at < len(rest):
        name = f":{rest[at]}:"
        if name in names and at + 1 < len(rest):
            yield name, True
            yield rest[at + 1], False
            at += 2
        else:
            yield f":{rest[at]}", False
            at += 1


def _picture(name: str, address: str) -> str:
    return start_tag(
        "img",
        {
            "class": "emoji",
            "src": address,
            "alt": name,
            "title": name,
            "width": _SIDE,
            "height": _SIDE,
            "loading": "lazy",
            "decoding": "async",
        },
    )
