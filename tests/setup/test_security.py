"""docs/security.md names every attack and every requirement, and only tests and checks that are."""

import re
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
