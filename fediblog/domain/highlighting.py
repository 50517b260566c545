"""Code as HTML whose words are told apart by a few classes.

Pygments reads the code. Of its eighty kinds seven are told apart, so that pages and their style
sheet stay small; other servers drop the classes and show the code as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from fediblog.lazily import Lazily

if TYPE_CHECKING:
    from pygments import lexers, util
    from pygments.token import _TokenType
else:
    lexers, util = Lazily("pygments.lexers"), Lazily("pygments.util")

CLASS_PREFIX = "tok-"
"""What the names of all classes begin with."""

#: By the names of Pygments' kinds. The first one that a token, or what it is a kind of, is found in
#: counts.
_CLASSES: Mapping[str, str] = {
    "Token.Comment": "comment",
    "Token.Keyword.Constant": "number",
    "Token.Keyword": "keyword",
    "Token.Operator.Word": "keyword",
    "Token.Literal.String": "string",
    "Token.Literal.Number": "number",
    "Token.Name.Attribute": "name",
    "Token.Name.Class": "name",
    "Token.Name.Decorator": "name",
    "Token.Name.Function": "name",
    "Token.Name.Tag": "keyword",
    "Token.Generic.Deleted": "deleted",
    "Token.Generic.Heading": "name",
    "Token.Generic.Inserted": "inserted",
    "Token.Generic.Output": "comment",
    "Token.Generic.Prompt": "comment",
    "Token.Generic.Subheading": "name",
}
#: Characters of one post: reading code takes some time for every one of them.
_MOST = 100_000


def highlighter() -> Callable[[str, str, str], str]:
    """A function for the `highlight` option of one run of a parser: code, its language and more of
    its first line -> HTML. It is empty, and the code shown as it is, for a language that nobody
    knows and once there was too much code."""
    left = _MOST

    def highlight(code: str, language: str, _attributes: str) -> str:
        nonlocal left
        left -= len(code)
        return _html(code, language) if language and left >= 0 else ""

    return highlight


def _html(code: str, language: str) -> str:
    try:
        lexer = lexers.get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except util.ClassNotFound:
        return ""
    pieces = []
    for name, group in groupby(_classed(lexer.get_tokens(code)), itemgetter(0)):
        text = escape("".join(part for _, part in group), quote=False)
        pieces.append(f'<span class="{CLASS_PREFIX}{name}">{text}</span>' if name else text)
    return "".join(pieces)


def _classed(tokens: Iterator[tuple[_TokenType, str]]) -> Iterator[tuple[str, str]]:
    """Blanks belong to what is before them."""
    last = ""
    for kind, text in tokens:
        last = last if text.isspace() else _class_of(kind)
        yield last, text


@cache
def _class_of(kind: _TokenType | None) -> str:
    while kind is not None:
        if found := _CLASSES.get(str(kind)):
            return found
        kind = kind.parent
    return ""
