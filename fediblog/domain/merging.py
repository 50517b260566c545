"""Two versions of a text side by side, and one text from both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

#: Paragraphs that are held against one another; of larger texts the middle is told as a whole.
_MOST_PAIRS = 250_000
#: A form has room for so many choices.
_MOST_DIFFERENCES = 20

Choice = Literal["saved", "mine", "both"]


@dataclass(frozen=True, slots=True)
class Section:
    """Paragraphs next to one another: as they were saved, and as they were typed here."""

    saved: str
    mine: str

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.saved != self.mine


def sections(saved: str, mine: str) -> Sequence[Section]:
    """Two texts cut into sections that are the same or differ, in turns."""
    olds, news = _paragraphs(saved), _paragraphs(mine)
    found = []
    for kind, start, end, new_start, new_end in _compared(olds, news):
        old, new = "\n\n".join(olds[start:end]), "\n\n".join(news[new_start:new_end])
        found.append(Section(old, old if kind == "equal" else new))
    if sum(section.differs for section in found) > _MOST_DIFFERENCES:
        return [Section(saved, mine)]
    return found


def merge(found: Sequence[Section], choices: Mapping[int, Choice]) -> str:
    """One text of the sections. choices: what becomes of each that differs, by its place among
    all of them; one without a choice stays as it was typed."""
    chosen: list[str] = []
    for place, section in enumerate(found):
        match choices.get(place, "mine") if section.differs else "mine":
            case "saved":
                chosen.append(section.saved)
            case "both":
                chosen += [section.saved, section.mine]
            case _:
                chosen.append(section.mine)
    return "\n\n".join(text for text in chosen if text)


def _paragraphs(text: str) -> list[str]:
    return [part for part in text.split("\n\n") if part.strip()]


def _compared(olds: Sequence[str], news: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if len(olds) * len(news) > _MOST_PAIRS:
        return [("replace", 0, len(olds), 0, len(news))]
    return SequenceMatcher(None, olds, news, autojunk=False).get_opcodes()
