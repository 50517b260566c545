"""The blog's actor gets a new key: everybody follows, and no moment is without a key (E9)."""

import asyncio
from collections import deque
from datetime import timedelta

from fediblog.actions.rotate_key import rotate_key
from fediblog.demo.keyring import Keyring
from fediblog.demo.server import DemoServer
from fediblog.errors import Conflict
from fediblog.keyring import blog_key_path, make_blog_key
from fediblog.worker.housekeeping import keep_house
from tests.bench import Bench, RunningBlog


async def followed(blog: RunningBlog, town: DemoServer) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()


def keys_of(town: DemoServer, kind: str) -> list[str]:
    """The fragments of the key ids with which activities of a type came."""
    return [
        each.key_id.partition("#")[2] for each in town.received if each.activity["type"] == kind
    ]


async def test_the_old_key_vouches_for_the_new_one_which_signs_all_else(
    blog: RunningBlog, town: DemoServer
) -> None:
    await followed(blog, town)
    before = (await blog.document("/users/blog")).json()["publicKey"]
    assert await rotate_key(blog.blog) == 2
    await blog.delivered()
    after = (await blog.document("/users/blog")).json()["publicKey"]
    assert before["id"] == f"{blog.actor}#main-key"
    assert after["id"] == f"{blog.actor}#key-2"
    assert after["publicKeyPem"] != before["publicKeyPem"]
    assert keys_of(town, "Update") == ["main-key"]
    assert town.received[-1].activity["object"]["publicKey"] == after

    await blog.publish()
    await blog.delivered()
    assert keys_of(town, "Create") == ["key-2"]
    assert await rotate_key(blog.blog) == 3
    await blog.publish("Another")
    await blog.delivered()
    assert keys_of(town, "Update") == ["main-key", "key-2"]
    assert keys_of(town, "Create") == ["key-2", "key-3"]


async def test_who_knows_the_new_key_alone_gets_the_update_signed_with_it(
    blog: RunningBlog, town: DemoServer
) -> None:
    """It was asked for meanwhile, and the old one is listed no longer."""
    await followed(blog, town)
    town.keyring = Keyring(town.mail, town.instance)
    await rotate_key(blog.blog)
    await blog.delivered()
    assert keys_of(town, "Update") == ["key-2"]
    attempts = await blog.blog.db.rows(
        "SELECT d.attempts FROM delivery d JOIN activity a ON a.id = d.activity_id "
        "WHERE a.type = 'Update'"
    )
    assert [row["attempts"] for row in attempts] == [1]


async def test_the_current_key_is_the_same_after_a_restart(bench: Bench, town: DemoServer) -> None:
    async with bench.start() as blog:
        await followed(blog, town)
        await rotate_key(blog.blog)
        await blog.delivered()
        pem = (await blog.document("/users/blog")).json()["publicKey"]["publicKeyPem"]
        origin = blog.origin
        assert town.keyring.knows(f"{blog.actor}#main-key")
    async with bench.start(FEDIBLOG_URL=origin) as blog:
        key = (await blog.document("/users/blog")).json()["publicKey"]
        assert (key["id"], key["publicKeyPem"]) == (f"{blog.actor}#key-2", pem)


async def test_a_key_that_was_written_by_a_rotation_that_died_is_used(blog: RunningBlog) -> None:
    folder = blog.blog.settings.keys
    make_blog_key(folder, 2)
    written = blog_key_path(folder, 2).read_bytes()
    number = (await blog.document("/users/blog")).json()["publicKey"]["id"]
    assert number == f"{blog.actor}#main-key"
    await rotate_key(blog.blog)
    assert blog_key_path(folder, 2).read_bytes() == written
    assert blog.blog.keys.blog(2).to_pem() == written


async def test_of_two_rotations_at_once_one_is_done(blog: RunningBlog) -> None:
    outcomes = await asyncio.gather(
        rotate_key(blog.blog), rotate_key(blog.blog), return_exceptions=True
    )
    assert [each for each in outcomes if isinstance(each, int)] == [2]
    assert any(isinstance(each, Conflict) for each in outcomes)
    key = (await blog.document("/users/blog")).json()["publicKey"]
    assert key["id"] == f"{blog.actor}#key-2"


async def test_the_old_key_goes_when_its_update_is_out(blog: RunningBlog, town: DemoServer) -> None:
    await followed(blog, town)
    folder = blog.blog.settings.keys
    town.clock = blog.clock
    town.status_for_inbox = lambda _: 503
    await rotate_key(blog.blog)
    await blog.delivered()
    await blog.later(timedelta(hours=2))
    await blog.delivered()
    await keep_house(blog.blog)
    assert blog_key_path(folder, 1).exists()
    town.status_for_inbox = deque()
    async with blog.blog.db.transaction() as tx:
        await tx.execute("UPDATE delivery SET next_at = 0 WHERE state = 'queued'")
    blog.blog.signals.deliveries.set()
    await blog.delivered()
    await keep_house(blog.blog)
    assert not blog_key_path(folder, 1).exists()
    assert blog_key_path(folder, 2).exists()
    assert (await blog.document("/users/blog")).status_code == 200


async def test_the_old_key_stays_for_an_hour(blog: RunningBlog) -> None:
    """Another process may have claimed a delivery before the key changed."""
    await rotate_key(blog.blog)
    await keep_house(blog.blog)
    assert blog_key_path(blog.blog.settings.keys, 1).exists()


async def test_another_process_signs_with_the_new_key_at_once(
    bench: Bench, town: DemoServer, only_postgres: None
) -> None:
    async with bench.start() as one:
        await followed(one, town)
        async with bench.start(FEDIBLOG_URL=one.origin) as other:
            await rotate_key(other.blog)
            await one.delivered()
            key = (await one.document("/users/blog")).json()["publicKey"]
            assert key["id"] == f"{one.actor}#key-2"
            for number in range(4):
                await one.publish(f"Post {number}")
            await one.delivered()
    assert set(keys_of(town, "Create")) == {"key-2"}
