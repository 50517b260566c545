"""Pages without their threads, kept for as long as they are right.

A new reply changes the conversation of its page and nothing around it: that is kept as text with
holes for what belongs to the thread. What it was read from is noted while it is made, as for whole
answers (`web/kept.py`), and once any of that has changed it is made anew.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fediblog.store.changes import Reads
from fediblog.web.keeping import Keeping

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


class Frames(Keeping[Frame]):
    """The frames by all that a request has of them."""

    def __init__(self, most: int = _MOST) -> None:
        super().__init__(most)
