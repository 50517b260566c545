"""The author's answers: short Markdown as the little HTML that Mastodon shows."""

import re
from collections.abc import Mapping
from types import MappingProxyType

import nh3
from markdown_it import MarkdownIt

from fediblog.domain.bare_links import link_addresses_only
from fediblog.domain.handles import environment, handles_in, link_handles
from fediblog.domain.hashtags import (
    TagPage,
    hashtag_environment,
    hashtags_in,
    link_hashtags,
)
from fediblog.domain.markup import names

LARGEST_ANSWER = 20_000
"""Characters of Markdown that an answer may have."""

_NOBODY: Mapping[str, str] = MappingProxyType({})


def render_answer(
    text: str,
    *,
    mentions: Mapping[str, str] = _NOBODY,
    tag_page: TagPage | None = None,
    local: bool = False,
) -> str:
    """The HTML of an answer: paragraphs, line breaks, emphasis, code, links, lists and quotes.

    Only elements that Mastodon keeps come out (requirement I1), so that the answer looks alike
    everywhere; HTML in `text` is shown as it was typed. `mentions` are the profile pages of those
    in the text whose mentions become links, by handle; `local`: see `link_handles`. Hashtags
    become links to where `tag_page` says that they are, if it is given. Whom an answer is for is
    the sender's to put in front (requirement I3).

    Raises ValueError for an empty answer, and for one longer than `LARGEST_ANSWER`.
    """
    if not text.strip():
        raise ValueError("An answer needs some text.")
    if len(text) > LARGEST_ANSWER:
        raise ValueError(f"An answer can have at most {LARGEST_ANSWER} characters.")
    run = {**environment(mentions), **hashtag_environment(tag_page)}
    clean = _CLEANER.clean(_parser(local).render(text, run)).strip()
    return _HASHTAG.sub(r'\1rel="tag nofollow noopener"', clean)


def answer_handles(text: str, *, local: bool = False) -> tuple[str, ...]:
    """Whom the text of an answer mentions: handles in lower case, without their first @."""
    run = environment(_NOBODY)
    _parser(local).parse(text[:LARGEST_ANSWER], run)
    return handles_in(run)


def answer_hashtags(text: str) -> tuple[str, ...]:
    """The hashtags in an answer, without their signs: each once, whatever its capitals."""
    run = {**environment(_NOBODY), **hashtag_environment(None)}
    _parser(local=False).parse(text[:LARGEST_ANSWER], run)
    return hashtags_in(run)


def _parser(local: bool) -> MarkdownIt:
    options = {"html": False, "breaks": True, "typographer": True, "linkify": True}
    parser = (
        MarkdownIt("commonmark", options)
        .enable(["strikethrough", "replacements", "smartquotes", "linkify"])
        .disable(["heading", "lheading", "hr", "html_block", "html_inline", "image"])
    )
    link_addresses_only(parser)
    link_handles(parser, local=local)
    link_hashtags(parser)
    return parser


#: The sanitiser says the same of every link; Mastodon, which takes the first link for a card, knows
#: a hashtag by "tag". In a text "<" stands as a reference, so this is never part of one.
_HASHTAG = re.compile(r'(<a href="[^"]*" class="mention hashtag" )rel="nofollow noopener"')


_CLEANER = nh3.Cleaner(
    tags=set(names("a blockquote br code em li ol p pre s span strong ul")),
    # Without "*" the sanitiser's own list counts there.
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    # Those of mentions and hashtags.
    allowed_classes={"a": {"u-url", "mention", "hashtag"}, "span": {"h-card"}},
    url_schemes={"http", "https", "mailto", "xmpp", "gemini", "gopher", "magnet"},
    url_relative="deny",
    link_rel="nofollow noopener",
)
