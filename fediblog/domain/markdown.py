"""A post's Markdown as HTML: what an author may use, and nothing that runs."""

from collections.abc import Mapping
from functools import lru_cache, partial
from types import MappingProxyType

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin
from slugify import slugify

from fediblog.domain.bare_links import link_addresses_only, shorten_addresses
from fediblog.domain.figures import make_figures
from fediblog.domain.handles import environment, handles_in, link_handles
from fediblog.domain.hashtags import (
    TagPage,
    hashtag_environment,
    hashtags_in,
    link_hashtags,
)
from fediblog.domain.highlighting import CLASS_PREFIX, highlighter
from fediblog.domain.markup import names, nesting

LARGEST_POST = 500_000
"""Characters of Markdown that a post may have."""

DEEPEST = 200

_FORMATTING = names(
    "a abbr b bdi bdo br cite code del dfn em i ins kbd label mark q rp rt ruby s samp small span "
    "strong sub sup time u var wbr"
)
_STRUCTURE = names(
    "aside blockquote caption col colgroup dd details div dl dt figcaption figure h2 h3 h4 h5 h6 "
    "hr li ol p pre section summary table tbody td tfoot th thead tr ul"
)
_MEDIA = names("audio img picture source track video")

_ATTRIBUTES = {
    "*": {"class", "dir", "id", "lang", "title"},
    "a": {"href", "hreflang", "rel"},
    "audio": {"src", "preload", "loop"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height", "loading"},
    "input": {"checked"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "source": {"src", "srcset", "sizes", "type", "media"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope", "abbr"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label", "default"},
    "video": {"src", "poster", "preload", "loop", "muted", "width", "height"},
}
_SCHEMES = names("http https mailto tel xmpp gemini gopher magnet geo acct")
_ADDRESSES_OF_MEDIA = names("src poster")
_CLASSES = names(
    "footnotes footnotes-sep footnotes-list footnote-item footnote-ref footnote-backref "
    "contains-task-list task-list-item task-list-item-checkbox mention hashtag invisible ellipsis"
)
_CLASS_PREFIXES = (CLASS_PREFIX, "align-", "language-", "h-", "p-", "u-", "dt-", "e-")


_NOBODY: Mapping[str, str] = MappingProxyType({})


def render(
    markdown: str,
    *,
    footnote_prefix: str = "",
    mentions: Mapping[str, str] = _NOBODY,
    tag_page: TagPage | None = None,
    local: bool = False,
) -> str:
    """The HTML of a post's body.

    CommonMark with highlighted code, figures, players, tables, footnotes, task lists, definition
    lists, ~~strikethrough~~, smart quotes and dashes, and HTML as far as `_CLEANER` lets it
    through. The post's title is the page's `h1`, so a body that uses `#` has all its headings moved
    down by one. Headings and footnotes have ids, all of them starting with `footnote_prefix`: give
    each post its own where several are on one page. Cells of tables are aligned by the classes
    `align-left`, `align-center` and `align-right`, as a page whose policy forbids inline styles can
    show them. `mentions` are the profile pages of people by their handles (lower case, no @ in
    front), whose mentions become links; `local`: see `link_handles`. Hashtags become links to where
    `tag_page` says that they are, if it is given.

    Raises ValueError for more than `LARGEST_POST` characters, and for HTML nested deeper than
    `DEEPEST` elements, which takes sanitisers and browsers too long.
    """
    if len(markdown) > LARGEST_POST:
        raise ValueError(f"A post can have at most {LARGEST_POST} characters of Markdown.")
    run = {**environment(mentions), **hashtag_environment(tag_page)}
    if footnote_prefix:
        run["docId"] = footnote_prefix
    html = _parser(footnote_prefix, local).render(markdown, run)
    if nesting(html) > DEEPEST:
        raise ValueError(f"A post can have at most {DEEPEST} elements nested in one another.")
    clean = _CLEANER.clean(html)
    return _CONTROLS_CLEANER.clean(clean) if _has_controls(clean) else clean


@lru_cache(maxsize=256)
def render_line(markdown: str) -> str:
    """The HTML of one line, such as a caption: emphasis, code and links, no blocks or pictures."""
    parser = (
        MarkdownIt("commonmark", {"typographer": True, "linkify": True, "html": False})
        .enable(["strikethrough", "replacements", "smartquotes", "linkify"])
        .disable("image")
    )
    link_addresses_only(parser)
    return _LINE_CLEANER.clean(parser.renderInline(markdown).strip())


def post_handles(markdown: str, *, local: bool = False) -> tuple[str, ...]:
    """Whom a post mentions: handles in lower case, without their first @, each once."""
    run = environment(_NOBODY)
    _parser("", local).parse(markdown[:LARGEST_POST], run)
    return handles_in(run)


def post_hashtags(markdown: str) -> tuple[str, ...]:
    """The hashtags in a post, without their signs: each once, whatever its capitals."""
    run = {**environment(_NOBODY), **hashtag_environment(None)}
    _parser("", local=False).parse(markdown[:LARGEST_POST], run)
    return hashtags_in(run)


def _parser(prefix: str, local: bool) -> MarkdownIt:
    """A parser that gives ids beginning with `prefix`."""
    options = {"typographer": True, "linkify": True, "highlight": highlighter()}
    parser = (
        MarkdownIt("commonmark", options)
        .enable(["table", "strikethrough", "replacements", "smartquotes", "linkify"])
        .use(footnote_plugin)
        .use(deflist_plugin)
        .use(tasklists_plugin, label=True)
    )
    link_addresses_only(parser)
    link_handles(parser, local=local)
    link_hashtags(parser)
    parser.core.ruler.push("move_headings", _move_headings)
    parser.core.ruler.push("align_cells", _align_cells)
    make_figures(parser)
    shorten_addresses(parser)
    return parser.use(anchors_plugin, 2, 6, slug_func=partial(_heading_id, prefix))


def _heading_id(prefix: str, title: str) -> str:
    slug: str = slugify(title, allow_unicode=True, max_length=60, word_boundary=True)
    return "-".join(part for part in (prefix, slug or "section") if part)


def _move_headings(state: StateCore) -> None:
    """Make room for the page's `h1`: if the body has one, every heading goes one level down."""
    headings = [token for token in state.tokens if token.type.startswith("heading_")]
    if any(token.tag == "h1" for token in headings):
        for token in headings:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"


def _align_cells(state: StateCore) -> None:
    """Turn the inline style that aligns a cell into a class."""
    for token in state.tokens:
        if token.type in ("td_open", "th_open") and "style" in token.attrs:
            alignment = str(token.attrs.pop("style")).removeprefix("text-align:")
            token.attrSet("class", f"align-{alignment}")


def _kept(element: str, attribute: str, value: str) -> str | None:
    """The value of an allowed attribute, or None to drop it."""
    if attribute == "class":
        return " ".join(name for name in value.split() if _is_known_class(name)) or None
    if attribute in _ADDRESSES_OF_MEDIA:
        return value if _is_of_the_web(value) else None
    if attribute == "srcset":
        candidates = value.split(",")
        return value if all(_is_of_the_web(one.strip()) for one in candidates) else None
    return value


def _has_controls(html: str) -> bool:
    return any(f"<{tag}" in html for tag in ("audio", "input", "video"))


def _is_known_class(name: str) -> bool:
    return name in _CLASSES or name.startswith(_CLASS_PREFIXES)


def _is_of_the_web(address: str) -> bool:
    """Whether a picture, sound or film is at an address of the web, or of our own site."""
    return address.startswith(("https://", "http://")) or ":" not in address.partition("/")[0]


_LINE_CLEANER = nh3.Cleaner(
    tags=names("a code em s strong"),
    attributes={"a": {"href", "title"}},
    url_schemes=set(_SCHEMES),
    link_rel=None,
)


def _cleaner(
    attributes: Mapping[str, set[str]], values: Mapping[str, Mapping[str, str]]
) -> nh3.Cleaner:
    """values: one attribute for each tag, as the order of several would be another in each process,
    and a post that is saved again unchanged must be the same."""
    return nh3.Cleaner(
        tags={*_FORMATTING, *_STRUCTURE, *_MEDIA, "input"},
        attributes=dict(attributes),
        attribute_filter=_kept,
        set_tag_attribute_values={tag: dict(value) for tag, value in values.items()},
        url_schemes=set(_SCHEMES),
        link_rel=None,
    )


#: Code can be too wide for the page, and is then scrolled, also by those who have no mouse.
_SCROLLED = {"pre": {"tabindex": "0"}}
_CLEANER = _cleaner(
    _ATTRIBUTES,
    _SCROLLED
    | {
        "audio": {"controls": ""},
        "img": {"loading": "lazy"},
        "input": {"disabled": ""},
        "video": {"controls": ""},
    },
)
#: The only control is a task's checkbox, which nobody can tick. Nobody else is asked for a sound or
#: a film before somebody wants to hear or see it.
_CONTROLS_CLEANER = _cleaner(
    {
        **_ATTRIBUTES,
        "audio": _ATTRIBUTES["audio"] | {"controls"},
        "input": _ATTRIBUTES["input"] | {"disabled"},
        "video": _ATTRIBUTES["video"] | {"controls"},
    },
    _SCROLLED
    | {"audio": {"preload": "none"}, "input": {"type": "checkbox"}, "video": {"preload": "none"}},
)
