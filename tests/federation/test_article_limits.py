"""Articles that are too large for others, edits in quick succession, and a database in trouble."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest

from fediblog.actions.documents import permalink
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import edit_post
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from tests.bench import RunningBlog
from tests.federation.records import activities

_MEGABYTE = 1_000_000


@pytest.fixture
async def readers(
    blog: RunningBlog, people_keys: tuple[PrivateKey, ...]
) -> AsyncIterator[DemoServer]:
    """A server on the blog's clock, where Alice follows."""
    keys = cycle(people_keys)
    async with running(clock=blog.clock, new_key=lambda: next(keys)) as server:
        await server.follow("alice", blog.actor)
        await blog.settled()
        await blog.delivered()
        yield server


async def test_a_long_post_travels_without_its_markdown(
    blog: RunningBlog, readers: DemoServer
) -> None:
    """0.15: all of the text, as content and in its map, is what matters."""
    post = await blog.publish("Long", "word " * 80_000)
    await blog.delivered()
    [create] = activities(readers, "Create")
    assert len(readers.received[-1].body) < _MEGABYTE
    assert "source" not in create["object"]
    assert create["object"]["content"].count("word") == 80_000
    assert len((await blog.document(f"/articles/{post.key}")).content) < _MEGABYTE


async def test_a_post_that_is_too_large_for_others_travels_as_its_beginning_with_a_link(
    blog: RunningBlog, readers: DemoServer
) -> None:
    post = await blog.publish("Endless", "千代 " * 150_000)
    await blog.delivered()
    [create] = activities(readers, "Create")
    article = create["object"]
    assert len(readers.received[-1].body) < _MEGABYTE
    assert article["content"].endswith(
        f'<p><a href="{permalink(blog.blog, post)}">{permalink(blog.blog, post)}</a></p>'
    )
    assert article["content"].startswith("<p>千代 千代")
    assert article["contentMap"] == {"en": article["content"]}
    page = (await blog.page(f"/articles/{post.key}")).text
    assert page.count("千代") >= 150_000


async def test_no_page_of_the_outbox_is_too_large(blog: RunningBlog) -> None:
    keys = {(await blog.publish(f"Post {n}", "word " * 60_000)).key for n in range(4)}
    seen: list[str] = []
    address: str | None = f"{blog.blog.addresses.outbox}?page=true"
    while address:
        page = await blog.document(address.removeprefix(blog.origin))
        assert len(page.content) < _MEGABYTE
        seen += [create["object"]["id"] for create in page.json()["orderedItems"]]
        address = page.json().get("next")
    assert len(seen) == 4
    assert {uri.rpartition("/")[2] for uri in seen} == keys


async def test_edits_within_a_minute_become_one_update(
    blog: RunningBlog, readers: DemoServer
) -> None:
    """G1: measured by what the other server receives. The first edit goes at once."""
    blog.clock.fixed = datetime.now(UTC)
    post = await blog.publish("First", "Text.")
    await blog.delivered()
    for title in ("Second", "Third", "Fourth", "Fifth"):
        await edit_post(blog.blog, post.key, PostForm(title, "Text."))
        await blog.later(timedelta(seconds=10))
    assert _titles(readers) == ["Second"]

    await blog.later(timedelta(seconds=15))
    await blog.at_rest()
    assert _titles(readers) == ["Second"], "55 seconds"
    await blog.later(timedelta(seconds=10))
    await blog.at_rest()
    assert _titles(readers) == ["Second", "Fifth"]
    assert (await blog.document(f"/articles/{post.key}")).json()["name"] == "Fifth"

    await edit_post(blog.blog, post.key, PostForm("Sixth", "Text."))
    await blog.later(timedelta(seconds=30))
    await blog.at_rest()
    assert len(_titles(readers)) == 2
    other = await blog.publish("Another", "Text.")
    await edit_post(blog.blog, other.key, PostForm("Another one", "Text."))
    await blog.delivered()
    assert _titles(readers)[2:] == ["Another one"], "other posts do not wait"


async def test_a_published_id_is_never_404_while_the_database_is_in_trouble(
    blog: RunningBlog,
) -> None:
    """A11: Mastodon deletes its copy on 404, and asks again on 503."""
    post = await blog.publish()
    async with blog.blog.db.transaction() as tx:
        await tx.execute("ALTER TABLE post RENAME TO lost_post")
    for path in (f"/articles/{post.key}", f"/articles/{post.key}/replies", f"/contexts/{post.key}"):
        answer = await blog.document(path)
        assert answer.status_code == 503, path
        assert int(answer.headers["retry-after"]) > 0
    assert (await blog.page(f"/articles/{post.key}")).status_code == 503
    async with blog.blog.db.transaction() as tx:
        await tx.execute("ALTER TABLE setting RENAME TO lost_setting")
    assert (await blog.page("/")).status_code == 503
    async with blog.blog.db.transaction() as tx:
        await tx.execute("ALTER TABLE lost_post RENAME TO post")
        await tx.execute("ALTER TABLE lost_setting RENAME TO setting")
    assert json.loads((await blog.document(f"/articles/{post.key}")).content)["name"] == "A post"


def _titles(town: DemoServer) -> list[str]:
    return [update["object"]["name"] for update in activities(town, "Update")]
