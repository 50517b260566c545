"""What Mastodon makes of a page: the link card, and whether it links back to a profile.

Written after its LinkDetailsExtractor and VerifyLinkService (4.3 to 4.6): which sources it has for
each line of a card, in which order, and what it does to them on the way.
"""

import html
import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

#: How it asks for a page.
USER_AGENT = "Mastodon/4.6.5 (http.rb/5.3.1; +https://social.example/) Bot"
#: The pictures that it takes for a card.
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")


@dataclass(slots=True)
class Head:
    """metas: by property or name, the first one counts. links and anchors: (rel, href)."""

    language: str = ""
    title: str = ""
    metas: dict[str, str] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    data: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Card:
    """A link card, in the words of its table."""

    title: str
    description: str
    link_type: str
    image: str
    image_description: str
    provider_name: str
    author_name: str
    author_url: str
    author_account: str
    language: str
    published_at: str
    canonical_url: str


def link_card(page: str, url: str) -> Card:
    """The card for a page at a URL."""
    head = read_head(page)
    data = _structured(head)
    author, publisher = _first(data.get("author")), _first(data.get("publisher"))

    def meta(name: str) -> str:
        return head.metas.get(name, "")

    canonical = next((href for rel, href in head.links if rel == "canonical"), meta("og:url"))
    same_host = urlsplit(urljoin(url, canonical)).hostname == urlsplit(url).hostname
    is_article = data.get("@type") == "NewsArticle" or meta("og:type") == "article"
    return Card(
        title=html.unescape(data.get("headline") or meta("og:title") or head.title).strip(),
        description=html.unescape(
            data.get("description") or meta("og:description") or meta("description")
        ),
        link_type="article" if is_article else "unknown",
        image=urljoin(url, meta("og:image")) if meta("og:image") else "",
        image_description=meta("og:image:alt"),
        provider_name=html.unescape(publisher.get("name") or meta("og:site_name")),
        author_name=html.unescape(author.get("name") or meta("og:author")),
        author_url=author.get("url", ""),
        author_account=meta("fediverse:creator"),
        language=data.get("inLanguage") or meta("og:locale") or head.language,
        published_at=data.get("datePublished") or meta("article:published_time"),
        canonical_url=urljoin(url, canonical) if canonical and same_host else url,
    )


def links_back(page: str, profile: str) -> bool:
    """Whether a page verifies a profile: a link or an anchor with rel=me leads to its address."""
    mine = [href for rel, href in read_head(page).links if "me" in rel.split()]
    return profile.lower() in {href.lower() for href in mine}


def read_head(page: str) -> Head:
    """What a page says of itself, wherever in it."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.head


def _structured(head: Head) -> dict[str, Any]:
    """The first JSON-LD of a type that it knows. References are resolved before it is parsed."""
    for text in head.data:
        found = json.loads(html.unescape(text))
        for each in found if isinstance(found, list) else [found]:
            if each.get("@type") in {"NewsArticle", "WebPage"}:
                known: dict[str, Any] = each
                return known
    return {}


def _first(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = (value[0] if isinstance(value, list) and value else value) or {}
    return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.head = Head()
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside = tag
        if tag == "html":
            self.head.language = given.get("lang", "")
        if tag == "meta":
            name = given.get("property") or given.get("name", "")
            self.head.metas.setdefault(name, given.get("content", ""))
        if tag in {"link", "a"}:
            self.head.links.append((given.get("rel", ""), given.get("href", "")))
        if tag == "script":
            self._inside = given.get("type", "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "application/ld+json":
            self.head.data.append(data)
        if self._inside == "title":
            self.head.title += data
