"""What a browser would make of HTML that is said to be harmless."""

from html.parser import HTMLParser
from typing import Final

_ALLOWED: Final = frozenset(
    {"p", "br", "span", "a", "del", "s", "pre", "blockquote", "code", "b", "strong", "u", "i"}
    | {"em", "ul", "ol", "li", "ruby", "rt", "rp"}
)
_ATTRIBUTES: Final = frozenset(
    {"href", "rel", "class", "translate", "lang", "start", "reversed", "value"}
)
_ACTIVE: Final = frozenset(
    {"applet", "base", "embed", "form", "frame", "iframe", "link", "math", "meta", "object"}
    | {"script", "style", "svg", "template"}
)
_RUNS: Final = ("javascript", "data", "vbscript")


def check_reply(html: str) -> None:
    """A stranger's HTML has only what it may have, and closes what it opens and nothing else."""
    page = _Reply()
    page.feed(html)
    page.close()
    assert page.open == []


def check_safe(html: str) -> None:
    """Nothing runs, whoever wrote it."""
    page = _Safe()
    page.feed(html)
    page.close()


class _Reply(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _ALLOWED
        assert tag != "li" or self.open[-1] in ("ol", "ul")
        assert tag not in ("p", "ul", "ol", "pre", "blockquote") or "p" not in self.open
        assert tag != "a" or "a" not in self.open
        assert {name for name, _ in attrs} <= _ATTRIBUTES
        href = dict(attrs).get("href")
        assert href is None or not href.lower().startswith(_RUNS)
        if tag != "br":
            self.open.append(tag)
        assert len(self.open) <= 40

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


class _Safe(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in _ACTIVE, f"<{tag}> runs or loads"
        for name, value in attrs:
            assert not name.startswith("on"), f"{name} runs"
            assert name not in {"style", "srcdoc", "formaction"}, f"{name} is not taken"
            if name in {"href", "src", "poster", "cite"}:
                scheme = "".join((value or "").split()).partition(":")[0].lower()
                assert scheme not in _RUNS, f"{value} runs"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
