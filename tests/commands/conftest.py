"""Installations that have not been started yet."""

from pathlib import Path

import pytest

from tests.processes import Installation


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Installation:
    """With this test's database."""
    return Installation(tmp_path, database_url)


@pytest.fixture
def embedded(tmp_path: Path) -> Installation:
    """With SQLite, for what is so there alone or has nothing to do with the database."""
    return Installation(tmp_path, f"sqlite://{tmp_path}/data/fediblog.sqlite")
