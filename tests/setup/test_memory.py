"""What a server has in memory before it is asked for anything."""

import subprocess
import sys

import pytest

#: Large, and needed by few: for pictures, passkeys, codes, reactions, code in posts, blocked words,
#: a demo; for migrations, and on PostgreSQL.
RARE = (
    "tortoise",
    "asyncpg",
    "PIL",
    "webauthn",
    "OpenSSL",
    "segno",
    "emoji",
    "pygments",
    "re2",
    "rich",
    "fediblog.demo",
)


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """The modules that are there once the command line is, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys, fediblog.cli; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", RARE)
def test_what_few_need_is_not_imported_by_all(imported: set[str], name: str) -> None:
    assert "fediblog.serving" in imported
    assert name not in imported
