"""Whatever pages and loops ask goes by an index, or has a reason not to."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bench.frame.big import SESSION_TOKEN, Filled, Size, fill
from fediblog.clock import utc_now
from fediblog.demo.server import DemoServer
from fediblog.store.actors import INBOX
from fediblog.store.database import Database, Transaction
from fediblog.store.moments import to_ms
from fediblog.worker.housekeeping import keep_house
from tests.bench import Bench, RunningBlog

_SIZE = Size(replies=1500, thread=1000, deep=60, actors=200, posts=60)
#: What reads all of a larger table, and why it may.
_MAY_READ_ALL = {
    "SELECT count(*) AS n FROM follower": "an index tells",
    f"SELECT DISTINCT {INBOX} AS address FROM follower": "it tells all of them",
    "SELECT count(*) AS n FROM medium": "an index tells",
    "SELECT since / ": "followers, on the first page of the admin",
    "SELECT state, count(*) AS n FROM post": "an index tells",
    "SELECT category FROM post": "an index tells; for the form of a post",
    "SELECT t.name FROM (SELECT max(id) AS latest": "an index tells; for the form of a post",
    "SELECT authority FROM host": "servers are few, and it is asked at a start",
    "SELECT 1 AS one FROM host": "servers are few",
    "SELECT h.authority, h.failures": "servers are few, on a page of the admin",
    "UPDATE crawl SET lease_until = 0": "once, at a start",
    # Once an hour:
    "UPDATE activity SET body": "housekeeping",
    "DELETE FROM notification": "housekeeping; there are 10,000 at most",
    "DELETE FROM link_preview": "housekeeping",
    "DELETE FROM picture ": "housekeeping",
    f"SELECT {INBOX} AS address, max(": "reactions, when the profile has changed",
}
#: Asked with each claim: servers are few, and SQLite reads all of them for it.
_FAILING = "(SELECT authority FROM host WHERE failures > 0"
#: All others are small.
_BIG = {
    "activity",
    "actor",
    "actor_key",
    "arrival",
    "collection",
    "crawl",
    "delivery",
    "follower",
    "host",
    "link_preview",
    "link_preview_use",
    "medium",
    "medium_use",
    "notification",
    "picture",
    "picture_use",
    "post",
    "post_revision",
    "post_tag",
    "quote",
    "reaction",
    "reply",
    "reply_revision",
    "tombstone",
}
_NAMED = re.compile(r"\b(?:FROM|JOIN|UPDATE) ([a-z_]+)(?: (?:AS )?([a-z_]+))?")
_SUBQUERY = re.compile(r"\) (?:AS )?([a-z]+)\b")
_WHOLE = re.compile(r"\b(?:SCAN|Seq Scan on) ([a-z_]+)")

#: An index of what is most of the rows, by that alone, is no index. SQLite takes it for one;
#: PostgreSQL knows how much there is of what, and takes it where it is better.
_NEARLY_WHOLE = re.compile(r"SEARCH (\w+) USING (?:COVERING )?INDEX \w+ \(state=\?\)")
#: What goes by such an index all the same, and why it may.
_MAY_READ_WHAT_IS_SHOWN = {
    "SELECT count(*) AS n FROM reply": "NodeInfo, which is kept",
}

_PAGES = (
    "/",
    "/tags/common",
    "/tags/rare",
    "/categories/category-3",
    "/archive",
    "/tags",
    "/categories",
    "/search?q=quagga",
    "/feed.atom",
    "/tags/rare/feed.atom",
    "/sitemap.xml",
    "/sitemaps/1.xml",
    "/replies/500",
    *(
        f"/admin/{name}"
        for name in (
            "",
            "posts",
            "posts/key-1",
            "posts/key-1/thread",
            "posts/key-1/deliveries",
            "replies",
            "replies?state=held",
            "queue",
            "notifications",
            "incoming",
            "incoming?state=failed",
            "incoming?server=server3.example",
            "incoming?person=%40person3%40server3.example",
            "incoming/door",
            "deliveries",
            "deliveries?state=done",
            "servers",
            "servers/server3.example",
            "media",
            "followers",
            "reports",
            "quotes",
            "blocks",
        )
    ),
)
_OF_A_THREAD = ("", "?sort=newest", "?sort=liked", "/reactions", "/quotes", "/responses.atom")
_DOCUMENTS = (
    "/users/blog",
    "/users/blog/outbox",
    "/users/blog/outbox?page=1",
    "/users/blog/followers",
    "/users/blog/followers?page=1",
    "/users/blog/collections/featured",
    "/articles/key-1",
    "/articles/key-1/replies",
    "/articles/key-1/replies?page=true&after=100",
    "/articles/key-1/likes",
    "/contexts/key-1",
    "/contexts/key-1?page=true&after=100",
    "/nodeinfo/2.1",
)


class _Asked:
    """Every statement with the values that it was asked with last."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.statements: dict[str, tuple[Any, ...]] = {}
        for owner, name, skipped in (
            (Database, "rows", 0),
            (Database, "rows_within", 1),
            (Transaction, "rows", 0),
            (Transaction, "execute", 0),
        ):
            patch.setattr(owner, name, self._noting(getattr(owner, name), skipped))

    def _noting(self, ask: Any, skipped: int) -> Any:
        async def noted(db: Database | Transaction, *arguments: Any) -> Any:
            sql, *values = arguments[skipped:]
            self.statements[sql] = tuple(values)
            return await ask(db, *arguments)

        return noted


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> _Asked:
    """What is asked from now on."""
    return _Asked(monkeypatch)


@pytest.fixture
async def filled(bench: Bench) -> Filled:
    """A blog's database with a long thread and much beside it."""
    return await fill(bench.database_url, _SIZE, now=to_ms(utc_now()))


@pytest.fixture
async def reading(filled: Filled, asked: _Asked, bench: Bench) -> AsyncIterator[RunningBlog]:
    """That blog, whose author is signed in."""
    async with bench.start() as blog:
        blog.http.cookies.set("fediblog", SESSION_TOKEN)
        yield blog


async def test_no_page_and_no_loop_reads_a_whole_table(
    reading: RunningBlog, filled: Filled, asked: _Asked
) -> None:
    await keep_house(reading.blog)
    for path in (
        *_PAGES,
        *(filled.thread + more for more in _OF_A_THREAD),
        filled.page_of_thread(5),
    ):
        assert (await reading.page(path)).status_code == 200, path
    for path in _DOCUMENTS:
        assert (await reading.document(path)).status_code == 200, path
    await reading.at_rest()
    assert len(asked.statements) > 150
    await _check(reading.blog.db, asked)


async def test_nothing_that_comes_in_makes_us_read_a_whole_table(
    reading: RunningBlog, asked: _Asked, town: DemoServer
) -> None:
    """Neither of somebody who is new, nor of who has been here."""
    article = reading.blog.addresses.article("key-1")
    for name in ("alice", "bob"):
        await town.follow(name, reading.actor)
        await town.like(name, article)
        note = await town.reply(name, article, "A word")
        await reading.settled()
        await town.edit(note, "<p>Another word</p>")
        await town.reply(name, note.id, "One more")
        await town.announce(name, article)
        await reading.at_rest()
        await town.delete(note)
        await town.undo_like(name, article)
        await reading.at_rest()
    assert any("FROM reply WHERE actor_id = $1" in sql for sql in asked.statements)
    await _check(reading.blog.db, asked)


async def _check(db: Database, asked: _Asked) -> None:
    """Raises AssertionError with the statements that read a whole table, or nearly."""
    statements = dict(asked.statements)
    wrong = []
    for sql, values in statements.items():
        if sql.startswith(("SET ", "LOCK ", "INSERT", *_MAY_READ_ALL)):
            continue
        plan = await _plan(db, sql, values)
        aliases = {alias or table: table for table, alias in _NAMED.findall(sql)}
        whole = {aliases.get(name, name) for name in _WHOLE.findall(plan)}
        whole -= {aliases.get(name, "") for name in _SUBQUERY.findall(sql)}
        tables = {table for table in whole if table in _BIG}
        if _FAILING in sql:
            tables.discard("host")
        if "state = 'shown'" in sql and not sql.startswith(tuple(_MAY_READ_WHAT_IS_SHOWN)):
            tables |= {found[1] for found in _NEARLY_WHOLE.finditer(plan)}
        if tables:
            wrong.append(f"{sorted(tables)}: {sql}\n{plan}")
    assert not wrong, "\n\n".join(wrong)


async def _plan(db: Database, sql: str, values: tuple[Any, ...]) -> str:
    """How a statement would be carried out if there was far more of everything."""
    async with db.transaction() as tx:
        if db.sqlite:
            rows = await tx.rows(f"EXPLAIN QUERY PLAN {sql}", *values)
        else:
            await tx.execute("SET LOCAL enable_seqscan = off")
            rows = await tx.rows(f"EXPLAIN {sql}", *values)
    return "\n".join(str(list(row.values())[-1]) for row in rows)
