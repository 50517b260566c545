"""Pages without their threads, kept for as long as they are right.

A new reply changes the conversation of its page and nothing around it: that is kept as text with
holes for what belongs to the thread. What it was read from is noted while it is made, as for whole
answers (`web/kept.py`), and once any of that has changed it is made anew.
"""

import re
import secrets
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fediblog.store.changes import Changes, Reads

#: Of all frames together, in characters.
_MOST = 2_000_000
#: Nobody who writes what a page shows can know it.
_SECRET = secrets.token_hex(16)
_HOLE = re.compile(f"<!--{_SECRET} ([a-z]+)-->")


def hole(name: str) -> Markup:
    """What stands in the place of a piece. name: of small letters."""
    return Markup(f"<!--{_SECRET} {name}-->")  # noqa: S704 - the name is ours


@dataclass(frozen=True, slots=True)
class Frame:
    """A page with holes. pieces: its text, every second one the name of a hole; alternate: the id
    of what the page is about."""

    pieces: Sequence[str]
    alternate: str
    reads: Reads

    @classmethod
    def of(cls, text: str, alternate: str, reads: Reads) -> "Frame":
        """The frame that a template has made."""
        return cls(_HOLE.split(text), alternate, reads)

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))

    def filled(self, inside: Mapping[str, str]) -> str:
        """The page. inside: what belongs into the holes."""
        pieces = list(self.pieces)
        pieces[1::2] = [inside[name] for name in pieces[1::2]]
        return "".join(pieces)


class Frames:
    """The frames by all that a request has of them; those not asked for longest go first."""

    def __init__(self, most: int = _MOST) -> None:
        self._frames: OrderedDict[Hashable, Frame] = OrderedDict()
        self._most = most
        self._size = 0

    def __len__(self) -> int:
        return len(self._frames)

    def get(self, key: Hashable, changes: Changes, now: int) -> Frame | None:
        """The frame that was kept, if it is still right. now: in ms."""
        frame = self._frames.get(key)
        if frame is None:
            return None
        over = frame.reads.until is not None and frame.reads.until <= now
        if over or changes.spoilt(frame.reads):
            self._drop(key)
            return None
        self._frames.move_to_end(key)
        return frame

    def put(self, key: Hashable, frame: Frame) -> None:
        """Keep a frame, in the place of an older one."""
        self._drop(key)
        self._frames[key] = frame
        self._size += frame.size
        while self._size > self._most:
            self._drop(next(iter(self._frames)))

    def clear(self) -> None:
        """Keep nothing."""
        self._frames.clear()
        self._size = 0

    def _drop(self, key: Hashable) -> None:
        if (found := self._frames.pop(key, None)) is not None:
            self._size -= found.size
