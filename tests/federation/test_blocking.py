"""A block counts on every way in (K17), hides what is here, and can be taken back."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from fediblog.actions.blocking import Wanted, add_rule, end_rule
from fediblog.demo import activities
from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from fediblog.errors import RemoteRefused
from fediblog.store.followers import count_followers
from fediblog.store.posts import Post
from tests.bench import RunningBlog
from tests.federation.records import fates, stored

_Way = Callable[[RunningBlog, DemoServer, Post], Awaitable[object]]


async def _block(
    blog: RunningBlog, town: DemoServer, kind: str, action: str, value: str = ""
) -> int:
    named = {
        "server": town.origin.partition("://")[2],
        "person": town.person("alice").id,
        "words": value,
    }[kind]
    return await add_rule(blog.blog, Wanted(kind, named, named, action, ""))


async def _inbox(blog: RunningBlog, town: DemoServer, activity: dict[str, object]) -> object:
    return await town.post("alice", blog.blog.addresses.shared_inbox, activity)


async def _followed(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    alice = town.person("alice")
    follow = activities.follow(alice, f"{alice.id}#follows/1", blog.actor)
    return await _inbox(blog, town, follow)


async def _liked(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    alice = town.person("alice")
    like = activities.like(alice, f"{alice.id}#likes/1", blog.article(post))
    return await _inbox(blog, town, like)


async def _replied(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    note = await town.reply("alice", blog.article(post), "<p>Here I am.</p>", deliver=False)
    return await _inbox(blog, town, activities.create(note))


async def _by_id(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    note = await town.reply("alice", blog.article(post), "<p>Here I am.</p>", deliver=False)
    return await _inbox(blog, town, activities.create(note) | {"object": note.id})


async def _edited(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    note = await town.reply("alice", blog.article(post), "<p>Here I am.</p>", deliver=False)
    return await _inbox(blog, town, activities.update(note))


async def _reported(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    alice = town.person("alice")
    return await _inbox(
        blog, town, activities.flag(alice, f"{alice.id}#flags/1", [blog.article(post)], "Bad.")
    )


async def _quoted(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    note = await town.quote("alice", blog.article(post), "<p>Look.</p>", ask=False, deliver=False)
    await _inbox(blog, town, activities.quote_request(note))
    return await _inbox(blog, town, activities.create(note))


async def _as_a_parent(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    """Somebody who is not blocked answers them, so that they are fetched."""
    parent = await town.reply("alice", blog.article(post), "<p>Here I am.</p>", deliver=False)
    return await town.reply("bob", parent.id, "<p>To Alice.</p>", recipients=[blog.actor])


async def _handed_on(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    """Somebody who is not blocked passes on what they said."""
    note = await town.reply("alice", blog.article(post), "<p>Here I am.</p>", deliver=False)
    proven = activities.create(note) | {"signature": {"type": "RsaSignature2017"}}
    return await town.post("bob", blog.blog.addresses.shared_inbox, proven)


_WAYS = [
    _followed,
    _liked,
    _replied,
    _by_id,
    _edited,
    _reported,
    _quoted,
    _as_a_parent,
    _handed_on,
]
_TABLES = ("follower", "reaction", "quote", "report")


async def _of_alice(blog: RunningBlog, town: DemoServer) -> dict[str, int]:
    """How much there is of Alice."""
    found = {}
    for table in (*_TABLES, "reply"):
        rows = await blog.blog.db.rows(
            f"SELECT count(*) AS n FROM {table} t JOIN actor a ON a.id = t.actor_id "
            "WHERE a.uri = $1",
            town.person("alice").id,
        )
        found[table] = int(rows[0]["n"])
    return found


@pytest.mark.parametrize("kind", ["server", "person"])
@pytest.mark.parametrize("way", _WAYS)
async def test_nothing_comes_in_of_whom_is_blocked_on_any_way(
    blog: RunningBlog, town: DemoServer, way: _Way, kind: str
) -> None:
    post = await blog.publish()
    await _block(blog, town, kind, "reject")
    with suppress(RemoteRefused):
        await way(blog, town, post)
    await blog.at_rest()
    assert set((await _of_alice(blog, town)).values()) == {0}


@pytest.mark.parametrize("way", _WAYS)
async def test_each_of_these_ways_is_one(blog: RunningBlog, town: DemoServer, way: _Way) -> None:
    """Without a block something of Alice comes in by each."""
    post = await blog.publish()
    await way(blog, town, post)
    await blog.at_rest()
    assert sum((await _of_alice(blog, town)).values()) == 1


async def test_a_person_is_known_by_a_handle_too(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    handle = town.person("alice").handle.lstrip("@").lower()
    await add_rule(blog.blog, Wanted("person", handle, f"@{handle}", "reject", ""))
    await _replied(blog, town, post)
    await blog.settled()
    assert (await _of_alice(blog, town))["reply"] == 0
    assert (await fates(blog))[-1][2] == f"not taken: You have blocked @{handle}."
    answer = await _inbox(
        blog,
        town,
        {
            "type": "Like",
            "id": f"{town.person('alice').id}#1",
            "actor": town.person("alice").id,
            "object": "x:y",
        },
    )
    assert getattr(answer, "status_code", 0) == 403, "by now the handle is known at the door"


async def _busy(blog: RunningBlog, town: DemoServer) -> tuple[Post, Note]:
    """Alice follows, replies, likes and quotes; Bob answers her."""
    post = await blog.publish()
    await town.follow("alice", blog.actor)
    note = await town.reply("alice", blog.article(post), "<p>From Alice.</p>")
    await blog.settled()
    await town.reply("bob", note.id, "<p>From Bob.</p>")
    await town.like("alice", blog.article(post))
    await town.quote("alice", blog.article(post), "<p>A quote.</p>", ask=False)
    await blog.settled()
    await blog.delivered()
    return post, note


async def test_a_block_hides_what_is_here_and_its_end_brings_it_back(
    blog: RunningBlog, town: DemoServer
) -> None:
    post, note = await _busy(blog, town)
    number = await _block(blog, town, "person", "reject")
    await blog.delivered()
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "From Alice." not in page and "A quote." not in page and "From Bob." in page
    reply = await stored(blog, note.id)
    assert (reply.state, reply.reason[:16]) == ("hidden", "You have blocked")
    article = (await blog.document(f"/articles/{post.key}")).json()
    assert article["likes"]["totalItems"] == 0
    assert await count_followers(blog.blog.db) == 0
    assert town.received[-1].activity["type"] == "Reject", "they are told that they do not follow"
    before = len(town.received)
    await blog.publish("Another")
    await blog.delivered()
    assert len(town.received) == before

    await end_rule(blog.blog, number)
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "From Alice." in page and "A quote." in page
    article = (await blog.document(f"/articles/{post.key}")).json()
    assert article["likes"]["totalItems"] == 1
    await _liked(blog, town, post)
    await blog.settled()
    assert (await fates(blog))[-1][1] == "done"
    assert await blog.blog.db.rows("SELECT id FROM rule") == []


async def test_whom_is_silenced_goes_on_unseen(blog: RunningBlog, town: DemoServer) -> None:
    post, _ = await _busy(blog, town)
    number = await _block(blog, town, "server", "silence")
    later = await town.reply("alice", blog.article(post), "<p>Once more.</p>")
    await blog.settled()
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "From Alice." not in page and "Once more." not in page
    assert (await stored(blog, later.id)).state == "hidden"
    assert await count_followers(blog.blog.db) == 1
    await end_rule(blog.blog, number)
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "From Alice." in page and "Once more." in page


async def test_words_hold_or_keep_out(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    old = await town.reply("alice", blog.article(post), "<p>My casinos are best.</p>")
    await blog.settled()
    await _block(blog, town, "words", "silence", "casino*")
    held = await stored(blog, old.id)
    assert (held.state, held.reason) == ("held", "It has words that you block: casino*")
    new = await town.reply("bob", blog.article(post), "<p>Best CÁSINO.</p>")
    await blog.settled()
    assert (await stored(blog, new.id)).state == "held"
    fine = await town.reply("bob", blog.article(post), "<p>Harmless.</p>")
    await blog.settled()
    await town.edit(fine, "<p>To the casino!</p>")
    await blog.settled()
    assert (await stored(blog, fine.id)).state == "held"

    await _block(blog, town, "words", "reject", "buy now")
    await town.reply("bob", blog.article(post), "<p>Buy   NOW!</p>")
    await blog.settled()
    assert (await fates(blog))[-1][2] == "not taken: It has words that you block: buy now"


async def test_a_server_that_was_blocked_earlier_still_is(
    blog: RunningBlog, town: DemoServer
) -> None:
    """The rules are read anew when another process has changed them."""
    post = await blog.publish()
    await _replied(blog, town, post)
    await blog.settled()
    async with blog.blog.db.transaction() as tx:
        await tx.execute(
            "INSERT INTO rule (kind, value, label, action, note, created_at, done_at) "
            "VALUES ('server', $1, $1, 'reject', '', 0, 0)",
            town.origin.partition("://")[2],
        )
        await tx.execute(
            "INSERT INTO setting (name, value) VALUES ('rules_version', '7') "
            "ON CONFLICT (name) DO UPDATE SET value = '7'"
        )
    answer = await _liked(blog, town, post)
    assert getattr(answer, "status_code", 0) == 403
