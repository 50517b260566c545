"""XML as we write it: elements with their text, and never a character that XML forbids."""

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

#: What XML 1.0 does not allow even as a reference (section 2.2): most controls, lone surrogates.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def root(name: str, attributes: Mapping[str, str]) -> Element:
    """The outermost element, with its namespaces among the attributes; names are as written."""
    return Element(name, _clean_all(attributes))


def add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """A new element in another one. Attributes: "__" in a name stands for its colon."""
    spelled = {key.replace("__", ":"): value for key, value in attributes.items()}
    child = SubElement(parent, name, _clean_all(spelled))
    child.text = clean(text) or None
    return child


def document(element: Element) -> bytes:
    """The whole document in UTF-8."""
    body = tostring(element, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'.encode()


def clean(text: str) -> str:
    """`text` without what XML forbids."""
    return _FORBIDDEN.sub("", text)


def _clean_all(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: clean(value) for name, value in attributes.items() if value}
