"""What is written of a quote: in the right order, by its author alone, and our answer stays."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from fediblog.store.actors import NewActor, set_actor
from fediblog.store.database import Database
from fediblog.store.quotes import (
    NewQuote,
    Quote,
    count_shown,
    get_quote,
    lock_quote,
    remove_quote,
    remove_quotes_of,
    set_answer,
    set_quote,
    set_revoked,
    set_seen,
    withdraw_quote,
)
from tests.bench import RunningBlog


@pytest.fixture
async def new(blog: RunningBlog) -> AsyncIterator[NewQuote]:
    """A quote of a post by somebody, not written yet."""
    post = await blog.publish()
    async with blog.blog.db.transaction() as tx:
        actor_id = await set_actor(tx, _actor("alice"), blog.blog.now_ms())
    yield NewQuote(
        uri="https://a.example/1",
        actor_id=actor_id,
        target=("post", post.id),
        target_uri=blog.article(post),
        text="Look at this",
        warning="",
        language="en",
        page_url="https://a.example/1",
        published_at=1,
        updated_at=None,
        received_at=1,
    )


async def test_an_edit_renews_the_text_and_keeps_the_answer(
    blog: RunningBlog, new: NewQuote
) -> None:
    await _write(blog.blog.db, new)
    await _answer(blog.blog.db, "accepted", "k1")
    await _write(blog.blog.db, replace(new, text="Look at that", updated_at=5))

    quote = await _stored(blog)
    assert (quote.text, quote.state, quote.key) == ("Look at that", "accepted", "k1")


async def test_an_older_edit_changes_nothing(blog: RunningBlog, new: NewQuote) -> None:
    await _write(blog.blog.db, replace(new, text="Newer", updated_at=5))
    assert not await _write(blog.blog.db, replace(new, text="Older", updated_at=4))
    assert (await _stored(blog)).text == "Newer"


async def test_nobody_writes_somebody_elses_quote(blog: RunningBlog, new: NewQuote) -> None:
    await _write(blog.blog.db, new)
    async with blog.blog.db.transaction() as tx:
        mallory = await set_actor(tx, _actor("mallory"), blog.blog.now_ms())
    forged = replace(new, actor_id=mallory, text="Forged", updated_at=9)
    assert not await _write(blog.blog.db, forged)
    async with blog.blog.db.transaction() as tx:
        assert not await remove_quote(tx, new.uri, "https://a.example/mallory")
    assert (await _stored(blog)).text == "Look at this"


async def test_what_quotes_something_else_now_has_not_been_asked_for(
    blog: RunningBlog, new: NewQuote
) -> None:
    other = await blog.publish("Another post")
    await _write(blog.blog.db, new)
    await _answer(blog.blog.db, "accepted", "k1")
    await _write(blog.blog.db, replace(new, target=("post", other.id), updated_at=5))

    quote = await _stored(blog)
    assert (quote.state, quote.key, quote.target_id) == ("seen", None, other.id)


async def test_what_was_revoked_stays_so_whatever_becomes_of_it(
    blog: RunningBlog, new: NewQuote
) -> None:
    db = blog.blog.db
    await _write(db, new)
    async with db.transaction() as tx:
        await set_revoked(tx, (await _stored(blog)).id)
        await withdraw_quote(tx, await _stored(blog), 5)
    assert (await _stored(blog)).text == ""
    await _write(db, replace(new, updated_at=6))
    assert (await _stored(blog)).state == "revoked"
    assert await count_shown(db, *_target(new)) == {}

    async with db.transaction() as tx:
        await set_seen(tx, (await _stored(blog)).id)
    assert await count_shown(db, *_target(new)) == {new.target[1]: 1}


async def test_an_actor_that_goes_takes_its_quotes_along(blog: RunningBlog, new: NewQuote) -> None:
    db = blog.blog.db
    await _write(db, new)
    before = await _version(db, new.target[1])
    async with db.transaction() as tx:
        await remove_quotes_of(tx, new.actor_id)
    assert await get_quote(db, new.uri) is None
    assert await _version(db, new.target[1]) == before + 1


def _actor(name: str) -> NewActor:
    uri = f"https://a.example/{name}"
    return NewActor(uri, "a.example", "Person", name, name, uri, "", f"{uri}/inbox", "")


def _target(new: NewQuote) -> tuple[str, list[int]]:
    return new.target[0], [new.target[1]]


async def _write(db: Database, new: NewQuote) -> bool:
    async with db.transaction() as tx:
        return await set_quote(tx, new)


async def _answer(db: Database, state: str, key: str) -> None:
    async with db.transaction() as tx:
        quote = await lock_quote(tx, "https://a.example/1")
        assert quote is not None
        await set_answer(tx, quote, state=state, key=key, request_id="https://a.example/1#ask")


async def _stored(blog: RunningBlog) -> Quote:
    quote = await get_quote(blog.blog.db, "https://a.example/1")
    assert quote is not None
    return quote


async def _version(db: Database, post_id: int) -> int:
    return int((await db.rows("SELECT version FROM post WHERE id = $1", post_id))[0]["version"])
