"""docs/security.md names every attack and every requirement, and only tests and checks that are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/security.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ")
]
ATTACKS = [f"K{number}" for number in range(1, 24)]
#: Requirements of levels 1 and 2, by section of ASVS 5.0.
REQUIREMENTS = {
    "1.1": "1 2",
    "1.2": "1 2 3 4 5 6 7 8 9",
    "1.3": "1 2 3 4 5 6 7 8 9 10 11",
    "1.4": "1 2 3",
    "1.5": "1 2",
    "2.1": "1 2 3",
    "2.2": "1 2 3",
    "2.3": "1 2 3 4",
    "2.4": "1",
    "3.2": "1 2",
    "3.3": "1 2 3 4",
    "3.4": "1 2 3 4 5 6",
    "3.5": "1 2 3 4 5",
    "3.7": "1 2",
    "4.1": "1 2 3",
    "4.2": "1",
    "4.3": "1 2",
    "4.4": "1 2 3 4",
    "5.1": "1",
    "5.2": "1 2 3",
    "5.3": "1 2",
    "5.4": "1 2 3",
    "6.1": "1 2 3",
    "6.2": "1 2 3 4 5 6 7 8 9 10 11",
    "6.3": "1 2 3",
    "6.4": "1 2 3 4",
    "6.5": "1 2 3 4 5",
    "6.6": "1 2 3",
    "6.8": "1 2 3",
    "7.1": "1 2 3",
    "7.2": "1 2 3 4",
    "7.3": "1 2",
    "7.4": "1 2 3 4 5",
    "7.5": "1 2",
    "7.6": "1 2",
    "8.1": "1 2",
    "8.2": "1 2 3",
    "8.3": "1",
    "8.4": "1",
    "10.1": "1 2",
    "10.2": "1 2",
    "10.3": "1 2 3 4",
    "10.4": "1 2 3 4 5 6 7 8 9 10 11",
    "10.5": "1 2 3 4 5",
    "10.6": "1 2",
    "10.7": "1 2 3",
    "11.1": "1 2",
    "11.2": "1 2 3",
    "11.3": "1 2 3",
    "11.4": "1 2 3",
    "11.5": "1",
    "11.6": "1",
    "12.1": "1 2 3",
    "12.2": "1 2",
    "12.3": "1 2 3 4",
    "13.1": "1",
    "13.2": "1 2 3 4 5",
    "13.3": "1 2",
    "13.4": "1 2 3 4 5",
    "14.1": "1 2",
    "14.2": "1 2 3 4",
    "14.3": "1 2 3",
    "15.1": "1 2 3",
    "15.2": "1 2 3",
    "15.3": "1 2 3 4 5 6 7",
    "16.1": "1",
    "16.2": "1 2 3 4 5",
    "16.3": "1 2 3 4",
    "16.4": "1 2 3",
    "16.5": "1 2 3",
}


def _tests() -> set[str]:
    """The names of all tests that there are."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        found.update(re.findall(r"def (test_\w+)", path.read_text()))
    return found


def _first_cells() -> list[str]:
    return [name for row in ROWS for name in row[0].split(", ")]


def test_every_attack_is_there_once() -> None:
    assert [name for name in _first_cells() if re.fullmatch(r"K\d+", name)] == ATTACKS


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_has_a_test_that_is_named_after_it(attack: str) -> None:
    row = next(row for row in ROWS if row[0] == attack)
    named = re.findall(r"`(test_\w+)`", " ".join(row))
    assert any(f"_{attack.lower()}_" in name for name in named), row


def test_every_requirement_is_there_once() -> None:
    wanted = [
        f"{part}.{each}" for part, numbers in REQUIREMENTS.items() for each in numbers.split()
    ]
    named = [name for name in _first_cells() if re.fullmatch(r"\d+\.\d+\.\d+", name)]
    assert sorted(named) == sorted(wanted)


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named - _tests() == set()


def test_every_check_that_is_named_is_there() -> None:
    for path, name in re.findall(r"`([\w/]+\.py)`(?: `(\w+)`)?", PAGE):
        file = ROOT / "fediblog" / path
        assert file.is_file(), path
        assert not name or re.search(rf"\b{name}\b", file.read_text()), f"{path} {name}"


#: What would run, unpack or read something that was text; nothing here needs any of it.
_RUNS = {"eval", "exec", "compile", "__import__", "system", "popen", "create_subprocess_shell"}
_READS = {"fromstring", "iterparse", "XMLParser", "literal_eval"}
_MODULES = {"pickle", "marshal", "shelve", "subprocess", "ldap3", "lxml", "defusedxml", "dill"}


def _called_and_imported(source: str) -> Iterator[str]:
    """The plain names of what a module calls, methods of `re` left out, and what it imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if not (isinstance(owner, ast.Name) and owner.id in {"re", "re2"}):
                yield node.func.attr
        elif isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
            yield from (each.name for each in node.names)


def test_no_text_is_ever_run_unpacked_or_read_as_xml() -> None:
    bad = _RUNS | _READS | _MODULES
    for path in (ROOT / "fediblog").rglob("*.py"):
        assert set(_called_and_imported(path.read_text())) & bad == set(), path


def test_such_a_call_would_be_found() -> None:
    for line in ("eval(x)", "os.system(x)", "import pickle", "from lxml import etree"):
        assert set(_called_and_imported(line)) & (_RUNS | _MODULES), line
    assert "compile" not in set(_called_and_imported("re.compile(x)"))


def test_no_script_runs_text_reads_cookies_or_listens_to_other_pages() -> None:
    bad = re.compile(
        r"\beval\(|new Function|document\.write|document\.cookie|postMessage|WebSocket|__proto__"
        r"|set(?:Timeout|Interval)\(\s*[\"'`]"
    )
    scripts = [*(ROOT / "templates/static").rglob("*.js")]
    assert len(scripts) > 5
    for path in scripts:
        assert bad.findall(path.read_text()) == [], path
