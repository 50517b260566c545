"""The documents say what the program does, setting by setting."""

import re
from pathlib import Path

import pytest

from fediblog.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "docs/settings.md")


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_documented(document: str, name: str) -> None:
    assert f"`FEDIBLOG_{name.upper()}`" in (ROOT / document).read_text()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_document_names_a_setting_that_does_not_exist(document: str) -> None:
    known = {f"FEDIBLOG_{name.upper()}" for name in SETTINGS} | {"FEDIBLOG_CONFIG"}
    of_compose = {"FEDIBLOG_DOMAIN", "FEDIBLOG_DATABASE_PASSWORD"}
    named = set(re.findall(r"FEDIBLOG_[A-Z_]+", (ROOT / document).read_text()))
    assert named <= known | of_compose


def test_the_settings_page_gives_each_its_name_in_the_file() -> None:
    headings = re.findall(r"^## `FEDIBLOG_\w+` \(`(\w+)`\)$", settings_page(), re.MULTILINE)
    assert headings == list(SETTINGS)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_into_the_project_leads_somewhere(document: str) -> None:
    page = ROOT / document
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


def settings_page() -> str:
    return (ROOT / "docs" / "settings.md").read_text()
