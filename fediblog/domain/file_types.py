"""What an uploaded file is: told by what is in it, never by its name or by a browser's word.

What is not in `TYPES` is not taken. Each type has one ending and one media type, under which the
file is served for ever: nothing among them runs in a browser (requirement K4).
"""

import codecs
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FileType:
    """kind: audio, video or file; media_type: as it is served."""

    kind: str
    media_type: str


TYPES: Final[Mapping[str, FileType]] = {
    "mp3": FileType("audio", "audio/mpeg"),
    "m4a": FileType("audio", "audio/mp4"),
    "ogg": FileType("audio", "audio/ogg"),
    "opus": FileType("audio", "audio/ogg"),
    "flac": FileType("audio", "audio/flac"),
    "wav": FileType("audio", "audio/wav"),
    "mp4": FileType("video", "video/mp4"),
    "mov": FileType("video", "video/quicktime"),
    "webm": FileType("video", "video/webm"),
    "pdf": FileType("file", "application/pdf"),
    "epub": FileType("file", "application/epub+zip"),
    "zip": FileType("file", "application/zip"),
    "txt": FileType("file", "text/plain; charset=utf-8"),
}
"""By the ending of the file's name here."""

PICTURE: Final = "picture"
"""In place of an ending, for what is to be drawn anew."""
TEXT: Final = "txt"
HEAD: Final = 4096
"""As much of a file tells what it is, unless it is text."""

_OTHERS = "JPEG, PNG, WebP, AVIF, GIF, MP3, M4A, OGG, Opus, FLAC, WAV, MP4, MOV, WebM, PDF, EPUB"
NOT_TAKEN: Final = f"This kind of file is not taken. Those that are: {_OTHERS}, ZIP and plain text."
_MARKUP = (
    "This is HTML, SVG or XML, which could run in a reader’s browser, so it is not taken. A "
    "drawing can be uploaded as PNG or WebP, anything else inside of a ZIP file."
)
_HEIC = "This is a HEIC picture, which few browsers show. Please save it as JPEG first."

_BEGINNINGS = (
    (b"\xff\xd8\xff", PICTURE),
    (b"\x89PNG\r\n\x1a\n", PICTURE),
    (b"GIF87a", PICTURE),
    (b"GIF89a", PICTURE),
    (b"ID3", "mp3"),
    (b"fLaC", "flac"),
    (b"%PDF-", "pdf"),
)
#: The first packet of an Ogg file says what is in it.
_OGG = ((b"OpusHead", "opus"), (b"\x01vorbis", "ogg"), (b"\x7fFLAC", "ogg"), (b"Speex   ", "ogg"))
_AVIF = frozenset({b"avif", b"avis"})
_HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_FILMS = re.compile(rb"iso[m2-9]|mp4[12]|avc1|dash|cmf[cf2]|M4V |M4VH|MSNV|3gp\d|3g2\w|f4v |mmp4")
_SOUNDS = frozenset({b"M4A ", b"M4B "})
_EPUB = b"mimetypeapplication/epub+zip"
#: Of the EBML header: its DocType is webm.
_WEBM = b"\x42\x82\x84webm"
#: Controls that no text has, but a file that only begins like one.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def file_type(head: bytes) -> str:
    """An ending of `TYPES`, `PICTURE`, or `TEXT` for what has yet to pass `check_text`.

    head: the first HEAD bytes. Raises ValueError with a sentence for the author.
    """
    for beginning, ending in _BEGINNINGS:
        if head.startswith(beginning):
            return ending
    for told in (_of_riff(head), _of_boxes(head), _of_ogg(head), _of_zip(head), _of_frames(head)):
        if told:
            return told
    if head.startswith(b"\x1a\x45\xdf\xa3") and _WEBM in head[:64]:
        return "webm"
    return TEXT


def check_text(chunks: Iterable[bytes]) -> None:
    """Whether all of a file is plain text in UTF-8. Raises ValueError with a sentence for the
    author: for markup, which a browser might take for a page, and for what is no text."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    begun = False
    try:
        for chunk in chunks:
            text = decoder.decode(chunk)
            if not begun and (beginning := text.lstrip()):
                begun = True
                if beginning.startswith("<"):
                    raise ValueError(_MARKUP)
            if _CONTROLS.search(text):
                raise ValueError(NOT_TAKEN)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise ValueError(NOT_TAKEN) from error
    if not begun:
        raise ValueError("This file is empty.")


def _of_riff(head: bytes) -> str:
    if not head.startswith(b"RIFF"):
        return ""
    return {b"WEBP": PICTURE, b"WAVE": "wav"}.get(head[8:12], "")


def _of_boxes(head: bytes) -> str:
    """Of the family of MP4, which begins by saying which of them it is (ISO/IEC 14496-12, 4.3)."""
    if head[4:8] != b"ftyp":
        return ""
    size = int.from_bytes(head[:4], "big")
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(size, 256), 4))]
    if not _AVIF.isdisjoint(brands):
        return PICTURE
    if not _HEIF.isdisjoint(brands):
        raise ValueError(_HEIC)
    if brands[0] in _SOUNDS:
        return "m4a"
    if brands[0] == b"qt  ":
        return "mov"
    return "mp4" if any(_FILMS.fullmatch(brand) for brand in brands) else ""


def _of_ogg(head: bytes) -> str:
    """The first page has one packet, after a table of as many sizes as its 27th byte says
    (RFC 3533)."""
    if not head.startswith(b"OggS\x00") or len(head) < 28:
        return ""
    packet = head[27 + head[26] :]
    return next((ending for beginning, ending in _OGG if packet.startswith(beginning)), "")


def _of_zip(head: bytes) -> str:
    """An EPUB has its type first, neither packed nor followed by anything (OCF 3.3, 4.3)."""
    if not head.startswith(b"PK\x03\x04"):
        return ""
    type_after = 30 + int.from_bytes(head[28:30], "little")
    stored = head[30:38] + head[type_after + 8 : type_after + 28]
    checked = zlib.crc32(_EPUB[8:]).to_bytes(4, "little") == head[14:18]
    return "epub" if stored == _EPUB and checked else "zip"


def _of_frames(head: bytes) -> str:
    """An MP3 without tags begins with the header of a frame: layer III, a bit rate and a sampling
    rate that there are (ISO/IEC 11172-3, 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return ""
    version, rate, sampling = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    return "mp3" if version != 1 and rate not in {0, 15} and sampling != 3 else ""
