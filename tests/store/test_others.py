"""What is written is told: here, and to the other processes."""

import asyncio
from collections.abc import Collection

import pytest

from fediblog.blog import Blog
from fediblog.store.changes import written_tables
from tests.bench import Bench, RunningBlog, until

SET = (
    "INSERT INTO setting (name, value) VALUES ($1, $2) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def test_the_tables_that_a_statement_writes_to_are_found() -> None:
    assert written_tables(SET) == {"setting"}
    assert written_tables(
        "UPDATE post SET x = 1 WHERE id IN (SELECT id FROM reply FOR UPDATE OF r)"
    ) == {"post", "post.version"}
    assert written_tables("DELETE FROM rule WHERE id = 1") == {"rule"}
    assert written_tables("SELECT 1 FROM reply") == frozenset()
    assert written_tables("INSERT INTO arrival (id) VALUES (1)") == frozenset()


class Heard:
    """What a blog has been told."""

    def __init__(self, blog: Blog) -> None:
        self.names: set[str] = set()
        self.everything = 0
        blog.db.others.listen(self._hear)

    def _hear(self, names: Collection[str] | None) -> None:
        self.names.update(names or ())
        self.everything += names is None


async def write(blog: Blog, *statements: str) -> None:
    """One transaction."""
    async with blog.db.transaction() as tx:
        for statement in statements:
            await tx.execute(statement)


async def test_what_a_transaction_has_written_is_told_here(blog: RunningBlog) -> None:
    await until(lambda: _has_rendered(blog.blog))
    heard = Heard(blog.blog)
    await write(blog.blog, "UPDATE post SET title = title", "DELETE FROM rule WHERE id = 0")
    assert heard.names == set(), "nothing has changed"
    await write(blog.blog, "INSERT INTO setting (name, value) VALUES ('one', '1')")
    assert heard.names == {"setting"}
    heard.names.clear()
    with pytest.raises(ZeroDivisionError):
        async with blog.blog.db.transaction() as tx:
            await tx.execute("DELETE FROM setting WHERE name = 'one'")
            assert heard.names == set(), "not before it is over"
            raise ZeroDivisionError
    assert heard.names == {"setting"}, "whoever has read it meanwhile looks again"


async def _has_rendered(blog: Blog) -> bool:
    """Whether the last thing is over that a new blog writes down by itself."""
    return bool(await blog.db.rows("SELECT 1 AS one FROM setting WHERE name = 'render_version'"))


async def hearing(*blogs: RunningBlog) -> None:
    """Wait until each hears the others."""

    async def all_hear() -> bool:
        return all(each.blog.db.others.hearing for each in blogs)

    await until(all_hear)


async def test_other_processes_are_told_and_woken(bench: Bench, only_postgres: None) -> None:
    async with bench.start() as one, bench.start(FEDIBLOG_URL=one.origin) as other:
        await hearing(one, other)
        heard, own = Heard(other.blog), Heard(one.blog)
        async with one.blog.db.transaction() as tx:
            await tx.execute("INSERT INTO setting (name, value) VALUES ('one', '1')")
            tx.told.add("key:https://a.example/a b")
            await asyncio.sleep(0.1)
            assert "setting" not in heard.names, "not before the commit"

        async def told() -> bool:
            return heard.names >= {"setting", "key:https://a.example/a b"}

        await until(told)
        one.blog.signals.backups.set()

        async def is_woken() -> bool:
            return "wake:backups" in heard.names

        await until(is_woken)
        assert "wake:backups" not in own.names, "nobody is told by itself"
        async with one.blog.db.transaction() as tx:
            tx.told.update(f"key:{number}" * 20 for number in range(100))

        async def told_that_it_is_much() -> bool:
            return heard.everything > 0

        await until(told_that_it_is_much)


async def test_a_process_that_has_heard_nothing_for_a_while_forgets_everything(
    bench: Bench, only_postgres: None
) -> None:
    async with bench.start() as blog:
        await hearing(blog)
        heard = Heard(blog.blog)
        await blog.blog.db.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'fediblog listens' AND datname = current_database()"
        )

        async def lost_and_found() -> bool:
            return heard.everything == 2 and blog.blog.db.others.hearing

        await until(lost_and_found)
