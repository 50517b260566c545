"""Code as HTML whose words are told apart by a few classes.

Pygments reads the code. Of its eighty kinds seven are told apart, so that pages and their style
sheet stay small; other servers drop the classes and show the code as it is.
"""

from collections.abc import Callable, Iterator, Mapping
from html import escape
from itertools import groupby
from operator import itemgetter

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Literal, Name, Operator, _TokenType
from pygments.util import ClassNotFound

CLASS_PREFIX = "tok-"
"""What the names of all classes begin with."""

#: The first one that a token, or what it is a kind of, is found in counts.
_CLASSES: Mapping[_TokenType, str] = {
    Comment: "comment",
    Keyword.Constant: "number",
    Keyword: "keyword",
    Operator.Word: "keyword",
    Literal.String: "string",
    Literal.Number: "number",
    Name.Attribute: "name",
    Name.Class: "name",
    Name.Decorator: "name",
    Name.Function: "name",
    Name.Tag: "keyword",
    Generic.Deleted: "deleted",
    Generic.Heading: "name",
    Generic.Inserted: "inserted",
    Generic.Output: "comment",
    Generic.Prompt: "comment",
    Generic.Subheading: "name",
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
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
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


def _class_of(kind: _TokenType | None) -> str:
    while kind is not None:
        if kind in _CLASSES:
            return _CLASSES[kind]
        kind = kind.parent
    return ""
