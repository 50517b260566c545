"""The headings of a post's HTML: a list of them, and a link beside each.

Neither is part of what is stored and sent: on other servers they would lead nowhere.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fediblog.domain.plaintext import plain_text

#: As the sanitiser writes it.
_START = re.compile(r'<h([2-6])((?: [a-z-]+="[^"]*")*)>')
_ID = re.compile(r' id="([^"]+)"')


@dataclass(frozen=True, slots=True)
class _Found:
    """A heading that has an id. start, end: where it stands; content: HTML."""

    start: int
    end: int
    level: int
    id: str
    content: str


@dataclass(slots=True)
class Heading:
    """A heading. id: as in its address, HTML already; text: plain; parts: those beneath it."""

    id: str
    text: str
    parts: list["Heading"] = field(default_factory=list)


def outline(html: str) -> Sequence[Heading]:
    """The headings of a post that can be led to, each with those beneath it."""
    top: list[Heading] = []
    open_lists = [(1, top)]
    for found in _find(html):
        if text := plain_text(found.content):
            while open_lists[-1][0] >= found.level:
                open_lists.pop()
            heading = Heading(found.id, text)
            open_lists[-1][1].append(heading)
            open_lists.append((found.level, heading.parts))
    return top


def with_anchors(html: str) -> str:
    """A post with a link to each heading beside it, which is called as the heading is."""
    pieces, at = [], 0
    for found in _find(html):
        link = f'<a class="anchor" href="#{found.id}" aria-labelledby="{found.id}">#</a>'
        heading = html[found.start : found.end]
        pieces += [html[at : found.start], f'<div class="anchored">{heading}{link}</div>']
        at = found.end
    return "".join([*pieces, html[at:]])


def _find(html: str) -> Iterator[_Found]:
    at = 0
    while start := _START.search(html, at):
        at = html.find(f"</h{start[1]}>", start.end())
        if at < 0:
            return
        if name := _ID.search(start[2]):
            content = html[start.end() : at]
            yield _Found(start.start(), at + len("</h2>"), int(start[1]), name[1], content)
