"""What is saved beside what was typed: told field by field, and put together as the author wants.

A field that differs is one choice, and each part of the text in which the two differ is another:
`pick-title`, `pick-body-3`. Everything works by forms alone.
"""

from collections.abc import Mapping
from typing import Any

from fediblog.domain.changes import find_passages
from fediblog.domain.merging import Choice, merge, sections

#: Fields that a conflict is told of, as the form calls them.
_LABELS: Mapping[str, str] = {
    "title": "Title",
    "excerpt": "Excerpt",
    "tags": "Tags",
    "category": "Category",
    "language": "Language",
    "slug": "Address",
    "source_line": "Source",
    "licence": "Licence",
    "lead": "Lead picture",
    "lead_alt": "What is on the lead picture",
    "lead_caption": "Caption of the lead picture",
    "decorative": "Lead picture only decorates",
    "contents": "Table of contents",
    "warning": "Content warning",
    "publish_at": "Publish later",
    "gallery": "Pictures instead of a link card",
}
_CHOICES: Mapping[str, Choice] = {"saved": "saved", "mine": "mine", "both": "both"}


def compare(saved: Mapping[str, str], typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every difference as {name of the choice, label, saved, mine, pieces, is_text}."""
    found = [
        _difference(f"pick-{name}", _label(name), value, typed.get(name, ""))
        for name, value in saved.items()
        if name not in {"body", "forget", "quiet"} and value != typed.get(name, "")
    ]
    text = sections(_plain(saved["body"]), _plain(typed.get("body", "")))
    return found + [
        _difference(f"pick-body-{place}", "Text", section.saved, section.mine, is_text=True)
        for place, section in enumerate(text)
        if section.differs
    ]


def put_together(saved: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """The form with what was picked of what is saved."""
    text = sections(_plain(saved["body"]), _plain(typed.get("body", "")))
    picked = {
        place: choice
        for place in range(len(text))
        if (choice := _CHOICES.get(typed.get(f"pick-body-{place}", "")))
    }
    fields = {name: value for name, value in typed.items() if not name.startswith("pick-")}
    for name, value in saved.items():
        if typed.get(f"pick-{name}") == "saved":
            fields[name] = value
    return fields | {"body": merge(text, picked)}


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("_", " ").capitalize())


def _difference(
    name: str, label: str, saved: str, mine: str, *, is_text: bool = False
) -> dict[str, Any]:
    pieces = [piece for pieces in find_passages([saved], [mine]) for piece in pieces]
    return {
        "name": name,
        "label": label,
        "saved": saved,
        "mine": mine,
        "pieces": pieces,
        "is_text": is_text,
    }


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
