"""Files to upload: sounds, films and others, small and as they come from their makers' programs;
and what only looks like one."""

import io
import struct
import zipfile

#: Where a film was taken, as phones write it into it.
PLACE = b"+48.8577+002.295/"


def box(kind: bytes, *content: bytes) -> bytes:
    """A box of the family of MP4."""
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _full(kind: bytes, *content: bytes) -> bytes:
    return box(kind, bytes(4), *content)


def _track(handler: bytes, chunk: int, length: int, *more: bytes, lies: bool = False) -> bytes:
    """A track of one chunk with two samples."""
    matrix = (0, 1, 0, -1, 0, 0, 0, 0, 1) if lies else (1, 0, 0, 0, 1, 0, 0, 0, 1)
    units = (0x10000, 0x10000, 0x40000000) * 3
    header = bytes(20) + bytes(16) + b"".join(
        struct.pack(">i", sign * unit) for sign, unit in zip(matrix, units, strict=True)
    ) + struct.pack(">II", 640 << 16, 360 << 16)  # fmt: skip
    table = box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 0)),
        _full(b"stsc", struct.pack(">IIII", 1, 1, 2, 1)),
        _full(b"stsz", struct.pack(">IIII", 0, 2, length // 2, length - length // 2)),
        _full(b"stco", struct.pack(">II", 1, chunk)),
    )
    media = box(b"mdia", _full(b"hdlr", bytes(4), handler, bytes(13)), box(b"minf", table))
    return box(b"trak", _full(b"tkhd", header), media, *more)


def film_file(
    *,
    brand: bytes = b"isom",
    handlers: tuple[bytes, ...] = (b"vide", b"soun", b"meta"),
    lies: bool = False,
    in_pieces: bool = False,
) -> bytes:
    """A film that tells its place wherever cameras write it: in user data, in the metadata of the
    film and of a track, in XMP, and each second in a track of its own."""
    beginning = box(b"ftyp", brand, bytes(4), brand)
    shown, noted = b"Picture and sound" * 4, PLACE * 2
    chunk = len(beginning) + 8
    told = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(PLACE), 0x15C7), PLACE))
    keys = _full(b"meta", box(b"ilst", box(b"data", PLACE)))
    tracks = [
        _track(kind, chunk + (len(shown) if kind == b"meta" else 0),
               len(noted) if kind == b"meta" else len(shown), told, lies=lies)
        for kind in handlers
    ]  # fmt: skip
    pieces = [box(b"moof", box(b"mfhd", bytes(8)))] if in_pieces else []
    return b"".join([
        beginning,
        box(b"mdat", shown, noted),
        box(b"moov", _full(b"mvhd", bytes(96)), *tracks, told, keys, box(b"uuid", PLACE)),
        box(b"uuid", b"xmp " * 4, PLACE),
        *pieces,
    ])  # fmt: skip


def zip_file(*, epub: bool = False) -> bytes:
    """An archive, or a book, which says so first."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        if epub:
            archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("index.html", "<script>alert(1)</script>")
    return target.getvalue()


def ogg_file(packet: bytes) -> bytes:
    """The first page of an Ogg file, with its first packet."""
    return b"OggS\x00\x02" + bytes(20) + bytes([1, len(packet)]) + packet


#: Every kind of file with what it is served as.
TAKEN = {
    "mp3": (b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x64" + bytes(400), "audio/mpeg"),
    "bare.mp3": (b"\xff\xfb\x90\x64" + bytes(413), "audio/mpeg"),
    "m4a": (film_file(brand=b"M4A ", handlers=(b"soun",)), "audio/mp4"),
    "ogg": (ogg_file(b"\x01vorbis" + bytes(23)), "audio/ogg"),
    "opus": (ogg_file(b"OpusHead" + bytes(11)), "audio/ogg"),
    "flac": (b"fLaC\x00\x00\x00\x22" + bytes(34), "audio/flac"),
    "wav": (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(28), "audio/wav"),
    "mp4": (film_file(), "video/mp4"),
    "mov": (film_file(brand=b"qt  "), "video/quicktime"),
    "webm": (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(40), "video/webm"),
    "pdf": (b"%PDF-1.7\n<script>alert(1)</script>\n%%EOF", "application/pdf"),
    "epub": (zip_file(epub=True), "application/epub+zip"),
    "zip": (zip_file(), "application/zip"),
    "txt": ("Grüße, and a little <b>HTML</b> later on.\n".encode(), "text/plain; charset=utf-8"),
    "script.txt": (b"alert(document.cookie)", "text/plain; charset=utf-8"),
}

#: What is not taken, whatever it is called, with a part of the sentence that says why.
REFUSED = {
    "nothing": (b"", "empty"),
    "blanks": (b" \n\t ", "empty"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "HTML, SVG or XML"),
    "a page behind blanks and a mark": (b"\xef\xbb\xbf \n <html>", "HTML, SVG or XML"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "HTML, SVG"),
    "XML": (b"<?xml version='1.0'?><a/>", "HTML, SVG or XML"),
    "a page in UTF-16": ("<html>".encode("utf-16"), "not taken"),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(100), "not taken"),
    "a program for Windows": (b"MZ\x90\x00" + bytes(100), "not taken"),
    "Flash": (b"CWS\x0f" + bytes(100), "not taken"),
    "text that ends in the middle": ("Grüße".encode()[:3], "not taken"),
    "text with a NUL at its end": (b"Text " * 500_000 + b"\x00", "not taken"),
    "a phone's picture": (box(b"ftyp", b"heic", bytes(4), b"mif1heic"), "HEIC"),
    "a film of another family": (
        b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska" + bytes(40),
        "not taken",
    ),
    "half a film": (film_file()[:-400], "broken"),
    "a film without an end": (film_file() + b"\x00\x00\xff\xffmdat", "broken"),
    "a film of nothing": (box(b"ftyp", b"isom", bytes(4)) + box(b"mdat"), "broken"),
    "a film with a track of notes only": (film_file(handlers=(b"meta",)), "broken"),
    "a film in pieces that notes its place": (film_file(in_pieces=True), "export it once more"),
    "a JPEG's beginning": (b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>", "no picture"),
    "a GIF that is a script": (b"GIF89a/*" + bytes(4) + b"*/=1;alert(1)", "no picture"),
}
