"""A stranger's HTML made small and well-formed, before it is sanitised.

A sanitiser that builds a tree, as browsers do, takes time and room that grow with the square of
what it reads (blocks nested in blocks; formatting that is reopened in each paragraph), and what it
lets through may still close a list of ours around it. So everything is written anew here, in one
pass: at most 32 levels, each element closed, paragraphs never in paragraphs, list items only in
lists. It also says where links lead, which takes the text and the address at once.

What may stay and what may not is not decided here but by the sanitiser that comes after.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from fediblog.domain.hosts import undisclosed_host
from fediblog.domain.markup import EndTag, StartTag, Text, Token, names, scan, start_tag
from fediblog.domain.plaintext import UNREADABLE, without_controls

# Elements that Mastodon shows in posts (requirement I1); headings become bold paragraphs.
INLINE = names("a b code del em i rp rt ruby s span strong u")
BLOCKS = names("blockquote li ol p pre ul")
HEADINGS = names("h1 h2 h3 h4 h5 h6")
SCHEMES = names("http https dat dweb ipfs ipns ssb gopher xmpp magnet gemini")

DEEPEST = 32
MOST_TAGS = 3_000

_PARAGRAPHS = HEADINGS | {"p"}
_LISTS = names("ol ul")
# Gone, but what stood before and after them was not on one line.
_SEPARATORS = names(
    "article aside dd details div dl dt figcaption figure footer header hr main section summary "
    "table td th tr"
)


def tidy(html: str) -> str:
    """`html` as a small, well-formed fragment; linear in time, however it is nested."""
    fragment = _Fragment()
    for token in _few_tags(_with_formulas(scan(html))):
        fragment.take(token)
    return fragment.finish()


@dataclass(slots=True)
class _Link:
    """An open link: its address, the text that is seen, and the text with what is not."""

    href: str
    seen: list[str] = field(default_factory=list)
    full: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Fragment:
    """The fragment as written so far, and what is open at its end."""

    written: list[str] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=list)
    link: _Link | None = None
    unseen_below: int | None = None

    def take(self, token: Token) -> None:
        if isinstance(token, Text):
            self._text(without_controls(token.content))
        elif isinstance(token, EndTag):
            self._end(token.name)
        else:
            self._start(token)
        if not isinstance(token, Text) and token.name in _SEPARATORS:
            self.written.append("\n")

    def finish(self) -> str:
        self._close_down_to(0)
        return "".join(self.written)

    def _text(self, text: str) -> None:
        self.written.append(escape(text, quote=False))
        if self.link:
            self.link.full.append(text)
            if self.unseen_below is None:
                self.link.seen.append(text)

    def _start(self, tag: StartTag) -> None:
        if tag.name == "br":
            self.written.append("<br>")
        elif tag.name in HEADINGS:
            self._open_block(tag.name, "<p><strong>", "</strong></p>")
        elif tag.name in BLOCKS:
            attributes = _attributes(tag, in_link=False)
            self._open_block(tag.name, start_tag(tag.name, attributes), f"</{tag.name}>")
        elif tag.name == "a":
            self._open_link(tag)
        elif tag.name in INLINE:
            self._open_inline(tag)

    def _open_block(self, name: str, start: str, end: str) -> None:
        """Open a block; it ends a paragraph, and an item of a list ends the one before it."""
        for depth, (opened, _) in enumerate(self.open):
            if opened in _PARAGRAPHS:
                self._close_down_to(depth)
                break
        if name == "li":
            depths = [i for i, (opened, _) in enumerate(self.open) if opened in _LISTS]
            if not depths:
                return
            self._close_down_to(depths[-1] + 1)
        self._open(name, start, end)

    def _open_link(self, tag: StartTag) -> None:
        attributes = _attributes(tag, in_link=True)
        href = attributes.get("href", "").strip()
        self._end("a")
        if href.partition(":")[0].lower() in SCHEMES and len(self.open) < DEEPEST:
            self._open("a", start_tag("a", attributes), "</a>")
            self.link = _Link(href)

    def _open_inline(self, tag: StartTag) -> None:
        attributes = _attributes(tag, in_link=self.link is not None)
        depth = len(self.open)
        self._open(tag.name, start_tag(tag.name, attributes), f"</{tag.name}>")
        unseen = "invisible" in attributes.get("class", "").split()
        if unseen and self.unseen_below is None and len(self.open) > depth:
            self.unseen_below = depth

    def _open(self, name: str, start: str, end: str) -> None:
        if len(self.open) < DEEPEST:
            self.open.append((name, end))
            self.written.append(start)

    def _end(self, name: str) -> None:
        for depth in range(len(self.open) - 1, -1, -1):
            if self.open[depth][0] == name:
                self._close_down_to(depth)
                return

    def _close_down_to(self, depth: int) -> None:
        while len(self.open) > depth:
            name, end = self.open.pop()
            self.written.append(end)
            if self.unseen_below == len(self.open):
                self.unseen_below = None
            if name == "a":
                self._disclose()

    def _disclose(self) -> None:
        """Say after a link where it leads, if its text says something else."""
        link, self.link = self.link, None
        if link is None:
            return
        for text in ("".join(link.seen), "".join(link.full)):
            if host := undisclosed_host(text, link.href):
                self.written.append(escape(f" ({host})"))
                return


def _attributes(tag: StartTag, *, in_link: bool) -> dict[str, str]:
    """The attributes of `tag`; outside of links nothing may be made invisible."""
    attributes = {
        key: without_controls(value)
        for key, value in tag.attributes.items()
        if key.isascii() and key.isalpha()
    }
    if "class" in attributes and not in_link:
        classes = attributes["class"].split()
        attributes["class"] = " ".join(name for name in classes if name != "invisible")
    return attributes


def _few_tags(tokens: Iterator[Token]) -> Iterator[Token]:
    """`tokens` with the first tags only, and without what is not for reading."""
    tags, hidden = 0, ""
    for token in tokens:
        if isinstance(token, Text):
            if not hidden:
                yield token
            continue
        tags += 1
        if hidden:
            hidden = "" if isinstance(token, EndTag) and token.name == hidden else hidden
        elif isinstance(token, StartTag) and token.name in UNREADABLE:
            hidden = token.name
        elif tags <= MOST_TAGS:
            yield token


def _with_formulas(tokens: Iterator[Token]) -> Iterator[Token]:
    """`tokens` with each `math` replaced by the TeX it was made from (FEP-dc88), as text."""
    block: bool | None = None
    annotated = False
    for token in tokens:
        if isinstance(token, StartTag) and token.name == "math":
            block = token.attributes.get("display") == "block"
        elif block is None:
            yield token
        elif isinstance(token, EndTag) and token.name == "math":
            block = None
        elif isinstance(token, StartTag) and token.name == "annotation":
            annotated = token.attributes.get("encoding") == "application/x-tex"
        elif isinstance(token, EndTag) and token.name == "annotation":
            annotated = False
        elif isinstance(token, Text) and annotated:
            yield Text(f"$${token.content}$$" if block else f"${token.content}$")
