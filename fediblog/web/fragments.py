"""Pieces of pages, kept by all that is on them.

A page of a long thread is made anew for every reply that comes, and all but one of its replies look
as they did. A piece is found by the very values that it was made of, so nothing ever has to be
told that it is no longer right: what has changed is another piece.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Protocol

from markupsafe import Markup

#: Of all pieces together, with what they were made of: some thousand replies.
_MOST_BYTES = 4_000_000
#: About what a piece takes besides its text, and those of which it was made.
_AROUND = 2_000
#: Text that is shown stands in what it was made of, too.
_TWICE = 2


class Made(Protocol):
    """Something to be shown. made_of: all that it shows; None if that cannot be said."""

    @property
    def made_of(self) -> Hashable | None: ...


class Fragments:
    """The pieces of all languages. Once the newer half of them is full, the older half goes, but
    for what was asked for meanwhile."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._newer: dict[Hashable, Markup] = {}
        self._older: dict[Hashable, Markup] = {}
        self._most = most_bytes // 2
        self._size = 0

    def __len__(self) -> int:
        return len(self._newer.keys() | self._older.keys())

    def each(self, macro: Callable[[Made], Markup], rows: Iterable[Made]) -> Markup:
        """What a macro makes of rows, joined. A macro belongs to one language, time zone and state
        of the templates, so it stands for these."""
        pieces = []
        for row in rows:
            if (made_of := row.made_of) is None:
                pieces.append(macro(row))
                continue
            key = (macro, made_of)
            piece = self._newer.get(key)
            if piece is None:
                piece = self._older.get(key)
                if piece is None:
                    piece = macro(row)
                self._keep(key, piece)
            pieces.append(piece)
        return Markup("".join(pieces))  # noqa: S704 - made by macros, which escape

    def clear(self) -> None:
        """Keep nothing."""
        self._newer, self._older, self._size = {}, {}, 0

    def _keep(self, key: Hashable, piece: Markup) -> None:
        self._newer[key] = piece
        self._size += _TWICE * len(piece) + _AROUND
        if self._size > self._most:
            self._newer, self._older, self._size = {}, self._newer, 0
