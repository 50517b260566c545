"""The index of words follows every change, also one that is made while a text is being read."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import asyncpg
import pytest

from fediblog.actions.answer import answer_post
from fediblog.actions.delete_post import delete_post
from fediblog.actions.index_search import index_due
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post
from fediblog.blog import Blog
from fediblog.domain.search_queries import parse_query
from fediblog.errors import TooSlow
from fediblog.opening import open_blog
from fediblog.remote.connector import Connector
from fediblog.store import posts
from fediblog.store.database import Transaction, open_database
from fediblog.store.posts import Post
from fediblog.store.search import Target, count_due, count_entries, find
from tests.bench import Bench, SettableClock
from tests.web.finding import write_dear_texts


@pytest.fixture
async def blog(bench: Bench) -> AsyncIterator[Blog]:
    """A blog without any loop, so that the test decides when the index is read."""
    async with open_blog(bench.settings(8000), SettableClock(), Connector()) as opened:
        yield opened


async def publish(blog: Blog) -> Post:
    """A post about a kettle, which is due to be read."""
    return await create_post(blog, PostForm("Kettle", "It boils."), publish=True)


async def found(blog: Blog, typed: str) -> list[Target]:
    """What is found, without anything being read into the index."""
    return list(await find(blog.db, parse_query(typed).terms, limit=10))


class Door(ThreadPoolExecutor):
    """Threads before which whatever is to be done there waits until they are let in."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = asyncio.Event()
        self.opened = threading.Event()

    def submit(self, deed: Callable[..., Any], /, *values: Any, **named: Any) -> Future[Any]:
        """Called in the event loop, when something is to be done in a thread."""

        def enter() -> Any:
            self.opened.wait()
            return deed(*values, **named)

        self.waiting.set()
        return super().submit(enter)


async def test_what_is_being_changed_is_read_when_that_is_done(bench: Bench, blog: Blog) -> None:
    post = await publish(blog)
    assert await count_due(blog.db) == 1
    changed = asyncio.Event()

    async def read() -> bool:
        await changed.wait()
        return await index_due(blog)

    # Not started inside of the transaction, whose connection it would have.
    reading = asyncio.create_task(read())
    other = await open_database(bench.database_url)
    try:
        async with other.transaction() as tx:
            await posts.set_deleted(tx, post.id, 1)
            changed.set()
            if not blog.db.sqlite:
                # There is nothing to claim. SQLite lets nobody else write before this ends.
                assert not await reading
    finally:
        await other.close()
    await reading
    while await index_due(blog):
        pass
    assert (await count_due(blog.db), await count_entries(blog.db)) == (0, 0)


async def _say_more(tx: Transaction, post: Post) -> None:
    await posts.set_html(tx, post, "<p>It steeps.</p>", 2)


async def _delete(tx: Transaction, post: Post) -> None:
    await posts.set_deleted(tx, post.id, 1)


@pytest.mark.parametrize("change", [_say_more, _delete])
async def test_what_changes_while_its_words_are_worked_out_is_read_again(
    blog: Blog, change: Callable[[Transaction, Post], Awaitable[None]]
) -> None:
    """And whoever changes it, or anything else, does not wait for that."""
    post = await publish(blog)
    door = Door()
    asyncio.get_running_loop().set_default_executor(door)
    reading = asyncio.create_task(index_due(blog))
    try:
        await door.waiting.wait()
        async with asyncio.timeout(10), blog.db.transaction() as tx:
            await change(tx, post)
    finally:
        door.opened.set()
    assert await reading
    assert (await count_due(blog.db), await count_entries(blog.db)) == (1, 0)
    while await index_due(blog):
        pass
    assert not await found(blog, "boils")
    assert await found(blog, "steeps") == ([("post", post.id)] if change is _say_more else [])
    assert await count_due(blog.db) == 0


async def test_other_html_of_the_same_post_is_read_again(blog: Blog) -> None:
    post = await publish(blog)
    await index_due(blog)
    assert await found(blog, "boils")
    async with blog.db.transaction() as tx:
        await _say_more(tx, post)
    assert not await found(blog, "boils")
    await index_due(blog)
    assert await found(blog, "steeps")
    async with blog.db.transaction() as tx:
        # It was read before that, so it is not written; then there is nothing to read either.
        await posts.set_html(tx, post, "<p>It sings.</p>", 2)
    assert await found(blog, "steeps") and not await count_due(blog.db)


async def test_a_post_that_cannot_be_read_keeps_its_replies_in_the_index(blog: Blog) -> None:
    if not blog.db.sqlite:
        pytest.skip("PostgreSQL keeps nothing that no one foresaw in a column of text")
    post = await publish(blog)
    answer = await answer_post(blog, post.key, "My samovar sings.")
    await index_due(blog)
    async with blog.db.transaction() as tx:
        await tx.execute("UPDATE post SET html = x'ff' WHERE id = $1", post.id)
        await posts.set_published(tx, post.id, 1)
    await index_due(blog)
    assert await count_due(blog.db) == 0
    assert not await found(blog, "kettle")
    assert await found(blog, "samovar") == [("reply", answer.id)]


async def test_a_post_stays_due_until_what_was_said_of_it_is_gone_too(blog: Blog) -> None:
    """As when the process is killed just before that."""
    post = await publish(blog)
    await answer_post(blog, post.key, "My samovar sings.")
    await index_due(blog)
    await delete_post(blog, post.key)
    async with blog.db.transaction() as tx:
        await tx.execute("ALTER TABLE reply RENAME COLUMN post_id TO not_to_be_found")
    with pytest.raises((sqlite3.OperationalError, asyncpg.UndefinedColumnError)):
        await index_due(blog)
    async with blog.db.transaction() as tx:
        await tx.execute("ALTER TABLE reply RENAME COLUMN not_to_be_found TO post_id")
    assert (await count_due(blog.db), await count_entries(blog.db)) == (1, 1)
    await index_due(blog)
    assert (await count_due(blog.db), await count_entries(blog.db)) == (0, 0)


async def test_a_search_that_would_take_long_ends_early_and_holds_up_nobody(blog: Blog) -> None:
    terms = parse_query(await write_dear_texts(blog.db)).terms
    searches = [asyncio.create_task(find(blog.db, terms, limit=500)) for _ in range(3)]
    # It goes out after theirs, and has its answer before.
    await asyncio.sleep(0)
    assert await count_due(blog.db) == 0
    assert not any(search.done() for search in searches)
    outcomes = await asyncio.gather(*searches, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [TooSlow] * 3
    assert await find(blog.db, parse_query("x").terms, limit=500) == []
