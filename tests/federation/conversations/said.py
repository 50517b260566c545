"""Random conversations among several servers: who said what, what of it was sent, in which order.

`Conversation` is what hypothesis makes up; `Expectation` is what the page must show in the end,
worked out from the rules alone: nothing of the blog is used for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from hypothesis import strategies as st

from fediblog.demo.notes import Visibility

SERVERS = 3
PEOPLE = ("alice", "bob", "chiyo")
_MOST_NOTES = 10


@dataclass(frozen=True, slots=True)
class Said:
    """One note. parent: its number, None for the post. edits: how often it was changed; gone: it
    is deleted in the end. sent: whether the blog is told of it."""

    parent: int | None
    server: int
    person: str
    to: Visibility
    edits: int
    gone: bool
    sent: bool

    @property
    def open(self) -> bool:
        """Whether everybody may read it in the end."""
        return self.to in {"public", "unlisted"} and not self.gone


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery: the Create of a note, its n-th Update (from 1), or its Delete."""

    note: int
    kind: Literal["Create", "Update", "Delete"]
    edition: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said, and the letters in the order in which they come."""

    notes: tuple[Said, ...]
    letters: tuple[Letter, ...]


def text_of(number: int, edition: int) -> str:
    """What a note says after so many edits."""
    return f"Note {number}, edition {edition}."


@dataclass(frozen=True)
class Expectation:
    """What the page must show (`shown`), and beneath what each note may stand (`places`).

    A note that was sent is shown. So is what can be found from there: the parents of what was
    sent, as far as everybody may read them, and what their servers list beneath them.
    """

    conversation: Conversation

    @cached_property
    def open(self) -> frozenset[int]:
        """Everything that may be shown at all."""
        return frozenset(n for n, note in enumerate(self._notes) if note.open)

    @cached_property
    def shown(self) -> frozenset[int]:
        """Everything that must be shown."""
        found = {number for number in self.open if self._notes[number].sent}
        for number in sorted(found, reverse=True):
            parent = self._notes[number].parent
            while parent is not None and parent in self.open:
                found.add(parent)
                parent = self._notes[parent].parent
        # Parents come before their replies, so one pass downwards is enough.
        for number, note in enumerate(self._notes):
            if note.open and note.parent in found:
                found.add(number)
        return frozenset(found)

    def places(self, number: int) -> frozenset[int | Literal["gone", "top"]]:
        """Where a note may stand: beneath another one, beneath one that is not shown ("gone"), or
        at the top, as what it answers is not to be had."""
        parent = self._notes[number].parent
        if parent is None:
            return frozenset({"top"})
        if parent in self.open:
            return frozenset({parent})
        above = self._notes[parent]
        if not above.sent:
            return frozenset({"top"})
        if not above.gone:
            return frozenset({"gone"})
        if not self._came_before_its_end(parent):
            return frozenset({"top"})
        # Whether it had its place before it was deleted, or still waited for it, is a matter of
        # how fast its own parent was found.
        return frozenset({"gone"}) if above.parent is None else frozenset({"gone", "top"})

    def faults(self, found: Mapping[int, str]) -> list[str]:
        """What is wrong with a page, in words. found: for each note beneath what it stands."""
        shown = found.keys()
        faults = [f"note {number} is missing" for number in sorted(self.shown - shown)]
        faults += [f"note {number} must not be shown" for number in sorted(shown - self.open)]
        for number in sorted(shown & self.open):
            if found[number] not in {str(place) for place in self.places(number)}:
                faults.append(f"note {number} stands at {found[number]}")
        return faults

    @property
    def _notes(self) -> Sequence[Said]:
        return self.conversation.notes

    def _came_before_its_end(self, number: int) -> bool:
        kinds = [each.kind for each in self.conversation.letters if each.note == number]
        return kinds[0] != "Delete"


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """A conversation of up to ten notes.

    Who answers the post in public always tells the blog (C1), and so does who deletes something;
    of everything else a part is never sent. Whatever is sent comes in any order, and part of it
    twice.
    """
    notes: list[Said] = []
    for number in range(draw(st.integers(1, _MOST_NOTES))):
        parent = draw(st.none() | st.integers(0, number - 1)) if number else None
        to: Visibility = draw(
            st.sampled_from(["public", "public", "public", "unlisted", "followers", "direct"])
        )
        told = parent is None and to in {"public", "unlisted"}
        notes.append(
            Said(
                parent=parent,
                server=draw(st.integers(0, SERVERS - 1)),
                person=draw(st.sampled_from(PEOPLE)),
                to=to,
                edits=draw(st.integers(0, 2)),
                gone=draw(st.sampled_from([False, False, False, True])),
                sent=told or draw(st.booleans()),
            )
        )
    letters = [letter for number, note in enumerate(notes) for letter in _letters(number, note)]
    twice = draw(st.lists(st.sampled_from(letters), max_size=4)) if letters else []
    return Conversation(tuple(notes), tuple(draw(st.permutations([*letters, *twice]))))


def _letters(number: int, note: Said) -> list[Letter]:
    letters = []
    if note.sent:
        letters.append(Letter(number, "Create"))
        letters += [Letter(number, "Update", edition) for edition in range(1, note.edits + 1)]
    if note.gone:
        letters.append(Letter(number, "Delete"))
    return letters
