"""Whether the text of a link names another host than the one it leads to (CVE-2023-36462)."""

import unicodedata
from urllib.parse import SplitResult, urlsplit

# Dots that browsers read as "." in a host name (UTS 46).
_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))
_LONGEST_HOST = 253


def undisclosed_host(text: str, href: str) -> str | None:
    """The host that `href` leads to, if a word of `text` looks like another host; else None.

    A handle ("@alice@example.org") may differ from the host of its page and misleads nobody. For
    an address without a host its scheme is given.
    """
    parts = _split(href)
    if parts is None:
        return None
    target = parts.hostname or ""
    for word in _visible(text).split():
        for named in _named_hosts(word):
            if _comparable(named) != _comparable(target):
                return target or parts.scheme
    return None


def _split(href: str) -> SplitResult | None:
    """The parts of `href` as browsers see them: "https:\\\\evil.example\\@bank.example" too."""
    scheme, _, rest = href.partition(":")
    if scheme.lower() in ("http", "https"):
        href = f"{scheme}://{rest.replace(chr(92), '/').lstrip('/')}"
    try:
        return urlsplit(href)
    except ValueError:
        return None


def _visible(text: str) -> str:
    """`text` as it looks: one form for each character, and none that has no width."""
    text = unicodedata.normalize("NFKC", text.translate(_DOTS))
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def _named_hosts(word: str) -> list[str]:
    """The hosts that a reader may see in `word`: "https://bank.example@evil.example/" has two."""
    before, scheme, rest = word.partition("://")
    if not scheme:
        before, rest = "", word
        if word.startswith(("@", "#")) and "/" not in word:
            return []
    for end in "/?#\\":
        rest = rest.partition(end)[0]
    apart = "".join(c if _is_of_host(c) else " " for c in f"{before} {rest}")
    return [piece for piece in apart.split() if _looks_like_host(piece)]


def _is_of_host(character: str) -> bool:
    return character.isalnum() or character in "-." or unicodedata.category(character)[0] == "M"


def _looks_like_host(piece: str) -> bool:
    labels = piece.strip(".").split(".")
    if len(piece) > _LONGEST_HOST or len(labels) < 2 or not all(labels):
        return False
    last = labels[-1]
    ends_like_a_name = len(last) > 1 and (last.isalpha() or last.lower().startswith("xn--"))
    return ends_like_a_name or (len(labels) == 4 and all(label.isdecimal() for label in labels))


def _comparable(host: str) -> str:
    """`host` in lower case and in its own script, without "www."."""
    host = _visible(host).lower().strip(".").removeprefix("www.")
    if "xn--" not in host:
        return host
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host
