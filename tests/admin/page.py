"""A page as a test reads it: its forms, what is wrong in them, and what stands inline."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx


@dataclass(slots=True)
class Page:
    """values and attributes: of the controls, by name. errors: sentences beside the controls, by
    name. links: addresses of links, and of forms. inline: scripts, styles and handlers that stand
    in the page itself, which its policy would not run."""

    values: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, dict[str, str | None]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    text: str = ""


def read(response: httpx.Response) -> Page:
    """Read the page in a response."""
    reader = _Reader()
    reader.feed(response.text)
    reader.close()
    reader.page.text = " ".join(reader.page.text.split())
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._area = ""
        self._error = ""
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag in {"input", "textarea"} and name:
            self.page.attributes[name] = given
            self.page.values[name] = given.get("value") or ""
        if tag == "textarea":
            self._area = name
        if (given.get("id") or "").endswith("-error"):
            self._error = _control(given["id"] or "")
        if tag in {"a", "form"}:
            self.page.links.append(given.get("href") or given.get("action") or "")
        self._silent = tag in {"script", "style"}
        self.page.inline += _inline(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # A browser drops the line end right behind the start tag.
            self.page.values[self._area] = self.page.values[self._area].removeprefix("\n")
            self._area = ""
        if tag == "p":
            self._error = ""
        self._silent = False

    def handle_data(self, data: str) -> None:
        if self._area:
            self.page.values[self._area] += data
        elif self._error:
            self.page.errors[self._error] = self.page.errors.get(self._error, "") + data
        if not self._silent:
            self.page.text += f" {data}"


def _control(error_id: str) -> str:
    """The control of an error: field-title-error is of title, answer-7-error of body."""
    kind, _, rest = error_id.removesuffix("-error").partition("-")
    return rest if kind == "field" else "body"


def _inline(tag: str, given: dict[str, str | None]) -> list[str]:
    found = [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
    found += [f"{tag} {value}" for value in given.values() if "javascript:" in (value or "")]
    # Data is not run, so the policy has nothing against it.
    runs = tag == "script" and given.get("type") != "application/ld+json"
    if tag == "style" or (runs and not given.get("src")):
        found.append(tag)
    return found
