"""A new database is made from a snapshot, and is what all migrations would have made of it."""

import asyncio
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fediblog.errors import StoreError
from fediblog.store.embedded import sqlite_path
from fediblog.store.migrating import list_migrations, migrate
from fediblog.store.pooled import postgres_connection
from fediblog.store.snapshots import SCHEMA, find_tables
from tests.provision.postgres import drop_database, fresh_database

#: Everything that PostgreSQL knows of tables, by what it lists. Numbers of rows of its catalogues
#: (oid) are not part of it.
_CATALOGUES = {
    "relations": "SELECT c.relname, c.relkind, c.relpersistence, c.reloptions, "
    "obj_description(c.oid, 'pg_class') AS said FROM pg_class c "
    "WHERE c.relnamespace = current_schema::regnamespace ORDER BY 1",
    # In their order; the numbers of columns that were dropped on the way are missing.
    "columns": "SELECT a.attrelid::regclass::text AS relation, a.attname, "
    "row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS place, "
    "format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, a.attidentity, a.attgenerated, "
    "a.attcollation, pg_get_expr(d.adbin, d.adrelid) AS value, "
    "col_description(a.attrelid, a.attnum) AS said FROM pg_attribute a "
    "JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'i', 'S') "
    "LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
    "WHERE c.relnamespace = current_schema::regnamespace AND NOT a.attisdropped "
    "AND a.attnum > 0 ORDER BY 1, 2",
    "constraints": "SELECT conrelid::regclass::text AS relation, conname, contype, "
    "pg_get_constraintdef(oid) AS said FROM pg_constraint "
    "WHERE connamespace = current_schema::regnamespace ORDER BY 1, 2",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes "
    "WHERE schemaname = current_schema ORDER BY 1, 2",
    "sequences": "SELECT sequencename, data_type::text, start_value, min_value, max_value, "
    "increment_by, cycle, cache_size, last_value FROM pg_sequences "
    "WHERE schemaname = current_schema ORDER BY 1",
    "owned sequences": "SELECT objid::regclass::text AS sequence, refobjid::regclass::text AS "
    "relation, refobjsubid, deptype FROM pg_depend JOIN pg_class c ON c.oid = objid "
    "AND c.relkind = 'S' WHERE classid = 'pg_class'::regclass "
    "AND refclassid = 'pg_class'::regclass ORDER BY 1",
    "triggers": "SELECT tgrelid::regclass::text AS relation, tgname, "
    "pg_get_triggerdef(oid) AS said FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
    "functions": "SELECT proname, prosrc FROM pg_proc "
    "WHERE pronamespace = current_schema::regnamespace ORDER BY 1, 2",
    "extensions": "SELECT extname FROM pg_extension ORDER BY 1",
}
_WITH_TIME = "tortoise_migrations"


async def everything(url: str) -> Mapping[str, Any]:
    """All that a database has, but for when it was made."""
    if url.startswith("sqlite://"):
        return _everything_of_sqlite(sqlite_path(url))
    async with postgres_connection(url) as db:
        found: dict[str, Any] = {
            name: [dict(row) for row in await db.fetch(query)]
            for name, query in _CATALOGUES.items()
        }
        tables = [row["relname"] for row in found["relations"] if row["relkind"] == b"r"]
        for table in tables:
            rows = [dict(row) for row in await db.fetch(f"SELECT * FROM {table}")]
            found[f"rows of {table}"] = _timeless(table, rows)
    return found


def _everything_of_sqlite(path: Path) -> Mapping[str, Any]:
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        pragmas = ("journal_mode", "page_size", "encoding", "auto_vacuum", "user_version")
        found: dict[str, Any] = {
            name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas
        }
        made = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
        found["schema"] = [dict(row) for row in db.execute(made)]
        tables = [row["name"] for row in found["schema"] if row["type"] == "table"]
        for table in tables:
            rows = [dict(row) for row in db.execute(f'SELECT * FROM "{table}"')]
            if table == "sqlite_sequence":
                # A table that was built anew while it was empty has a number that means none.
                rows = [row for row in rows if row["seq"]]
            found[f"rows of {table}"] = _timeless(table, rows)
    return found


def _timeless(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if table == _WITH_TIME:
        for row in rows:
            assert row.pop("applied_at")
    return sorted(rows, key=str)


def _differences(made: Mapping[str, Any], migrated: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is not the same; of lists, only what the other one has not."""
    found: dict[str, Any] = {}
    for name in made.keys() | migrated.keys():
        one, other = made.get(name), migrated.get(name)
        if isinstance(one, list) and isinstance(other, list):
            if one != other:
                lacks = [each for each in one if each not in other]
                found[name] = (lacks, [each for each in other if each not in one])
        elif one != other:
            found[name] = (one, other)
    return found


async def test_a_new_database_is_what_the_migrations_make_of_an_old_one(
    database_url: str, postgres: str | None, tmp_path: Path
) -> None:
    names = list_migrations()
    old = fresh_database(postgres) if postgres else f"sqlite://{tmp_path}/old.sqlite"
    try:
        assert await migrate(old, last=names[-2]) == names[:-1]
        assert await migrate(old) == names[-1:]
        assert await migrate(database_url) == names
        made, migrated = await everything(database_url), await everything(old)
    finally:
        if postgres:
            drop_database(old)
    assert _differences(made, migrated) == {}, "run scripts/snapshot"


async def test_a_new_database_needs_no_migration_and_no_orm(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fediblog.store.replaying", None)
    assert await migrate(database_url) == list_migrations()
    assert await migrate(database_url) == []


async def test_tables_that_cannot_all_be_made_are_not_made_at_all(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("sqlite", "postgres"):
        text = (SCHEMA / f"{kind}.sql").read_text()
        (tmp_path / f"{kind}.sql").write_text(f"{text}CREATE TABLE post (id BIGINT);\n")
    with monkeypatch.context() as patched:
        patched.setattr("fediblog.store.snapshots.SCHEMA", tmp_path)
        with pytest.raises(StoreError, match="post"):
            await migrate(database_url)
    assert await migrate(database_url) == list_migrations(), "nothing was in its way"


async def test_processes_that_start_together_make_the_tables_once(
    database_url: str, only_postgres: None
) -> None:
    found = await asyncio.gather(*(find_tables(database_url) for _ in range(4)))
    assert sorted(each.made for each in found) == [False, False, False, True]
    assert {tuple(each.applied) for each in found} == {tuple(list_migrations())}
