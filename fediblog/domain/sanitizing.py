"""What is left of a stranger's HTML: the elements, classes and addresses that Mastodon allows."""

import nh3

from fediblog.domain.fragments import BLOCKS, INLINE, SCHEMES, tidy
from fediblog.domain.markup import names
from fediblog.domain.plaintext import without_controls

LARGEST_REPLY = 100_000
"""Characters of a reply's HTML that are read."""

_ATTRIBUTES = {
    "*": {"lang"},
    "a": {"href", "class", "translate"},
    "span": {"class", "translate"},
    "p": {"class"},
    "ol": {"start", "reversed"},
    "li": {"value"},
}
_CLASSES = names("mention hashtag ellipsis invisible quote-inline")
_MICROFORMATS = ("h-", "p-", "u-", "dt-", "e-")


def sanitize_reply(html: str) -> str:
    """A reply's `content` as HTML that is safe to show and to nest in a page of ours.

    What is allowed is Mastodon's list (requirement I1; lib/sanitize_ext/sanitize_config.rb):
    headings become bold paragraphs, other elements leave their text. Links get
    rel="nofollow noopener ugc", and say where they lead if their text names another host.
    Controls and bidirectional overrides are gone, also those written as references. Time is
    linear in the length (requirement K15); what lies beyond `LARGEST_REPLY` is cut off.
    """
    return without_controls(_CLEANER.clean(tidy(html[:LARGEST_REPLY]))).strip()


def _kept(element: str, attribute: str, value: str) -> str | None:
    """The value of an allowed attribute, or None to drop it."""
    if attribute == "class":
        return " ".join(name for name in value.split() if _is_known_class(name)) or None
    if attribute == "translate":
        return value if value == "no" else None
    if attribute == "lang":
        return value if len(value) <= 35 and value.replace("-", "").isalnum() else None
    if attribute in ("start", "value"):
        return value if len(value) < 10 and value.removeprefix("-").isdecimal() else None
    return value


def _is_known_class(name: str) -> bool:
    return name in _CLASSES or name.startswith(_MICROFORMATS)


_CLEANER = nh3.Cleaner(
    tags={*INLINE, *BLOCKS, "br"},
    attributes=_ATTRIBUTES,
    attribute_filter=_kept,
    url_schemes=set(SCHEMES),
    url_relative="deny",
    link_rel="nofollow noopener ugc",
)
