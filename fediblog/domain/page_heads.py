"""What a page elsewhere says of itself in its head: Open Graph, Twitter's names, or plain HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import webencodings

from fediblog.domain.inline_pictures import fetchable_address
from fediblog.domain.language_tags import is_language_tag
from fediblog.domain.markup import EndTag, StartTag, Text, names, scan
from fediblog.domain.plaintext import one_line, shortened

_LONGEST_TITLE = 200
_LONGEST_SITE = 80
LONGEST_EXCERPT = 200
#: White space and controls that are dropped come on top.
_MOST_READ = 5_000
#: What can stand in a head and is no markup, whatever it looks like (HTML, section 13.2.6.4.4).
_HOLDING_TEXT = names("noscript script style template title")

_TITLES = ("og:title", "twitter:title", "title")
_SITES = ("og:site_name", "application-name")
_EXCERPTS = ("og:description", "twitter:description", "description")
_PICTURES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image")
_WANTED = frozenset({*_TITLES, *_SITES, *_EXCERPTS, *_PICTURES})

#: How far browsers look for it (HTML, section 13.2.3.2).
_FIRST_BYTES = 1024
_IN_META = re.compile(rb"<meta\b[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([\w:.-]{1,40})", re.I)
_IN_TYPE = re.compile(r"charset\s*=\s*\"?([\w:.-]{1,40})", re.I)


@dataclass(frozen=True, slots=True)
class PageHead:
    """Plain texts, all but the title perhaps empty; picture: an absolute address."""

    title: str
    site: str
    excerpt: str
    picture: str
    language: str


def decoded(body: bytes, content_type: str) -> str:
    """The text of a page: in the encoding that its Content-Type, or else the page itself names, or
    in UTF-8. Only encodings of the web count, under the names that browsers know."""
    in_meta = _IN_META.search(body[:_FIRST_BYTES])
    named = _IN_TYPE.search(content_type)
    label = named[1] if named else in_meta[1].decode("ascii", "replace") if in_meta else ""
    encoding = webencodings.lookup(label) or webencodings.UTF8
    return str(webencodings.decode(body, encoding, errors="replace")[0])


def read_head(html: str, url: str) -> PageHead | None:
    """What the page at url says of itself; None if it has no title."""
    language, said = "", dict[str, str]()
    for name, value in _statements(html):
        if name == "language":
            language = value if is_language_tag(value) else ""
        elif one_line(value):
            said.setdefault(name, value)
    title = _line(said, _TITLES, _LONGEST_TITLE)
    if not title:
        return None
    return PageHead(
        title=title,
        site=_line(said, _SITES, _LONGEST_SITE),
        excerpt=_line(said, _EXCERPTS, LONGEST_EXCERPT),
        picture=fetchable_address(_first(said, _PICTURES), url),
        language=language,
    )


def site_of(url: str) -> str:
    """The host of an address, as people know it."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _statements(html: str) -> Iterator[tuple[str, str]]:
    """(name, value) of what the head says, up to where the body begins."""
    in_title = False
    for token in scan(html, holding_text=_HOLDING_TEXT):
        if isinstance(token, Text):
            if in_title:
                yield "title", token.content[:_MOST_READ]
        elif isinstance(token, EndTag) or token.name == "body":
            in_title = False
            if token.name in {"head", "body"}:
                return
        elif token.name == "html":
            yield "language", token.attributes.get("lang", "")
        elif token.name == "meta":
            yield from _meta(token)
        else:
            in_title = token.name == "title"


def _meta(tag: StartTag) -> Iterator[tuple[str, str]]:
    """Open Graph uses `property`, everybody else `name`, and some do the other way round."""
    for key in ("property", "name"):
        name = tag.attributes.get(key, "").strip().lower()
        if name in _WANTED:
            yield name, tag.attributes.get("content", "")[:_MOST_READ]


def _line(said: dict[str, str], keys: tuple[str, ...], limit: int) -> str:
    return shortened(one_line(_first(said, keys)), limit)


def _first(said: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((said[key] for key in keys if key in said), "")
