"""What other programs write, as Markdown that is kept: HTML, pictures, titles that are missing."""

import re
from contextlib import suppress
from urllib.parse import quote

from fediblog.domain.markdown import render
from fediblog.domain.plaintext import one_line, plain_text

_LONGEST_TITLE = 70
#: Enough of a text to make a title from.
_BEGINNING = 1000
_BLOCK = re.compile(
    r"<(?:p|div|h[1-6]|ul|ol|dl|blockquote|figure|table|section|details|hr)[\s/>]", re.IGNORECASE
)
_BLANK_LINES = re.compile(r"\r?\n(?:[ \t]*\r?\n)+")
_VERBATIM = re.compile(r"<(?:pre|textarea)[\s>]", re.IGNORECASE)


def html_source(html: str) -> str:
    """HTML as Markdown that stays HTML: one block, which ends at the first blank line, has none."""
    html = html.strip()
    if _VERBATIM.search(html):
        html = _BLANK_LINES.sub(lambda lines: "\n" + "&#10;" * (lines[0].count("\n") - 1), html)
    else:
        html = _BLANK_LINES.sub("\n", html)
    if not html or _BLOCK.match(html):
        return html
    return f"<div>\n{html}\n</div>"


def title_from(source: str) -> str:
    """A title for a text that has none: how it begins. Empty if it has no words there."""
    with suppress(ValueError):
        return plain_text(render(source[:_BEGINNING]), _LONGEST_TITLE)
    return ""


def picture_source(url: str, alt: str) -> str:
    """A picture in Markdown, whatever is in its description and its address."""
    told = re.sub(r"([\\\[\]<>*_`&!])", r"\\\1", one_line(alt))
    return f"![{told}](<{_escaped(url)}>)"


def link_source(url: str) -> str:
    """A link alone in its paragraph: to a sound or a film, it becomes a player."""
    name = url.partition("?")[0].rpartition("/")[2] or url
    told = re.sub(r"([\\\[\]<>*_`&!])", r"\\\1", one_line(name))
    return f"[{told}](<{_escaped(url)}>)"


def _escaped(url: str) -> str:
    return re.sub(r"[<>\\\s]", lambda found: quote(found[0]), url)
