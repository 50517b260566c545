"""Migrations: nothing is lost by them, two never run at once, and they say what the tables say."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from textwrap import dedent

import asyncpg
import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector

from fediblog.errors import StoreError
from fediblog.store.database import Database, open_database
from fediblog.store.embedded import sqlite_path
from fediblog.store.migrating import OURS, migrate
from fediblog.store.outbox import add_activity, add_deliveries
from fediblog.store.replaying import orm_config
from fediblog.store.search import list_due
from tests.bench import Bench

PACKAGE = "throwaway_migrations"
REAL = sorted((Path(__file__).resolve().parents[2] / "fediblog/store/migrations").glob("0*.py"))
NAMES = [path.stem for path in REAL]
#: Both operations make SQLite build the table anew and drop the old one.
REBUILDING = dedent(f"""
    from tortoise import fields, migrations
    from tortoise.migrations import operations as ops


    class Migration(migrations.Migration):
        dependencies = [("fediblog", "{NAMES[-1]}")]
        operations = [
            ops.AlterField("Post", "title", fields.CharField(max_length=500)),
            ops.RemoveField("Post", "excerpt"),
        ]
""")
#: Breaks a reference behind the back of the foreign keys, which are off while migrating.
BREAKING = dedent(f"""
    from tortoise import migrations
    from tortoise.migrations import operations as ops


    class Migration(migrations.Migration):
        dependencies = [("fediblog", "{NAMES[-1]}")]
        operations = [ops.RunSQL("DELETE FROM post WHERE id = 1")]
""")

#: How each driver says that a row cannot be written.
REFUSED = (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)
#: The process that applies it is killed amid it, as long as there is a file of this name.
KILLED = dedent("""
    import os
    import signal
    from pathlib import Path

    from tortoise import fields, migrations
    from tortoise.migrations import operations as ops


    def be_killed(apps, editor):
        if Path(__file__).with_name("kill").exists():
            os.kill(os.getpid(), signal.SIGKILL)


    class Migration(migrations.Migration):
        dependencies = [("fediblog", "9998_rebuild")]
        operations = [
            ops.AddField("Post", "extra", fields.TextField(default="", db_default="")),
            ops.AlterField("Post", "title", fields.CharField(max_length=600)),
            ops.RunPython(be_killed),
            ops.RemoveField("Post", "note"),
        ]
""")
#: Applies what is missing, in a process of its own.
APPLYING = (
    "import asyncio, sys; from fediblog.store.migrating import migrate; "
    "asyncio.run(migrate(sys.argv[1], migrations=sys.argv[2]))"
)
#: The database takes no note of what is applied; by whether it is SQLite.
REFUSING_NOTES = {
    True: [
        "CREATE TRIGGER refusing BEFORE INSERT ON tortoise_migrations "
        "BEGIN SELECT RAISE(ABORT, 'no note is taken'); END"
    ],
    False: [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''no note is taken''; END'",
        "CREATE TRIGGER refusing BEFORE INSERT ON tortoise_migrations "
        "FOR EACH ROW EXECUTE FUNCTION refuse()",
    ],
}
TAKING_NOTES = {
    True: ["DROP TRIGGER refusing"],
    False: ["DROP TRIGGER refusing ON tortoise_migrations"],
}

POSTS, REPLIES = 3, 10


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of migrations with copies of ours, to which a test can add."""
    folder = tmp_path / "modules" / PACKAGE
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    for path in REAL:
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.syspath_prepend(str(folder.parent))
    yield folder
    forget_modules()


def forget_modules() -> None:
    """Have the package's modules read anew."""
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database, for as long as the block runs."""
    db = await open_database(url)
    try:
        yield db
    finally:
        await db.close()


async def populate(url: str) -> None:
    """Posts with tags and replies, and an activity with deliveries: in plain SQL with columns that
    were there from the beginning, so that it works on the tables of any time."""
    async with opened(url) as db, db.transaction() as tx:
        await tx.execute(
            "INSERT INTO actor (uri, authority, type, username, handle, name, page_url, icon_url, "
            "avatar, inbox, shared_inbox, fetched_at) VALUES ('https://a.example/alice', "
            "'a.example', 'Person', 'alice', '', 'Alice', '', '', '', '', '', 0)"
        )
        for each in range(POSTS):
            await tx.execute(
                "INSERT INTO post (key, slug, state, title, source, html, excerpt, language, "
                "created_at, version) VALUES ($1, $1, 'draft', 'A title', '', '', 'An excerpt', "
                "'en', 0, 1)",
                f"post-{each}",
            )
            await tx.execute(
                "INSERT INTO post_tag (post_id, slug, name) VALUES ($1, 'tag', 'Tag')", each + 1
            )
        for each in range(REPLIES):
            await tx.execute(
                "INSERT INTO reply (uri, post_id, depth, in_reply_to, actor_id, state, public, "
                "html, source, warning, language, page_url, mentions, published_at, received_at, "
                "fetch_attempts, lease_until) VALUES ($1, $2, 0, '', 1, 'waiting', $3, '', '', "
                "'', '', '', '[]', 0, 0, 0, 0)",
                f"https://a.example/replies/{each}",
                each % POSTS + 1,
                True,
            )
        activity = await add_activity(tx, key="k", type="Create", object_uri="", body=b"{}", now=0)
        inboxes = [(f"https://a.example/inboxes/{each}", "a.example") for each in range(REPLIES)]
        await add_deliveries(tx, activity, "", inboxes, 0)


async def counts(url: str) -> dict[str, int]:
    """How many rows there are in the tables that were populated."""
    tables = ("post", "post_tag", "reply", "activity", "delivery")
    async with opened(url) as db:
        return {
            table: (await db.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables
        }


def copies(folder: Path) -> list[Path]:
    """The copies that were made before a migration."""
    return list(folder.glob("*.before-*"))


ALL = {"post": POSTS, "post_tag": POSTS, "reply": REPLIES, "activity": 1, "delivery": REPLIES}


async def test_the_migrations_say_what_the_tables_say(database_url: str) -> None:
    config = orm_config(database_url, OURS)
    async with TortoiseContext() as context:
        await context.init(config=config)
        assert context.apps is not None
        changes = await MigrationAutodetector(context.apps, config["apps"]).changes()
    assert [writer.operations for writer in changes] == []


async def test_what_was_there_before_the_index_is_due_to_be_read_into_it(
    database_url: str, package: Path
) -> None:
    later = [package / path.name for path in REAL if path.stem >= "0004"]
    texts = {path: path.read_text() for path in later}
    for path in later:
        path.unlink()
    await migrate(database_url, migrations=PACKAGE)
    await populate(database_url)
    async with opened(database_url) as db, db.transaction() as tx:
        await tx.execute("UPDATE post SET state = 'published' WHERE id < 3")
        await tx.execute("UPDATE reply SET state = 'shown' WHERE id < 5")
    forget_modules()
    for path, text in texts.items():
        path.write_text(text)
    await migrate(database_url, migrations=PACKAGE)
    async with opened(database_url) as db:
        due = await list_due(db, 100)
    assert sorted(due) == [*(("post", n) for n in (1, 2)), *(("reply", n) for n in range(1, 5))]


async def test_branches_of_before_know_whether_something_of_them_is_shown(
    database_url: str, package: Path
) -> None:
    later = [package / path.name for path in REAL if path.stem >= "0006"]
    texts = {path: path.read_text() for path in later}
    for path in later:
        path.unlink()
    await migrate(database_url, migrations=PACKAGE)
    await populate(database_url)
    async with opened(database_url) as db, db.transaction() as tx:
        await tx.execute("UPDATE reply SET branch_id = id - id % 2 WHERE id BETWEEN 2 AND 7")
        await tx.execute("UPDATE reply SET state = 'shown' WHERE id IN (2, 5)")
    forget_modules()
    for path, text in texts.items():
        path.write_text(text)
    await migrate(database_url, migrations=PACKAGE)
    async with opened(database_url) as db:
        rows = await db.rows("SELECT id FROM reply WHERE shows = TRUE ORDER BY id")
    assert [row["id"] for row in rows] == [2, 4]


async def test_a_second_run_finds_nothing_to_do(database_url: str) -> None:
    seen: list[str] = []
    assert await migrate(database_url, progress=seen.append) == NAMES
    assert seen == [], "its tables came at once"
    assert await migrate(database_url) == []


async def test_a_table_that_is_rebuilt_takes_no_row_of_another_with_it(
    database_url: str, package: Path
) -> None:
    await migrate(database_url, migrations=PACKAGE)
    await populate(database_url)
    (package / "9999_rebuild.py").write_text(REBUILDING)
    assert await migrate(database_url, migrations=PACKAGE) == ["9999_rebuild"]
    assert await counts(database_url) == ALL
    async with opened(database_url) as db:
        (post, *_) = await db.rows("SELECT * FROM post ORDER BY id")
        assert post["title"] == "A title"
        assert "excerpt" not in post
        if db.sqlite:
            assert await db.rows("PRAGMA foreign_key_check") == []
            assert await db.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]


async def test_the_rebuilt_table_is_still_the_one_that_the_others_refer_to(
    database_url: str, package: Path
) -> None:
    await migrate(database_url, migrations=PACKAGE)
    await populate(database_url)
    (package / "9999_rebuild.py").write_text(REBUILDING)
    await migrate(database_url, migrations=PACKAGE)
    async with opened(database_url) as db:
        with pytest.raises(REFUSED):
            async with db.transaction() as tx:
                await tx.execute("UPDATE reply SET post_id = 99")
        with pytest.raises(REFUSED):
            async with db.transaction() as tx:
                await tx.execute("UPDATE post_tag SET post_id = (SELECT max(id) FROM post)")


async def test_on_sqlite_a_copy_of_the_database_is_made_before_it_is_changed(
    tmp_path: Path, package: Path
) -> None:
    url = f"sqlite://{tmp_path}/fediblog.sqlite"
    await migrate(url, migrations=PACKAGE)
    assert copies(tmp_path) == [], "there was nothing to copy"
    await populate(url)
    (package / "9999_rebuild.py").write_text(REBUILDING)
    await migrate(url, migrations=PACKAGE)
    (copy,) = copies(tmp_path)
    assert copy.name == "fediblog.sqlite.before-9999_rebuild"
    assert await counts(f"sqlite://{copy}") == ALL
    async with opened(f"sqlite://{copy}") as db:
        assert await db.rows("SELECT DISTINCT excerpt FROM post") == [{"excerpt": "An excerpt"}]


async def test_on_sqlite_broken_references_are_told_and_the_copy_is_the_way_back(
    tmp_path: Path, package: Path
) -> None:
    url = f"sqlite://{tmp_path}/fediblog.sqlite"
    await migrate(url, migrations=PACKAGE)
    await populate(url)
    (package / "9999_breaking.py").write_text(BREAKING)
    with pytest.raises(StoreError, match="references are broken in: post_tag, reply"):
        await migrate(url, migrations=PACKAGE)
    assert await counts(f"sqlite://{sqlite_path(url)}.before-9999_breaking") == ALL


@pytest.mark.long
async def test_a_migration_that_is_killed_on_its_way_is_undone_and_applied_by_the_next_start(
    bench: Bench, package: Path
) -> None:
    """The one before it stays; on SQLite there is a copy of what was there before either."""
    database_url = bench.database_url
    await populate(database_url)
    (package / "9998_rebuild.py").write_text(REBUILDING)
    (package / "9999_killed.py").write_text(KILLED)
    (package / "kill").touch()
    command = [sys.executable, "-c", APPLYING, database_url, PACKAGE]
    path = os.pathsep.join(map(str, (package.parent, Path.cwd())))
    ended = await asyncio.to_thread(
        subprocess.run, command, env={**os.environ, "PYTHONPATH": path}, capture_output=True
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    async with opened(database_url) as db:
        (post, *_) = await db.rows("SELECT * FROM post ORDER BY id")
    assert "excerpt" not in post
    assert "extra" not in post
    assert "note" in post

    (package / "kill").unlink()
    forget_modules()
    assert await migrate(database_url, migrations=PACKAGE) == ["9999_killed"]
    assert await counts(database_url) == ALL
    async with opened(database_url) as db:
        (post, *_) = await db.rows("SELECT * FROM post ORDER BY id")
        assert (post["title"], post["extra"], "note" in post) == ("A title", "", False)
    if database_url.startswith("sqlite"):
        copy = sqlite_path(database_url).with_name("fediblog.sqlite.before-9999_killed")
        assert await counts(f"sqlite://{copy}") == ALL


@pytest.mark.long
async def test_a_migration_of_which_no_note_can_be_made_is_undone_and_applied_by_the_next_start(
    bench: Bench, package: Path
) -> None:
    """The note is part of it, so nothing can come between the two."""
    database_url = bench.database_url
    await populate(database_url)
    (package / "9999_rebuild.py").write_text(REBUILDING)
    async with opened(database_url) as db:
        await execute(db, REFUSING_NOTES[db.sqlite])
    with pytest.raises(StoreError, match="no note is taken"):
        await migrate(database_url, migrations=PACKAGE)
    async with opened(database_url) as db:
        (post, *_) = await db.rows("SELECT * FROM post ORDER BY id")
        assert post["excerpt"] == "An excerpt"
        await execute(db, TAKING_NOTES[db.sqlite])

    forget_modules()
    assert await migrate(database_url, migrations=PACKAGE) == ["9999_rebuild"]
    assert await migrate(database_url, migrations=PACKAGE) == []
    assert await counts(database_url) == ALL


async def execute(db: Database, statements: Sequence[str]) -> None:
    """Run them in one transaction."""
    async with db.transaction() as tx:
        for statement in statements:
            await tx.execute(statement)


@pytest.mark.parametrize("table", ["post", "actor", "activity"])
async def test_what_others_refer_to_cannot_be_deleted(database_url: str, table: str) -> None:
    await migrate(database_url)
    await populate(database_url)
    async with opened(database_url) as db:
        with pytest.raises(REFUSED):
            async with db.transaction() as tx:
                await tx.execute(f"DELETE FROM {table} WHERE id = (SELECT min(id) FROM {table})")
    assert await counts(database_url) == ALL


async def test_every_foreign_key_restricts(database_url: str) -> None:
    await migrate(database_url)
    async with opened(database_url) as db:
        rules = await db.rows(
            "SELECT m.name || '.' || k.\"from\" AS key, k.on_delete AS rule FROM sqlite_master m, "
            "pragma_foreign_key_list(m.name) k WHERE m.type = 'table'"
            if db.sqlite
            else "SELECT constraint_name AS key, delete_rule AS rule "
            "FROM information_schema.referential_constraints"
        )
    assert len(rules) >= 9
    assert {row["rule"] for row in rules} == {"RESTRICT"}


async def test_processes_that_start_together_migrate_one_after_the_other(
    database_url: str, package: Path
) -> None:
    (package / "9999_rebuild.py").write_text(REBUILDING)
    runs = [_in_turn(database_url) for _ in range(3)]
    applied = await asyncio.gather(*runs)
    assert sorted(applied) == [[], [], [*NAMES, "9999_rebuild"]]


async def _in_turn(url: str) -> list[str]:
    """On PostgreSQL the advisory lock makes them wait; on SQLite their caller does."""
    if url.startswith("sqlite://"):
        async with _TURN:
            return await migrate(url, migrations=PACKAGE)
    return await migrate(url, migrations=PACKAGE)


_TURN = asyncio.Lock()


async def test_likes_and_announces_of_the_first_version_are_kept(
    database_url: str, package: Path
) -> None:
    for path in REAL[1:]:
        (package / path.name).unlink()
    await migrate(database_url, migrations=PACKAGE)
    async with opened(database_url) as db, db.transaction() as tx:
        await tx.execute(
            "INSERT INTO actor (uri, authority, type, username, handle, name, page_url, icon_url, "
            "avatar, inbox, shared_inbox, fetched_at) "
            "VALUES ('https://a.example/alice', 'a.example', 'Person', 'alice', '', 'Alice', '', "
            "'', '', '', '', 0)"
        )
        for kind in ("like", "announce"):
            await tx.execute(
                "INSERT INTO reaction (actor_id, kind, target_uri, target_kind, target_id, "
                "activity_id, received_at) SELECT id, $1, 'https://us.example/1', 'post', 1, "
                "'https://a.example/1', 7 FROM actor",
                kind,
            )
    (package / REAL[1].name).write_bytes(REAL[1].read_bytes())
    forget_modules()

    await migrate(database_url, migrations=PACKAGE)

    async with opened(database_url) as db:
        rows = await db.rows("SELECT kind, target_id, received_at, emoji FROM reaction ORDER BY id")
        assert [tuple(row.values()) for row in rows] == [("like", 1, 7, ""), ("announce", 1, 7, "")]
