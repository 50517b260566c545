"""docs/architecture.md shows the house as it is: every module, address and table, and no others."""

import re
from pathlib import Path

import pytest
from starlette.routing import Route

from fediblog.app import routes
from fediblog.store.table_names import TABLES

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "fediblog"
DOCUMENT = ROOT / "docs" / "architecture.md"
TEXT = DOCUMENT.read_text()
QUOTED = set(re.findall(r"`([^`\n]+)`", TEXT))

MODULES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*.py")
    if path.name != "__init__.py" and path.parent.name != "migrations"
)
ADDRESSES = sorted(
    {re.sub(r":\w+}", "}", route.path) for route in routes() if isinstance(route, Route)}
)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_line(module: str) -> None:
    assert f"| `{module}` |" in TEXT


def test_no_module_is_named_that_is_not_there() -> None:
    named = {name for name in QUOTED if re.fullmatch(r"(?!tests/)[\w/]+\.py", name)}
    assert not {name for name in named if not (PACKAGE / name).is_file()}


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_is_listed(address: str) -> None:
    assert address in QUOTED


def test_no_address_is_listed_that_does_not_answer() -> None:
    section = TEXT.partition("## Addresses")[2].partition("\n## ")[0]
    listed = set(re.findall(r"`(/[^`\n]*)`", section))
    assert listed <= set(ADDRESSES)


def test_every_table_is_listed_and_no_other() -> None:
    there = re.findall(r'^ +table = "(\w+)"', (PACKAGE / "store/tables.py").read_text(), re.M)
    section = TEXT.partition("## Tables")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", section, re.M)) == sorted(there)
    assert sorted(TABLES) == sorted(there)


@pytest.mark.parametrize("document", ["FEDERATION.md", "docs/architecture.md"])
def test_every_link_into_the_project_leads_somewhere(document: str) -> None:
    page = ROOT / document
    for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("document", ["FEDERATION.md", "docs/architecture.md"])
def test_every_folder_of_tests_that_is_named_is_there(document: str) -> None:
    for named in re.findall(r"`(tests/[\w/.]+)`", (ROOT / document).read_text()):
        assert (ROOT / named).exists(), named
