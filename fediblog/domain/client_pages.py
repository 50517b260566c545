"""The page of a program that wants to write: what it is called, and where it may be answered."""

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urljoin

from fediblog.domain.markup import EndTag, StartTag, Text, scan

_LONGEST_NAME = 100
_MOST_TARGETS = 20


def read_client_page(html: str, url: str) -> tuple[str, Sequence[str]]:
    """Its name, and the addresses of its links with rel=redirect_uri.

    The name is that of the app in the page (h-app or h-x-app), else the page's title.
    """
    title, app, targets = "", "", list[str]()
    inside, in_app = "", False
    for token in scan(html):
        match token:
            case StartTag(name, attributes):
                classes = attributes.get("class", "").split()
                in_app = in_app or not {"h-app", "h-x-app"}.isdisjoint(classes)
                if name == "link" and "redirect_uri" in attributes.get("rel", "").split():
                    with suppress(ValueError):
                        targets.append(urljoin(url, attributes.get("href", "")))
                if name == "title" and not title:
                    inside = "title"
                elif in_app and not app and "p-name" in classes:
                    inside = "app"
            case EndTag():
                inside = ""
            case Text(content) if inside == "title":
                title += content
            case Text(content) if inside == "app":
                app += content
            case _:
                pass
    return " ".join((app or title).split())[:_LONGEST_NAME], targets[:_MOST_TARGETS]
