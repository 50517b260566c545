"""The author's answers: short Markdown as the little HTML that Mastodon shows."""

import nh3
from markdown_it import MarkdownIt

from fediblog.domain.bare_links import link_addresses_only
from fediblog.domain.markup import names

LARGEST_ANSWER = 20_000
"""Characters of Markdown that an answer may have."""


def render_answer(text: str) -> str:
    """The HTML of an answer: paragraphs, line breaks, emphasis, code, links, lists and quotes.

    Only elements that Mastodon keeps come out (requirement I1), so that the answer looks alike
    everywhere; HTML in `text` is shown as it was typed. Mentions are the sender's to put in front
    (requirement I3).

    Raises ValueError for an empty answer, and for one longer than `LARGEST_ANSWER`.
    """
    if not text.strip():
        raise ValueError("An answer needs some text.")
    if len(text) > LARGEST_ANSWER:
        raise ValueError(f"An answer can have at most {LARGEST_ANSWER} characters.")
    return _CLEANER.clean(_parser().render(text)).strip()


def _parser() -> MarkdownIt:
    options = {"html": False, "breaks": True, "typographer": True, "linkify": True}
    parser = (
        MarkdownIt("commonmark", options)
        .enable(["strikethrough", "replacements", "smartquotes", "linkify"])
        .disable(["heading", "lheading", "hr", "html_block", "html_inline", "image"])
    )
    link_addresses_only(parser)
    return parser


_CLEANER = nh3.Cleaner(
    tags=set(names("a blockquote br code em li ol p pre s strong ul")),
    # Without "*" the sanitiser's own list counts there.
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "xmpp", "gemini", "gopher", "magnet"},
    url_relative="deny",
    link_rel="nofollow noopener",
)
