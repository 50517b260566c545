"""The piece of a text that shows best why it was found, with what was looked for marked in it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from fediblog.domain.plaintext import shortened
from fediblog.domain.search_queries import Term
from fediblog.domain.search_words import Word, find_words

#: Characters that are shown, and of these at most so many before what was found.
_LENGTH = 260
_BEFORE = 60
#: Characters that are looked through, and words, for some characters stand for several of them;
#: nobody waits for what comes later.
_LOOKED_THROUGH = 5_000
_MOST_SPANS = 500


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a text. found: they are what was looked for."""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a term stands in a text."""

    start: int
    end: int
    term: int


def marked(text: str, terms: Sequence[Term]) -> tuple[Piece, ...]:
    """A whole composed text, such as a title, with the terms marked in it."""
    return tuple(_pieces(text, _spans(text, terms)))


def make_excerpt(text: str, terms: Sequence[Term]) -> tuple[Piece, ...]:
    """Where most of the terms stand together in a composed text; its beginning if none does."""
    spans = _spans(text[:_LOOKED_THROUGH], terms)
    start = _beginning(text, _best_start(spans))
    shown = shortened(text[start:], _LENGTH)
    # The ellipsis at its end, if it has one, is not of the text.
    end = start + len(shown) - (len(text) - start > _LENGTH)
    inside = [
        _Span(span.start - start, span.end - start, span.term)
        for span in spans
        if span.start >= start and span.end <= end
    ]
    return (*([Piece("… ")] if start else []), *_pieces(shown, inside))


def _spans(text: str, terms: Sequence[Term]) -> list[_Span]:
    """Where the terms stand, in the order of the text."""
    words = list(islice(find_words(text), _LOOKED_THROUGH))
    by_first: dict[str, list[tuple[int, Term]]] = {}
    beginnings: list[tuple[int, Term]] = []
    for number, term in enumerate(terms):
        if len(term.words) == 1 and term.beginning:
            beginnings.append((number, term))
        else:
            by_first.setdefault(term.words[0], []).append((number, term))
    found: list[_Span] = []
    for place, word in enumerate(words):
        for number, term in (*by_first.get(word.text, ()), *beginnings):
            last = _last_word(words, place, term)
            if last is not None:
                whole = last.text == term.words[-1]
                found.append(_Span(word.start, last.end if whole else last.head, number))
        if len(found) >= _MOST_SPANS:
            break
    return found


def _last_word(words: Sequence[Word], place: int, term: Term) -> Word | None:
    """The word with which a term that begins at this place ends; None if it is not there."""
    *others, end = term.words
    if place + len(others) >= len(words):
        return None
    for there, wanted in enumerate(others, start=place):
        if words[there].text != wanted:
            return None
    last = words[place + len(others)]
    fits = last.text.startswith(end) if term.beginning else last.text == end
    return last if fits else None


def _best_start(spans: Sequence[_Span]) -> int:
    """Where the text begins that has most of the terms, of those the first; 0 for none."""
    best, best_start = 0, 0
    inside: Counter[int] = Counter()
    end = 0
    for begin, span in enumerate(spans):
        while end < len(spans) and spans[end].end <= span.start + _LENGTH - _BEFORE:
            inside[spans[end].term] += 1
            end += 1
        if len(+inside) > best:
            best, best_start = len(+inside), span.start
        if end > begin:
            inside[span.term] -= 1
        else:
            end = begin + 1
    return best_start


def _beginning(text: str, found: int) -> int:
    """A little before what was found, at the beginning of a word."""
    start = found - _BEFORE
    if start <= 0:
        return 0
    space = text.find(" ", start, found)
    return found if space < 0 else space + 1


def _pieces(text: str, spans: Iterable[_Span]) -> Iterator[Piece]:
    """The text, cut where marks begin and end; marks that overlap are one."""
    at = 0
    for start, end in _merged(spans):
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:end], found=True)
        at = end
    if at < len(text):
        yield Piece(text[at:])


def _merged(spans: Iterable[_Span]) -> Iterator[tuple[int, int]]:
    current: tuple[int, int] | None = None
    for span in spans:
        if current and span.start <= current[1]:
            current = (current[0], max(current[1], span.end))
        else:
            if current:
                yield current
            current = (span.start, span.end)
    if current:
        yield current
