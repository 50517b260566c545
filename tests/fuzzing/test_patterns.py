"""No regular expression of ours can be kept busy by a text, in the way in which it is used."""

import ast
import re
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import fediblog

_PACKAGE = Path(fediblog.__file__).parent
_METHODS = "match|fullmatch|search|sub|split|findall|finditer"
#: Alone, and in twos, what a pattern may be able to take in more than one way.
_PIECES = [
    "".join(pair) for pair in product("a1 ./_\t\n\"'<>&@:;=-*\\\u00e9", ("", "a", " ", "/", "."))
]
_LONG = 20_000
_SECONDS = 0.5

Pattern = re.Pattern[Any]


def _used() -> Iterator[tuple[str, Pattern, str]]:
    """Every pattern with a name, and every one that is written where it is used: where it is, and
    which of its methods is called."""
    for path in sorted(_PACKAGE.rglob("*.py")):
        source = path.read_text()
        if not re.search(r"\bre\.", source) or "migrations" in path.parts:
            continue
        module = ".".join(path.relative_to(_PACKAGE.parent).with_suffix("").parts)
        for name, value in vars(import_module(module)).items():
            if isinstance(value, re.Pattern):
                for method in set(re.findall(rf"\b{name}\.({_METHODS})\b", source)):
                    yield f"{module}.{name}.{method}", value, method
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(
                    func=ast.Attribute(ast.Name("re"), method), args=[ast.Constant(str(text)), *_]
                ) if method in _METHODS.split("|"):
                    yield f"{module}:{node.lineno}.{method}", re.compile(text), method


_USED = sorted(_used(), key=lambda each: each[0])


def _hostile(pattern: Pattern) -> Iterator[str]:
    """A beginning that it may like, much of the same, and an end that it does not like."""
    own = "".join(re.findall(r"[A-Za-z0-9<>/:=\"'@#&.%_-]", str(pattern.pattern)))[:12]
    for piece in filter(None, [*_PIECES, own]):
        for beginning in ("", own):
            yield beginning + piece * (_LONG // len(piece)) + "\0"


def _way(pattern: Pattern, method: str) -> Callable[[Any], object]:
    if method in {"match", "fullmatch", "search"}:
        way: Callable[[Any], object] = getattr(pattern, method)
        return way
    # They go through all of a text.
    return pattern.findall


@pytest.mark.parametrize(("where", "pattern", "method"), _USED, ids=[each[0] for each in _USED])
def test_no_text_keeps_a_pattern_busy(where: str, pattern: Pattern, method: str) -> None:
    find = _way(pattern, method)
    for text in _hostile(pattern):
        subject: Any = text.encode() if isinstance(pattern.pattern, bytes) else text
        started = time.thread_time()
        find(subject)
        assert time.thread_time() - started < _SECONDS, text[:80]


def test_patterns_are_found() -> None:
    names = {where for where, _, _ in _USED}
    assert "fediblog.web.kept._NEVER.match" in names
    assert "fediblog.protocol.signatures.cavage._PARAMETER.match" in names
    assert len(names) > 60


@pytest.mark.parametrize(("trap", "length"), [(r"\s+\Z", 20_000), (r"(?:\w+/?)+;", 22)])
def test_a_trap_is_noticed(trap: str, length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first takes quadratic time, the second exponential time, of which a little is enough."""
    monkeypatch.setattr(f"{__name__}._LONG", length)
    monkeypatch.setattr(f"{__name__}._SECONDS", 0.1)
    with pytest.raises(AssertionError):
        test_no_text_keeps_a_pattern_busy("trap", re.compile(trap), "search")
