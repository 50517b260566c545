"""The pictures that can stand for a post: those in it that every reader can show."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from fediblog.domain.markup import StartTag, scan
from fediblog.domain.plaintext import one_line, shortened

#: What Mastodon takes for a link card (requirement A9e), by the end of a file's name.
_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jfif": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
}
_REFUSED = frozenset("avif bmp heic heif ico jp2 jxl pdf psd svg svgz tif tiff".split())
_LONGEST_ADDRESS = 2048
_LONGEST_ALT = 1500


@dataclass(frozen=True, slots=True)
class LeadPicture:
    """A picture by its absolute address. media_type: empty if its name does not tell; width and
    height: pixels, 0 if they are not known. blurhash: empty for none. focus: which point matters,
    in percent from the left and from the top; None if nobody has said so."""

    url: str
    media_type: str
    alt: str
    width: int = 0
    height: int = 0
    blurhash: str = ""
    focus: tuple[int, int] | None = None


def gallery_pictures(html: str, page: str, most: int) -> tuple[LeadPicture, ...]:
    """The first few different pictures of a post that a link card can show. page: the post's own
    address.

    Pictures in a format that Mastodon refuses are passed over (A9e), and so are such that are
    written into the page itself.
    """
    different = {picture.url: picture for picture in _pictures(html, page)}
    return tuple(different.values())[:most]


def refused_pictures(html: str, page: str) -> frozenset[str]:
    """The types, by the ends of their names, of a post's pictures that no link card can show."""
    images = (token for token in scan(html) if isinstance(token, StartTag) and token.name == "img")
    endings = {_ending(_absolute(image.attributes.get("src", ""), page)) for image in images}
    return _REFUSED & endings


def _pictures(html: str, page: str) -> Iterator[LeadPicture]:
    for token in scan(html):
        if isinstance(token, StartTag) and token.name == "img":
            address = _absolute(token.attributes.get("src", ""), page)
            ending = _ending(address)
            if address and ending not in _REFUSED:
                alt = shortened(one_line(token.attributes.get("alt", "")), _LONGEST_ALT)
                yield LeadPicture(address, _TYPES.get(ending, ""), alt)


def _absolute(address: str, page: str) -> str:
    """The address as seen from anywhere; empty for what others cannot fetch."""
    try:
        joined = urljoin(page, address.strip())
        parts = urlsplit(joined)
    except ValueError:
        return ""
    fetchable = parts.scheme in {"http", "https"} and parts.hostname and address.strip()
    return joined if fetchable and joined.isprintable() and len(joined) < _LONGEST_ADDRESS else ""


def _ending(address: str) -> str:
    name = urlsplit(address).path.rpartition("/")[2] if address else ""
    return name.rpartition(".")[2].lower() if "." in name else ""
