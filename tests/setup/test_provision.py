"""What the tests obtain is real and ready to use."""

import os
import subprocess
from pathlib import Path

import asyncpg
import pytest

from tests.provision.browser import chromium_path, obtain_chromium
from tests.provision.errors import NotProvided
from tests.provision.node import node_path, npm_install
from tests.provision.postgres import GIVEN, drop_database, fresh_database, running_postgres


async def test_postgres_gives_databases_that_know_nothing_of_each_other() -> None:
    with running_postgres() as server:
        first, second = fresh_database(server), fresh_database(server)
        connection = await asyncpg.connect(first)
        await connection.execute("CREATE TABLE seen (id int)")
        await connection.close()
        connection = await asyncpg.connect(second)
        assert await connection.fetchval("SELECT to_regclass('seen')") is None
        await connection.close()
        drop_database(first)
        drop_database(second)


def test_a_server_that_is_given_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GIVEN, "postgres://user:word@127.0.0.1:1")
    with running_postgres() as server:
        assert server == "postgres://user:word@127.0.0.1:1/"


def test_node_is_new_enough_for_the_peers() -> None:
    version = subprocess.run([node_path(), "--version"], capture_output=True, text=True).stdout
    assert int(version.removeprefix("v").split(".")[0]) >= 22


def test_what_npm_takes_too_long_for_cannot_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.provision.node.INSTALL_SECONDS", 0.01)
    (tmp_path / "package-lock.json").write_text("{}")
    with pytest.raises(NotProvided, match="did not install"):
        npm_install(tmp_path)


@pytest.mark.browser
def test_a_chromium_that_does_not_start_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is there another one, nor can one be had: here no program is found but this one."""
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho 'a library is missing' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:1")
    assert chromium_path() == program
    with pytest.raises(NotProvided, match="a library is missing"):
        obtain_chromium()


@pytest.mark.browser
def test_chromium_is_here() -> None:
    program = chromium_path()
    assert program is None or os.access(program, os.X_OK)
