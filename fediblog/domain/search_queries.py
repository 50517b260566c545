"""What a reader types to find something: words, "rows of words", and -words to leave out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fediblog.domain.search_words import Word, composed, find_words

#: Characters of a query. Nobody looks for more, but many paste more.
LONGEST_QUERY = 200
_MOST_TERMS = 12
#: Of all terms together: each one more is compared with every word of every text that has it.
_MOST_WORDS = 20
#: Letters from which on the last word may be the beginning of a longer one.
_SHORTEST_BEGINNING = 3

#: Every quotation mark is as good as any other.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』", '"'))
_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<row>[^"]*)"?|(?P<word>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand in a row. beginning: of the last one any longer word will do as well.
    excluded: what has it is not looked for."""

    words: tuple[str, ...]
    beginning: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is to be found has all terms but the excluded ones. cut: more was typed than is used."""

    terms: tuple[Term, ...]
    cut: bool = False

    @property
    def asks(self) -> bool:
        """Whether there is anything to look for."""
        return any(not term.excluded for term in self.terms)

    @property
    def wanted(self) -> tuple[Term, ...]:
        """The terms that are looked for."""
        return tuple(term for term in self.terms if not term.excluded)


def parse_query(text: str) -> Query:
    """Read what was typed; there is nothing that could be typed wrongly.

    A word with something between its parts (`don't`, `example.com`) is a row of words. The last
    word finds longer ones, too, unless it is quoted.
    """
    terms: list[Term] = []
    room = _MOST_WORDS
    for term in dict.fromkeys(_terms(composed(text).translate(_QUOTES))):
        if not room or len(terms) == _MOST_TERMS:
            return Query(tuple(terms), cut=True)
        if len(term.words) > room:
            cut = replace(term, words=term.words[:room], beginning=False)
            return Query((*terms, cut), cut=True)
        terms.append(term)
        room -= len(term.words)
    return Query(tuple(terms))


def _terms(text: str) -> Iterator[Term]:
    typed = [
        (match, words)
        for match in _TERM.finditer(text)
        if (words := list(find_words(match["row"] or match["word"] or "")))
    ]
    for place, (match, words) in enumerate(typed, start=1):
        excluded = bool(match["minus"])
        may_go_on = place == len(typed) and match["word"] is not None and not excluded
        yield _term(words, excluded=excluded, may_go_on=may_go_on)


def _term(words: Sequence[Word], *, excluded: bool, may_go_on: bool) -> Term:
    """The single character that ends a row of pairs only says that the row ends here, which
    whoever looks for a part of it does not mean; alone, it is what a pair may begin with."""
    texts = tuple(word.text for word in words)
    if not words[-1].dense:
        beginning = may_go_on and len(texts[-1]) >= _SHORTEST_BEGINNING
        return Term(texts, beginning=beginning, excluded=excluded)
    if len(words) > 1 and words[-2].is_pair:
        return Term(texts[:-1], excluded=excluded)
    return Term(texts, beginning=True, excluded=excluded)
