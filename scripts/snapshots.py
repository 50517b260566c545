"""Goes through all migrations on both databases and writes down the tables that come of it. Started
by scripts/snapshot."""

import asyncio
import re
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from fediblog.store.migrating import OURS
from fediblog.store.replaying import replay
from fediblog.store.snapshots import SCHEMA
from tests.provision.postgres import drop_database, fresh_database, running_postgres
from tests.provision.postgres_programs import find_programs

_HEAD = "-- Written by scripts/snapshot from the migrations.\n"
#: When a migration was applied, in the form that the ORM gives it: for a new database it is now.
_NOW = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')",
    "postgres": "CURRENT_TIMESTAMP",
}
#: What pg_dump says of the session rather than of the tables.
_SESSION = re.compile(r"(?:SET |SELECT pg_catalog\.set_config|\\|--)")
_QUALIFIED = re.compile(r"\bpublic\.(?=\w)")


def main() -> None:
    """Write both snapshots."""
    for kind, text in (("sqlite", _of_sqlite()), ("postgres", _of_postgres())):
        (SCHEMA / f"{kind}.sql").write_text(_HEAD + text)


def _of_sqlite() -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fediblog.sqlite"
        names = asyncio.run(replay(f"sqlite://{file}", OURS))
        with closing(sqlite3.connect(file)) as db:
            # What SQLite makes by itself belongs to a constraint or to a virtual table.
            made = db.execute(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL "
                "AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'search_index_*' ORDER BY rowid"
            )
            statements = [f"{sql};\n" for (sql,) in made]
    return "".join((*statements, *_notes("sqlite", names)))


def _of_postgres() -> str:
    with running_postgres() as server:
        url = fresh_database(server)
        try:
            names = asyncio.run(replay(url, OURS))
            dumped = subprocess.run(
                [find_programs() / "pg_dump", "--schema-only", "--no-owner", "--no-acl", url],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        finally:
            drop_database(url)
    # The tables go where the connection's search path says, as they do when they are migrated.
    lines = (line for line in dumped.splitlines() if line and not _SESSION.match(line))
    statements = (f"{_QUALIFIED.sub('', line)}\n" for line in lines)
    return "".join((*statements, *_notes("postgres", names)))


def _notes(kind: str, names: list[str]) -> Iterator[str]:
    into = "INSERT INTO tortoise_migrations (app, name, applied_at)"
    return (f"{into} VALUES ('fediblog', '{name}', {_NOW[kind]});\n" for name in names)


if __name__ == "__main__":
    main()
