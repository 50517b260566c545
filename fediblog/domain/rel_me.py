"""Whether a page links back to a profile with rel="me", by which Mastodon verifies profile fields
(E6)."""

from collections.abc import Collection, Iterator
from urllib.parse import urljoin

from fediblog.domain.markup import EndTag, StartTag, scan

#: What stands in these is no part of the page.
_UNSEEN = frozenset({"script", "style", "template", "textarea", "title"})


def links_back(html: str, page: str, profile: Collection[str]) -> bool:
    """Whether a page, at this address, has such a link to one of the addresses of a profile.

    Capital letters make no difference, as for Mastodon, nor does a slash at the end.
    """
    ours = {_plain(address) for address in profile}
    return any(_plain(_joined(page, address)) in ours for address in _own_links(html))


def _own_links(html: str) -> Iterator[str]:
    """Where the links with rel="me" lead."""
    unseen = ""
    for token in scan(html):
        if unseen:
            if isinstance(token, EndTag) and token.name == unseen:
                unseen = ""
        elif not isinstance(token, StartTag):
            continue
        elif token.name in _UNSEEN:
            unseen = token.name
        elif _is_own_link(token):
            yield token.attributes.get("href", "")


def _is_own_link(token: StartTag) -> bool:
    rel = token.attributes.get("rel", "").lower().split()
    return token.name in {"a", "area", "link"} and "me" in rel


def _joined(page: str, address: str) -> str:
    try:
        return urljoin(page, address.strip())
    except ValueError:
        return ""


def _plain(address: str) -> str:
    return address.partition("#")[0].rstrip("/").lower()
