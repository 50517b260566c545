"""The author's media in HTML of the author's, as our own pages show them: each reader in the size
and the format that fits, and nothing moves when a picture comes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token as MarkdownToken

from fediblog.domain.markdown import LARGEST_POST
from fediblog.domain.markup import EndTag, StartTag, Text, Token, scan, written

#: The file of a medium at our own site; group 2: of a picture, which has a width in its name.
_FILE = re.compile(r"/media/own/([0-9a-f]{32})(-[0-9]{1,4})?\.[a-z0-9]{3,4}")
#: As wide as the text is, where there is more room than that.
_SIZES = "(min-width: 39rem) 37rem, 100vw"


@dataclass(frozen=True, slots=True)
class OwnMedium:
    """A medium that is here. sources: (media type, srcset) of a picture, from the best format on.
    width, height: pixels of the file that everybody can show, or of a film; 0 if not known."""

    sources: Sequence[tuple[str, str]]
    width: int
    height: int


def names_of_media(html: str) -> Sequence[str]:
    """The names of the media whose files HTML names, each once."""
    return tuple(dict.fromkeys(match[1] for match in _FILE.finditer(html)))


def said_of_media(markdown: str) -> Mapping[str, tuple[str, str]]:
    """What Markdown says of the author's media that it shows, by their names: what is on each, and
    its caption, which is a line of Markdown. Of one that stands there twice it is what is said
    first."""
    if not _FILE.search(markdown):
        return {}
    parser = MarkdownIt("commonmark").enable("table")
    said: dict[str, tuple[str, str]] = {}
    for block in parser.parse(markdown[:LARGEST_POST]):
        for token in block.children or []:
            if token.type == "image" and (match := _FILE.search(str(token.attrs["src"]))):
                alt, caption = said.get(match[1], ("", ""))
                said[match[1]] = (
                    alt or _words(parser, token),
                    caption or str(token.attrs.get("title", "")),
                )
    return said


def _words(parser: MarkdownIt, image: MarkdownToken) -> str:
    """What is on it, as a reader of the page is told."""
    return RendererHTML(parser).renderInlineAsText(image.children, parser.options, {})


def with_own_media(html: str, origin: str, found: Mapping[str, OwnMedium]) -> str:
    """Clean HTML with the author's pictures in every size, and the sides of pictures and films.

    found: the media that are here, by name. A picture that is not here any more becomes its
    description. One that the author has put into a `picture` only gets its sides.
    """
    return written(_rewritten(html, origin, found))


def _rewritten(html: str, origin: str, found: Mapping[str, OwnMedium]) -> Iterator[Token]:
    in_picture = False
    for token in scan(html):
        if not isinstance(token, Text) and token.name == "picture":
            in_picture = isinstance(token, StartTag)
        match = _own_file(token, origin)
        if match is None or not isinstance(token, StartTag):
            yield token
        elif match[1] in found:
            yield from _shown(token, found[match[1]], bare=in_picture)
        elif match[2]:
            yield Text(token.attributes.get("alt", ""))
        else:
            yield token


def _own_file(token: Token, origin: str) -> re.Match[str] | None:
    """The file of ours that an element shows."""
    if not isinstance(token, StartTag) or token.name not in {"img", "video"}:
        return None
    return _FILE.fullmatch(token.attributes.get("src", "").removeprefix(origin))


def _shown(token: StartTag, medium: OwnMedium, *, bare: bool) -> Iterator[Token]:
    sides = {"width": str(medium.width), "height": str(medium.height)} if medium.width else {}
    if {"width", "height"} & token.attributes.keys():
        sides = {}
    shown = StartTag(token.name, token.attributes | sides)
    if bare or token.name != "img" or "srcset" in token.attributes:
        yield shown
        return
    yield StartTag("picture")
    for media_type, srcset in medium.sources:
        yield StartTag("source", {"type": media_type, "srcset": srcset, "sizes": _SIZES})
    yield shown
    yield EndTag("picture")
