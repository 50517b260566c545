"""What programs ask for to write posts (W3C Micropub): forms and JSON ironed out.

A property has a list of values; each is a text or an object, such as {"html": …} or {"value": …,
"alt": …}.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from fediblog.errors import Malformed

Value = str | Mapping[str, Any]
Properties = Mapping[str, Sequence[Value]]

_MOST_PROPERTIES = 50
_MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class Create:
    """A new post."""

    properties: Properties


@dataclass(frozen=True, slots=True)
class Update:
    """What becomes of a post's properties. delete: values; gone: properties with all of theirs."""

    url: str
    replace: Properties = field(default_factory=dict)
    add: Properties = field(default_factory=dict)
    delete: Properties = field(default_factory=dict)
    gone: Sequence[str] = ()

    @property
    def names(self) -> set[str]:
        """Every property that changes."""
        return {*self.replace, *self.add, *self.delete, *self.gone}


@dataclass(frozen=True, slots=True)
class Remove:
    """A post is deleted, or brought back."""

    url: str
    action: Literal["delete", "undelete"]


Request = Create | Update | Remove


def parse_form(pairs: Iterable[tuple[str, str]]) -> Request:
    """What a form asks for. Raises Malformed."""
    properties: dict[str, list[Value]] = {}
    for name, value in pairs:
        if name == "content[html]":
            properties["content"] = [{"html": value}]
        elif name != "access_token":
            properties.setdefault(name.removesuffix("[]"), []).append(value)
    action = _first_text(properties.pop("action", []))
    url = _first_text(properties.get("url", []))
    if action in {"delete", "undelete"}:
        return _remove(action, url)
    if action:
        raise Malformed(f"A form cannot ask for the action {action!r}.")
    kind = _first_text(properties.pop("h", []))
    if kind != "entry":
        raise Malformed("Only entries are taken here: h has to be entry.")
    alts = properties.pop("mp-photo-alt", [])
    if photos := properties.get("photo"):
        properties["photo"] = _with_alts(photos, alts)
    return Create(_bounded(properties))


def parse_json(body: bytes) -> Request:
    """What JSON asks for. Raises Malformed."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed("This is not JSON.") from error
    if not isinstance(given, dict):
        raise Malformed("An object is wanted.")
    action, url = given.get("action"), given.get("url")
    if action in ("delete", "undelete"):
        return _remove(action, url)
    if action == "update":
        return _update(given, url)
    if action is not None:
        raise Malformed("The action is update, delete or undelete.")
    if given.get("type") != ["h-entry"]:
        raise Malformed('Only entries are taken here: type has to be ["h-entry"].')
    return Create(_properties(given.get("properties"), "properties"))


def first_text(properties: Properties, name: str) -> str:
    """The first value of a property, if it is a text; empty for none."""
    return _first_text(properties.get(name, ()))


def texts(properties: Properties, name: str) -> list[str]:
    """Every value of a property that is a text."""
    return [value for value in properties.get(name, ()) if isinstance(value, str)]


def _remove(action: Any, url: Any) -> Remove:
    if not isinstance(url, str) or not url:
        raise Malformed("Which post? Its url is missing.")
    return Remove(url, "delete" if action == "delete" else "undelete")


def _update(given: Mapping[str, Any], url: Any) -> Update:
    if not isinstance(url, str) or not url:
        raise Malformed("Which post? Its url is missing.")
    deleted = given.get("delete", {})
    gone: Sequence[str] = ()
    if isinstance(deleted, list):
        if not all(isinstance(name, str) for name in deleted):
            raise Malformed("delete is a list of names, or an object with lists of values.")
        gone, deleted = deleted, {}
    update = Update(
        url,
        replace=_properties(given.get("replace", {}), "replace"),
        add=_properties(given.get("add", {}), "add"),
        delete=_properties(deleted, "delete"),
        gone=gone,
    )
    if not update.names:
        raise Malformed("Nothing is asked for: replace, add or delete is missing.")
    return update


def _properties(given: Any, where: str) -> Properties:
    if not isinstance(given, dict):
        raise Malformed(f"{where} has to be an object.")
    for name, values in given.items():
        if not isinstance(values, list):
            raise Malformed(f"{where}: the values of {name!r} have to be a list.")
        if not all(isinstance(value, str | dict) for value in values):
            raise Malformed(f"{where}: each value of {name!r} has to be a text or an object.")
    return _bounded(given)


def _bounded(properties: Mapping[str, Sequence[Value]]) -> Properties:
    if len(properties) > _MOST_PROPERTIES or any(
        len(values) > _MOST_VALUES for values in properties.values()
    ):
        raise Malformed("These are more properties or values than a post has.")
    return properties


def _with_alts(photos: Sequence[Value], alts: Sequence[Value]) -> list[Value]:
    told = [*alts, *[""] * len(photos)]
    return [{"value": photo, "alt": alt} for photo, alt in zip(photos, told, strict=False)]


def _first_text(values: Sequence[Value]) -> str:
    first = values[0] if values else ""
    return first if isinstance(first, str) else ""
