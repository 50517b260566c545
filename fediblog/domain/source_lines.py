"""The line about where a post comes from, which the page begins with a word for it."""

import re

#: That word in every language of the interface, and its plurals, as authors type it themselves;
#: perhaps in bold or in italics.
_LABEL = re.compile(
    r"\s*[*_]{0,3}(?:sources?|quellen?|fuentes?|fontes?|出典|来源|المصدر|المصادر)"
    r"[*_]{0,3}\s*[:\uff1a][*_]{0,3}\s*",
    re.IGNORECASE,
)


def without_label(line: str) -> str:
    """A line of Markdown without the word for "source" at its head."""
    label = _LABEL.match(line)
    return line[label.end() :] if label else line
