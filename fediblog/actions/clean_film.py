"""Takes out of a film, or a sound of the same family (MP4, MOV, M4A), what a camera wrote about
where and by whom it was made.

Such a file is a tree of boxes (ISO/IEC 14496-12). Only those stay that a player needs; all others
are made free space of the same size, full of zeros, so nothing else moves. Tracks that are neither
picture, sound nor words, in which cameras note their place each second, lose what is in them, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_MOST_BOXES = 20_000
#: A table of a track that is longer is none of a film that anybody can upload.
_MOST_ENTRIES = 5_000_000
_AT_ONCE = 1 << 20

_TOP = frozenset(b"ftyp moov mdat moof mfra sidx ssix styp prft".split())
_MOVIE = frozenset(b"mvhd trak mvex iods".split())
_TRACK = frozenset(b"tkhd edts mdia tapt clef load".split())
_PLAYED = frozenset(b"vide soun text sbtl subt clcp".split())


@dataclass(frozen=True, slots=True)
class Film:
    """What is in it. width, height: pixels as it is shown, 0 for a sound."""

    has_picture: bool
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    body: int
    end: int


def clean_film(file: BinaryIO, size: int) -> Film:
    """Clean a file in its place. Raises ValueError with a sentence for the author if it is broken,
    or cannot be cleaned."""
    try:
        return _Cleaner(file, size).clean()
    except (_Broken, IndexError) as error:
        raise ValueError(
            "This film or sound is broken, or not all of it has come: please upload it again."
        ) from error


class _Broken(Exception):
    """Boxes that do not fit into one another."""


class _Cleaner:
    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self._left = _MOST_BOXES

    def clean(self) -> Film:
        top = self._kept(0, self._size, _TOP)
        movies = [box for box in top if box.kind == b"moov"]
        if len(movies) != 1 or all(box.kind != b"mdat" for box in top):
            raise _Broken
        tracks = [
            box for box in self._kept(movies[0].body, movies[0].end, _MOVIE) if box.kind == b"trak"
        ]
        kinds = [self._kind_of(track) for track in tracks]
        in_pieces = any(box.kind == b"moof" for box in top)
        for track, kind in zip(tracks, kinds, strict=True):
            if kind in _PLAYED:
                self._kept(track.body, track.end, _TRACK)
            elif in_pieces:
                raise ValueError(
                    "This film has a track that may tell where it was made, and is cut into pieces "
                    "from which that cannot be removed. Please export it once more."
                )
            else:
                self._empty(track)
        if b"vide" in kinds:
            return Film(True, *self._sides(tracks[kinds.index(b"vide")]))
        if b"soun" not in kinds:
            raise _Broken
        return Film(False)

    def _boxes(self, start: int, end: int) -> Iterator[_Box]:
        while start < end:
            self._left -= 1
            head = self._read(start, 8)
            length, body = int.from_bytes(head[:4], "big"), start + 8
            if length == 1:
                length, body = int.from_bytes(self._read(start + 8, 8), "big"), start + 16
            elif length == 0:
                length = end - start
            if self._left < 0 or start + length > end or start + length < body:
                raise _Broken
            yield _Box(head[4:8], start, body, start + length)
            start += length

    def _kept(self, start: int, end: int, known: frozenset[bytes]) -> list[_Box]:
        """The boxes there that are known; all others are made free space."""
        kept = []
        for box in self._boxes(start, end):
            if box.kind in known:
                kept.append(box)
            else:
                self._free(box)
        return kept

    def _inside(self, box: _Box, *path: bytes) -> _Box | None:
        """The first box of these names, one within the other."""
        for name in path:
            found = next(
                (each for each in self._boxes(box.body, box.end) if each.kind == name), None
            )
            if found is None:
                return None
            box = found
        return box

    def _kind_of(self, track: _Box) -> bytes:
        handler = self._inside(track, b"mdia", b"hdlr")
        return self._read(handler.body + 8, 4) if handler else b""

    def _sides(self, track: _Box) -> tuple[int, int]:
        """Width and height of a track, turned as its matrix says."""
        header = self._inside(track, b"tkhd")
        if header is None:
            raise _Broken
        body = self._read(header.body, min(96, header.end - header.body))
        at = 52 if body[0] == 1 else 40
        lies = body[at : at + 4] == bytes(4) and body[at + 16 : at + 20] == bytes(4)
        width, height = (
            int.from_bytes(body[at + offset : at + offset + 2], "big") for offset in (36, 40)
        )
        return (height, width) if lies else (width, height)

    def _empty(self, track: _Box) -> None:
        """Overwrite everything that a track consists of, wherever it lies, then the track."""
        tables = self._inside(track, b"mdia", b"minf", b"stbl")
        if tables is not None:
            left = self._size
            for start, length in self._chunks(tables):
                left -= length
                if start + length > self._size or left < 0:
                    raise _Broken
                self._zero(start, start + length)
        self._free(track)

    def _chunks(self, tables: _Box) -> Iterator[tuple[int, int]]:
        """Where each chunk of a track begins, and how long it is (8.7 of the standard)."""
        found = {box.kind: box for box in self._boxes(tables.body, tables.end)}
        if b"stsc" not in found or b"stsz" not in found:
            raise _Broken
        if b"co64" in found:
            starts = self._numbers(found[b"co64"], 8)
        elif b"stco" in found:
            starts = self._numbers(found[b"stco"], 4)
        else:
            raise _Broken
        runs = self._numbers(found[b"stsc"], 4, each=3)
        same = int.from_bytes(self._read(found[b"stsz"].body + 4, 4), "big")
        sizes = [] if same else self._numbers(found[b"stsz"], 4, skipped=4)
        sample = run = 0
        for chunk, start in enumerate(starts, start=1):
            while run + 3 < len(runs) and runs[run + 3] <= chunk:
                run += 3
            count = runs[run + 1]
            yield start, same * count if same else sum(sizes[sample : sample + count])
            sample += count

    def _numbers(self, box: _Box, width: int, *, each: int = 1, skipped: int = 0) -> list[int]:
        """The table in a box: after its version, how many entries there are, then these."""
        count = int.from_bytes(self._read(box.body + 4 + skipped, 4), "big") * each
        start = box.body + 8 + skipped
        if count > _MOST_ENTRIES or start + count * width > box.end:
            raise _Broken
        table = self._read(start, count * width)
        return [int.from_bytes(table[at : at + width], "big") for at in range(0, len(table), width)]

    def _free(self, box: _Box) -> None:
        self._file.seek(box.start + 4)
        self._file.write(b"free")
        self._zero(box.body, box.end)

    def _zero(self, start: int, end: int) -> None:
        self._file.seek(start)
        while start < end:
            start += self._file.write(bytes(min(_AT_ONCE, end - start)))

    def _read(self, start: int, length: int) -> bytes:
        self._file.seek(start)
        found = self._file.read(length)
        if len(found) < length:
            raise _Broken
        return found
