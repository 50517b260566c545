"""The index of words follows every change, also one that is made while a text is being read."""

import asyncio

from fediblog.actions.index_search import index_due
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post
from fediblog.opening import open_blog
from fediblog.remote.connector import Connector
from fediblog.store.database import open_database
from fediblog.store.posts import set_deleted
from fediblog.store.search import count_due, count_entries
from tests.bench import Bench, SettableClock


async def test_what_is_being_changed_is_read_when_that_is_done(bench: Bench) -> None:
    """Without any loop, so that the test decides when the index is read."""
    async with open_blog(bench.settings(8000), SettableClock(), Connector()) as blog:
        post = await create_post(blog, PostForm("Kettle", "It boils."), publish=True)
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
                await set_deleted(tx, post.id, 1)
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
