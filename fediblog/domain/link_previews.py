"""Links that stand alone in a paragraph of the author's, as previews of the pages they lead to.

What is stored and sent has the plain link; only our own pages show a preview in its place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fediblog.domain.inline_pictures import PictureHere
from fediblog.domain.markup import VOID, EndTag, StartTag, Text, Token, names, scan, written

#: Of one text. All further ones stay links.
MOST_PREVIEWS = 20

_LONGEST_ADDRESS = 2048
#: HTML in which this does not stand has no such link.
_SIGN = "<p><a "
#: What an address may be wrapped in, as its beginning and its end are not shown.
_WRAPPERS = names("span wbr")


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """What is shown of a page: plain texts, all but the title perhaps empty. site: whose page it
    is."""

    title: str
    site: str
    excerpt: str = ""
    language: str = ""
    picture: PictureHere | None = None


def lone_links(html: str) -> tuple[str, ...]:
    """The addresses, each once, of those links in clean HTML that have a paragraph of their own and
    show nothing but where they lead."""
    if _SIGN not in html:
        return ()
    found = dict.fromkeys(url for url, _ in _pieces(html) if url)
    return tuple(found)[:MOST_PREVIEWS]


def with_previews(html: str, previews: Mapping[str, LinkPreview]) -> str:
    """Clean HTML with previews in place of the lone links to those addresses."""
    if not previews:
        return html
    return written(
        token
        for url, tokens in _pieces(html)
        for token in (_preview(url, previews[url]) if url in previews else tokens)
    )


def _pieces(html: str) -> Iterator[tuple[str, list[Token]]]:
    """All tokens in their order, each by itself, but those of a paragraph that is no part of
    anything else together; with the address of the link that is all there is in it, or nothing."""
    depth = 0
    paragraph: list[Token] = []
    for token in scan(html):
        if paragraph or (depth == 0 and isinstance(token, StartTag) and token.name == "p"):
            paragraph.append(token)
            if isinstance(token, EndTag) and token.name == "p":
                yield _lone_link(paragraph), paragraph
                paragraph = []
            continue
        if not isinstance(token, Text) and token.name not in VOID:
            depth += 1 if isinstance(token, StartTag) else -1
        yield "", [token]
    yield "", paragraph


def _lone_link(paragraph: list[Token]) -> str:
    match paragraph:
        case [StartTag(_, {**own}), StartTag("a", {"href": url, **more}), *inner, EndTag("a"), _]:
            text = _address_in(inner)
            is_bare = not own and not more and text.startswith(("https://", "http://"))
            is_fit = url.startswith(("https://", "http://")) and len(url) <= _LONGEST_ADDRESS
            return url if is_bare and is_fit and url.isascii() and url.isprintable() else ""
    return ""


def _address_in(tokens: list[Token]) -> str:
    """What a link shows, if that may be an address; else nothing."""
    if any(not isinstance(token, Text) and token.name not in _WRAPPERS for token in tokens):
        return ""
    text = "".join(token.content for token in tokens if isinstance(token, Text))
    return "" if " " in text else text


def _preview(url: str, preview: LinkPreview) -> Iterator[Token]:
    yield StartTag("div", {"class": "preview"})
    if picture := preview.picture:
        sides = {"width": str(picture.width), "height": str(picture.height)}
        yield StartTag("img", {"src": picture.address, "alt": "", "loading": "lazy"} | sides)
    language = {"lang": preview.language} if preview.language else {}
    yield StartTag("div", {"dir": "auto"} | language)
    yield from _paragraph([StartTag("a", {"href": url}), Text(preview.title), EndTag("a")])
    if preview.excerpt:
        yield from _paragraph([Text(preview.excerpt)])
    yield from _paragraph([Text(preview.site)], {"class": "site"})
    yield from (EndTag("div"), EndTag("div"))


def _paragraph(content: list[Token], attributes: dict[str, str] | None = None) -> list[Token]:
    return [StartTag("p", attributes or {}), *content, EndTag("p")]
