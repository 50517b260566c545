"""Pictures from elsewhere in the author's HTML, as our own pages show them: from here.

What is stored and sent has their own addresses. No reader of ours may be led to load one of those,
so what we do not have is a link to it, called as the picture is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from fediblog.domain.markup import EndTag, StartTag, Text, Token, scan, written

_LONGEST_ADDRESS = 2048
#: HTML in which none of these stands has no picture.
_SIGNS = ("<img", "<source", "<video")
_CHOICES = frozenset({"srcset", "sizes"})
_SIDES = frozenset({"width", "height"})
#: Browsers leave these out of an address, wherever they stand.
_NOTHING = str.maketrans({"\t": None, "\n": None, "\r": None, "\\": "/"})
_CONTROLS_AND_SPACE = "".join(map(chr, range(0x21)))


@dataclass(frozen=True, slots=True)
class PictureHere:
    """A picture that we have: our address of it, and its sides in pixels."""

    address: str
    width: int
    height: int


def pictures_elsewhere(html: str, origin: str) -> tuple[str, ...]:
    """The absolute addresses of the pictures in clean HTML that are not at our origin, each once:
    what an `img` shows, and what a film shows before it is played."""
    found = (
        fetchable_address(_shown_by(token), f"{origin}/")
        for token in _scan(html)
        if isinstance(token, StartTag) and not _is_ours(_shown_by(token), origin)
    )
    return tuple(dict.fromkeys(address for address in found if address))


def shown_from_here(html: str, origin: str, found: Mapping[str, PictureHere]) -> str:
    """Clean HTML that has a browser load no picture from elsewhere.

    found: the pictures that are here, by their addresses as in `pictures_elsewhere`. All others
    become links to them, or, inside of links, their descriptions. Where several files are there to
    choose from and one is elsewhere, there is no choice any more.
    """
    if not any(sign in html for sign in _SIGNS):
        return html
    return written(_rewritten(html, origin, found))


def _scan(html: str) -> Iterator[Token]:
    return scan(html) if any(sign in html for sign in _SIGNS) else iter(())


def _rewritten(html: str, origin: str, found: Mapping[str, PictureHere]) -> Iterator[Token]:
    in_link = False
    for group in _groups(html):
        alone = any(_asks_elsewhere(token, origin) for token in group)
        for token in group:
            if isinstance(token, Text) or not (alone and token.name in {"picture", "source"}):
                in_link = _is_in_link(token, in_link)
                yield from _one(token, origin, found, in_link)


def _groups(html: str) -> Iterator[list[Token]]:
    """Every token by itself, but a `picture` element and all that is in it together."""
    group: list[Token] = []
    for token in scan(html):
        group.append(token)
        opened = isinstance(group[0], StartTag) and group[0].name == "picture"
        if not opened or (isinstance(token, EndTag) and token.name == "picture"):
            yield group
            group = []
    yield group


def _is_in_link(token: Token, before: bool) -> bool:
    if isinstance(token, Text) or token.name != "a":
        return before
    return isinstance(token, StartTag)


def _asks_elsewhere(token: Token, origin: str) -> bool:
    """Whether a picture, or a choice of pictures, is not at our origin."""
    return isinstance(token, StartTag) and not (
        _is_ours(_shown_by(token), origin)
        and all(_is_ours(each, origin) for each in _candidates(token))
    )


def _one(
    token: Token, origin: str, found: Mapping[str, PictureHere], in_link: bool
) -> Iterator[Token]:
    if not (isinstance(token, StartTag) and _asks_elsewhere(token, origin)):
        yield token
        return
    address = _shown_by(token)
    if _is_ours(address, origin):
        yield StartTag(token.name, _without(token, _CHOICES))
        return
    url = fetchable_address(address, f"{origin}/")
    picture = found.get(url)
    if token.name == "video":
        poster = {"poster": picture.address} if picture else {}
        yield StartTag("video", _without(token, frozenset({"poster"})) | poster)
    elif picture:
        plain = {"src": picture.address} | _without(token, _CHOICES | {"src"})
        sides = {"width": str(picture.width), "height": str(picture.height)}
        yield StartTag("img", plain if _SIDES & plain.keys() else plain | sides)
    else:
        yield from _described(token.attributes.get("alt", "").strip(), url, in_link)


def _described(description: str, url: str, in_link: bool) -> Iterator[Token]:
    if url and not in_link:
        yield StartTag("a", {"href": url})
        yield Text(description or url)
        yield EndTag("a")
    else:
        yield Text(description or url)


def _without(token: StartTag, names: frozenset[str]) -> dict[str, str]:
    return {name: value for name, value in token.attributes.items() if name not in names}


def _shown_by(token: StartTag) -> str:
    """The address of the picture that an element shows where nothing is chosen; empty for none."""
    if token.name == "video":
        return token.attributes.get("poster", "")
    if token.name == "img":
        return token.attributes.get("src", "") or next(iter(_candidates(token)), "")
    return ""


def _candidates(token: StartTag) -> list[str]:
    """The addresses in a `srcset`. A comma inside of one counts as its end, too: then it is thought
    to be elsewhere rather than here."""
    every = token.attributes.get("srcset", "").split(",")
    return [each.split()[0] for each in every if each.strip()]


def _is_ours(address: str, origin: str) -> bool:
    """Whether a browser on a page of ours asks us. What is not certainly so is elsewhere."""
    plain = _plain(address)
    if plain.lower().startswith(f"{origin.lower()}/"):
        return True
    return not plain.startswith("//") and ":" not in plain.partition("/")[0]


def fetchable_address(address: str, base: str) -> str:
    """An address on the page at base as it can be asked for; empty for what nobody can fetch."""
    try:
        joined = urljoin(base, _plain(address))
        parts = urlsplit(joined)
    except ValueError:
        return ""
    fetchable = parts.scheme in {"http", "https"} and parts.hostname and joined.isprintable()
    return joined if fetchable and len(joined) <= _LONGEST_ADDRESS else ""


def _plain(address: str) -> str:
    """As browsers read it: `/\\host` is another host, and so is `//host`."""
    return address.strip(_CONTROLS_AND_SPACE).translate(_NOTHING)
