"""What the author keeps out: people, servers with all beneath them, and words; matched, not stored.

Words are matched in linear time whatever they are, by RE2: nobody can write a text, nor the author
a pattern, that takes the blog long.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from unicodedata import category, normalize

from fediblog.lazily import Lazily

if TYPE_CHECKING:
    import re2
else:
    re2 = Lazily("re2")

KINDS: Final = ("person", "server", "words")
ACTIONS: Final = ("silence", "reject")
LONGEST_VALUE: Final = 300
#: Of a text so much is looked at.
_MOST_TEXT: Final = 100_000
_MEMORY: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Rule:
    """One block. kind: person, server or words. value: an actor's id or a handle in small letters;
    a server's name; or words, in which * stands for any characters but spaces. action: silence
    (what comes is taken, and not shown) or reject (it is not taken)."""

    id: int
    kind: str
    value: str
    label: str
    action: str
    note: str

    @property
    def rejects(self) -> bool:
        """Whether nothing is taken."""
        return self.action == "reject"

    @property
    def reason(self) -> str:
        """Why something is not shown or not taken, for the author."""
        match self.kind:
            case "person":
                return f"You have {self._done} {self.label or self.value}."
            case "server":
                return f"You have {self._done} the server {self.value}."
            case _:
                return f"It has words that you block: {self.value}"

    @property
    def _done(self) -> str:
        return "blocked" if self.rejects else "silenced"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What finds a rule's words in a folded text."""

    rule: Rule
    found: "re2._Regexp"


@dataclass(slots=True)
class Rules:
    """All rules, ready to be asked. Of several that match, one that rejects comes first."""

    _servers: dict[str, Rule] = field(default_factory=dict)
    _people: dict[str, Rule] = field(default_factory=dict)
    _words: list[_Pattern] = field(default_factory=list)

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> "Rules":
        """From what is stored."""
        made = cls()
        for rule in rules:
            if rule.kind == "server":
                made._servers[rule.value] = rule
            elif rule.kind == "person":
                made._people[rule.value] = rule
            else:
                made._words.append(_Pattern(rule, compiled(rule.value)))
        return made

    def server(self, authority: str) -> Rule | None:
        """The rule for a server, by its host and, unless it is the default one, its port: one for
        itself or for a domain that it is beneath."""
        if not self._servers:
            return None
        found = (self._servers.get(name) for name in _domains(authority))
        return _strictest(found)

    def rejects(self, authority: str) -> bool:
        """Whether nothing is taken from a server, nor sent there."""
        rule = self.server(authority.lower())
        return rule is not None and rule.rejects

    def rejected(self, authorities: Iterable[str]) -> set[str]:
        """Those of many servers from which nothing is taken, each looked at once."""
        if not self._servers:
            return set()
        return {authority for authority in set(authorities) if self.rejects(authority)}

    def person(self, uri: str, authority: str, handle: str = "") -> Rule | None:
        """The rule for somebody: by their id, by their handle once that is known, or for their
        server."""
        if not self._people:
            return self.server(authority)
        own = [self._people.get(uri)]
        if handle:
            own.append(self._people.get(handle.lower()))
        return _strictest([*own, self.server(authority)])

    @property
    def have_people(self) -> bool:
        """Whether it matters at all who somebody is."""
        return bool(self._people)

    @property
    def have_words(self) -> bool:
        """Whether what somebody says matters at all: to find that out of a text takes long."""
        return bool(self._words)

    def words(self, *texts: str) -> Rule | None:
        """The rule for what plain texts say, each for itself: a long one hides no other."""
        if not self._words:
            return None
        folded = [fold(text[:_MOST_TEXT]) for text in texts]
        return _strictest(each.rule for each in self._words if any(map(each.found.search, folded)))


def compiled(words: str) -> "re2._Regexp":
    """What finds these words in a folded text, as whole words. Raises ValueError for words that
    would match everything."""
    folded = fold(words)
    if not any(character.isalnum() for character in folded):
        raise ValueError("Write at least one letter or digit.")
    parts = [r"\S*".join(re2.escape(part) for part in word.split("*")) for word in folded.split()]
    pattern = r"\s+".join(parts)
    before = r"(?:^|[^\pL\pN])" if folded[0].isalnum() else ""
    after = r"(?:$|[^\pL\pN])" if folded[-1].isalnum() else ""
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        return re2.compile(f"{before}{pattern}{after}", options)
    except re2.error as error:
        raise ValueError("These words are too much at once.") from error


def fold(text: str) -> str:
    """A text as it is compared: without case, accents and the look of its letters."""
    if text.isascii():
        return text.lower()
    plain = normalize("NFKD", text.casefold())
    return normalize("NFC", "".join(each for each in plain if category(each) not in {"Mn", "Cf"}))


def _domains(authority: str) -> Iterator[str]:
    """A server's name, then each domain above it, with and without the port."""
    host, port = authority, ""
    if not authority.endswith("]"):
        host, _, port = (
            authority.partition(":") if authority.count(":") == 1 else (authority, "", "")
        )
    while host:
        if port:
            yield f"{host}:{port}"
        yield host
        host = host.partition(".")[2]


def _strictest(rules: Iterable[Rule | None]) -> Rule | None:
    found = [rule for rule in rules if rule is not None]
    return next((rule for rule in found if rule.rejects), found[0] if found else None)
