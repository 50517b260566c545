"""The thread on a post's page, read back as a tree."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(slots=True)
class Branch:
    """One row of the thread. text: what it says, without what stands around it."""

    text: str = ""
    tombstone: bool = False
    children: list["Branch"] = field(default_factory=list)


Shape = list[tuple[str, "Shape"]]


def read_thread(page: str) -> list[Branch]:
    """The rows at the top of the thread, each with what hangs beneath it."""
    reader = _Reader()
    reader.feed(page)
    assert len(reader.path) == 1, "the lists of the thread are not closed"
    return reader.path[0].children


def shape(page: str) -> Shape:
    """The thread as nested pairs: (text, what hangs beneath)."""
    return _shape(read_thread(page))


def _shape(branches: list[Branch]) -> Shape:
    return [(branch.text, _shape(branch.children)) for branch in branches]


class _Reader(HTMLParser):
    """Follows lists and items of the thread; a text counts within e-content or a tombstone."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.path = [Branch()]
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"img", "br", "link", "meta", "input", "path", "circle"}:
            return
        classes = dict(attrs).get("class") or ""
        if tag == "li" and self._in("thread") and not self._in("prose"):
            branch = Branch(tombstone="gone" in classes.split())
            self.path[-1].children.append(branch)
            self.path.append(branch)
        self._open.append((tag, classes))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            return
        self._open.pop()
        if tag == "li" and self._in("thread") and not self._in("prose"):
            self.path.pop()

    def handle_data(self, data: str) -> None:
        if self._in("thread") and (self._in("e-content") or self._in("tombstone")):
            self.path[-1].text = f"{self.path[-1].text} {data.strip()}".strip()

    def _in(self, name: str) -> bool:
        return any(name in classes.split() for _, classes in self._open)
