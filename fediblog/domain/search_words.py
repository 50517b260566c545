"""Text as the words that it is found by: the same ones for every database.

Case, accents and the shapes that one character has (NFKC) make no difference. Scripts that put no
spaces between words are taken apart into overlapping pairs of characters: whoever looks for a part
of a sentence finds it as a row of pairs, and a single character as the beginning of one. So each
character of such a script gives exactly one word, and the last one of a row stands alone.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

#: Characters of a word; what is longer is nobody's word, and not kept whole.
LONGEST_WORD = 60

_Kind = Literal["letter", "dense", "sign", "mark"]

#: Scripts without spaces, and Korean, whose particles cling to their words.
_DENSE = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1100, 0x11FF),  # Korean letters
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),
    (0x3040, 0x31FF),  # Japanese kana, Bopomofo
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAA60, 0xAA7F),  # Burmese
    (0xAC00, 0xD7FF),  # Korean
    (0x20000, 0x3FFFF),
)
#: Accents, and what in Arabic and Hebrew is written for learners only. Of other scripts the marks
#: are vowels, without which it would be another word.
_ACCENTS = (
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
)
#: Letters that are no letter with an accent to Unicode, as they are typed elsewhere.
_PLAIN = str.maketrans(
    {
        "\u0131": "i",  # Turkish, without a dot
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ł": "l",
        "ŧ": "t",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0640": None,  # Arabic, it only makes a word longer
    }
)
#: Invisible, but between words.
_ZERO_WIDTH_SPACE = "\u200b"
#: What may contain words; nearly everything that people write needs no closer look than this.
_CHUNKS = re.compile(r"[0-9A-Za-z\x80-\U0010ffff]+")


class Word(NamedTuple):
    """A word, as a tuple, for texts have tens of thousands of them.

    text: as it is looked for. start, end: which characters of the text it stands for; head: the
    end of the first of them in a pair, else as end. dense: it is of a script without spaces.
    """

    text: str
    start: int
    end: int
    head: int
    dense: bool = False

    @property
    def is_pair(self) -> bool:
        """Whether it stands for two characters that stand together."""
        return self.head < self.end


def composed(text: str) -> str:
    """A text in the one of the spellings that look the same (NFC) in which words are found."""
    return unicodedata.normalize("NFC", text)


def find_words(text: str) -> Iterator[Word]:
    """The words of a composed text, in its order."""
    for chunk in _CHUNKS.finditer(text):
        if chunk[0].isascii():
            yield Word(chunk[0].lower()[:LONGEST_WORD], chunk.start(), chunk.end(), chunk.end())
        else:
            yield from _closely(chunk[0], chunk.start())


@dataclass(slots=True)
class _Unit:
    """A folded character with its marks, and where it stands."""

    text: str
    kind: _Kind
    start: int
    end: int

    def add(self, mark: str, end: int) -> None:
        """Take in a mark, which may be one of thousands."""
        if len(self.text) < LONGEST_WORD:
            self.text += mark
        self.end = end


def _closely(chunk: str, offset: int) -> Iterator[Word]:
    """The words of a chunk, character by character."""
    run: list[_Unit] = []
    for start, character in enumerate(chunk, start=offset):
        for folded, kind in _folded(character):
            if kind is None:
                yield from _words_of(run)
                run = []
            elif kind == "mark":
                if run:
                    run[-1].add(folded, start + 1)
            else:
                if run and (run[-1].kind != kind or kind == "sign"):
                    yield from _words_of(run)
                    run = []
                run.append(_Unit(folded, kind, start, start + 1))
    yield from _words_of(run)


def _words_of(run: list[_Unit]) -> Iterator[Word]:
    """The words of units of one kind that stand together."""
    if not run:
        return
    if run[0].kind != "dense":
        text = composed("".join(unit.text for unit in run))[:LONGEST_WORD]
        yield Word(text, run[0].start, run[-1].end, run[-1].end)
        return
    for unit, following in zip(run, [*run[1:], None], strict=True):
        last = following or unit
        text = composed(unit.text + (following.text if following else ""))[:LONGEST_WORD]
        yield Word(text, unit.start, last.end, unit.end, dense=True)


@lru_cache(maxsize=65_536)
def _folded(character: str) -> tuple[tuple[str, _Kind | None], ...]:
    """What a character is looked for as, each part with its kind; None for what separates words.

    Nothing for what neither is part of a word nor ends it.
    """
    if character == _ZERO_WIDTH_SPACE:
        return ((" ", None),)
    shapes = unicodedata.normalize("NFKC", character).casefold()
    return tuple(
        (part, _kind(part))
        for part in _without_accents(shapes).translate(_PLAIN)
        if unicodedata.category(part) not in {"Cf", "Sk"}
    )


def _without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    kept = "".join(_as_digit(part) for part in parts if not _is_within(part, _ACCENTS))
    return composed(kept)


def _as_digit(character: str) -> str:
    """The digits of every script are the same."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _kind(character: str) -> _Kind | None:
    category = unicodedata.category(character)
    if category[0] == "M":
        return "mark"
    if category[0] in "LN":
        return "dense" if _is_within(character, _DENSE) else "letter"
    return "sign" if category == "So" else None


def _is_within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)
