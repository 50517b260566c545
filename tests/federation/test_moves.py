"""Somebody moves to another account: both have to say so, and one person is shown (G10)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
from starlette.responses import Response

from fediblog.actions.answer import answer_reply
from fediblog.actions.blocking import set_blocked
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from fediblog.store.actors import get_actor
from fediblog.store.followers import list_followers
from fediblog.store.reactions import list_reactors
from tests.bench import RunningBlog
from tests.federation.records import activities, fates, stored, thread


@pytest.fixture
async def village(people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """Where people of the town move to: Bob there is the Alice of the town."""
    keys = cycle(people_keys)
    async with running(new_key=lambda: next(keys)) as server:
        server.people["bob"] = replace(server.person("bob"), display_name="Alice in the village")
        yield server


async def test_what_somebody_said_is_shown_under_the_new_account(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Hello</p>")
    _agree(village, "bob", town.person("alice").id)
    await town.move("alice", village.person("bob").id, [blog.actor])
    await blog.settled()

    assert (await fates(blog))[-1][1:] == ("done", "moved: it is shown under the new account")
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "Alice in the village" in page and f"@{village.person('bob').handle}" in page
    assert village.person("bob").url in page
    assert "Okafor" not in page and town.person("alice").handle not in page


async def test_what_somebody_likes_is_shown_under_the_new_account(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    await town.like("alice", blog.article(post))
    _agree(village, "bob", town.person("alice").id)
    await town.move("alice", village.person("bob").id, [blog.actor])
    await blog.settled()
    people = await list_reactors(blog.blog.db, ("post", post.id), before=None, limit=9)
    assert [each.name for each in people] == ["Alice in the village"]
    await town.undo_like("alice", blog.article(post))
    await blog.settled()
    assert await list_reactors(blog.blog.db, ("post", post.id), before=None, limit=9) == []


async def test_k7_an_account_that_does_not_agree_gets_nothing(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """Nobody makes words their own, or somebody else's, by their own word alone."""
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Hello</p>")
    _agree(village, "bob", town.person("chiyo").id)
    await town.move("alice", village.person("bob").id, [blog.actor])
    await blog.settled()
    reason = "the new account does not say that it is the same person"
    assert (await fates(blog))[-1] == ("Move", "ignored", reason)
    assert "Okafor" in (await blog.page(f"/articles/{post.key}")).text


async def test_k7_nobody_moves_somebody_else(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Hello</p>")
    await town.reply("chiyo", blog.article(post), "<p>Hello</p>")
    await blog.settled()
    alice, chiyo = town.person("alice").id, town.person("chiyo").id
    _agree(village, "bob", alice)
    move = {"id": f"{chiyo}#moves/1", "type": "Move", "actor": chiyo, "object": alice}
    await _post(blog, town, "chiyo", move | {"target": village.person("bob").id})
    assert (await fates(blog))[-1] == ("Move", "ignored", "a move of somebody else")
    assert "Okafor" in (await blog.page(f"/articles/{post.key}")).text


async def test_a_second_move_is_followed_and_a_way_back_too(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """Alice, then Bob of the village, then Chiyo of the village; at last Alice again."""
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Hello</p>")
    await village.reply("bob", blog.article(post), "<p>Hello again</p>")
    await village.reply("chiyo", blog.article(post), "<p>And again</p>")
    alice, bob, chiyo = (
        town.person("alice").id,
        village.person("bob").id,
        village.person("chiyo").id,
    )
    _agree(village, "bob", alice)
    _agree(village, "chiyo", bob)
    _agree(town, "alice", chiyo)
    await town.move("alice", bob, [blog.actor])
    await blog.settled()
    await village.move("bob", chiyo, [blog.actor])
    await blog.settled()
    assert await _moved_to(blog, alice) == chiyo
    names = (await blog.page(f"/articles/{post.key}")).text
    assert "Okafor" not in names and "in the village" not in names
    assert names.count(f'aria-label="{village.person("chiyo").display_name}') == 3

    await village.move("chiyo", alice, [blog.actor])
    await blog.settled()
    assert [await _moved_to(blog, uri) for uri in (alice, bob, chiyo)] == ["", alice, alice]
    page = (await blog.page(f"/articles/{post.key}")).text
    assert page.count('aria-label="Alice Okafor') == 3


async def test_moves_may_come_in_the_wrong_order(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Hello</p>")
    await village.reply("bob", blog.article(post), "<p>Hello again</p>")
    alice, bob, chiyo = (
        town.person("alice").id,
        village.person("bob").id,
        village.person("chiyo").id,
    )
    _agree(village, "bob", alice)
    _agree(village, "chiyo", bob)
    await village.move("bob", chiyo, [blog.actor])
    await blog.settled()
    await town.move("alice", bob, [blog.actor])
    await blog.settled()
    assert [await _moved_to(blog, uri) for uri in (alice, bob)] == [chiyo, chiyo]


async def test_nobody_moves_twice_in_a_week(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Hello</p>")
    alice, bob, chiyo = (
        town.person("alice").id,
        village.person("bob").id,
        village.person("chiyo").id,
    )
    _agree(village, "bob", alice)
    _agree(village, "chiyo", alice)
    await town.move("alice", bob, [blog.actor])
    await blog.settled()
    await town.move("alice", chiyo, [blog.actor])
    await blog.settled()
    assert (await fates(blog))[-1][1] == "ignored"
    assert await _moved_to(blog, alice) == bob

    await blog.later(timedelta(days=7, minutes=1))
    later = village.clock() + blog.clock.offset
    move = {"id": f"{alice}#moves/3", "type": "Move", "actor": alice, "object": alice}
    answer = await town.post(
        "alice", blog.blog.addresses.shared_inbox, move | {"target": chiyo}, date=later
    )
    assert answer.status_code == 202
    await blog.settled()
    assert await _moved_to(blog, alice) == chiyo


async def test_k17_nobody_moves_to_a_blocked_server(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Hello</p>")
    await set_blocked(blog.blog, village.origin.removeprefix("http://"), True)
    _agree(village, "bob", town.person("alice").id)
    await town.move("alice", village.person("bob").id, [blog.actor])
    await blog.settled()
    assert (await fates(blog))[-1][1] == "ignored"
    assert [each for each in village.requests if each.method == "GET"] == []


async def test_a_move_to_oneself_or_to_the_blog_is_none(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Hello</p>")
    alice = town.person("alice")
    _agree(town, "alice", alice.id)
    for target in (alice.id, alice.url, blog.actor, f"{blog.origin}/users/x"):
        await town.move("alice", target, [blog.actor])
        await blog.settled()
        assert (await fates(blog))[-1][1] == "ignored", target
    assert await _moved_to(blog, alice.id) == ""


async def test_the_old_account_still_edits_and_deletes_what_it_said(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Teh first</p>")
    _agree(village, "bob", town.person("alice").id)
    await town.move("alice", village.person("bob").id, [blog.actor])
    await blog.settled()
    await town.edit(note, "<p>The first</p>")
    await blog.settled()
    assert await thread(blog, post) == [("The first", [])]

    bob = village.person("bob").id
    forged = {"id": f"{bob}#1", "type": "Delete", "actor": bob, "object": note.id}
    await _post(blog, village, "bob", forged)
    assert await thread(blog, post) == [("The first", [])]
    await town.delete(note)
    await blog.settled()
    assert await thread(blog, post) == []


async def test_an_answer_goes_to_where_somebody_is_now(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Hello</p>")
    _agree(village, "bob", town.person("alice").id)
    await town.move("alice", village.person("bob").id, [blog.actor])
    await blog.settled()
    await answer_reply(blog.blog, (await stored(blog, note.id)).id, "Welcome.")
    await blog.delivered()
    (create,) = activities(village, "Create")
    assert village.person("bob").id in create["object"]["cc"]
    assert create["object"]["inReplyTo"] == note.id
    assert activities(town, "Create") == []


async def test_a_follow_is_not_carried_over(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """The new account has asked for nothing; its own Follow makes it a follower."""
    await town.follow("alice", blog.actor)
    _agree(village, "bob", town.person("alice").id)
    await town.move("alice", village.person("bob").id, [blog.actor])
    await blog.settled()
    followers = await list_followers(blog.blog.db, before=None, limit=9)
    assert [each.uri for each in followers] == [town.person("alice").id]


async def test_when_the_new_account_is_deleted_the_old_one_is_shown_again(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Hello</p>")
    _agree(village, "bob", town.person("alice").id)
    await village.reply("bob", blog.article(post), "<p>Hello again</p>")
    await town.move("alice", village.person("bob").id, [blog.actor])
    await blog.settled()
    await village.delete_person("bob", [blog.actor])
    await blog.settled()
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "Okafor" in page and "Hello again" not in page


async def test_a_new_account_that_cannot_be_asked_is_asked_again(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Hello</p>")
    _agree(village, "bob", town.person("alice").id)
    village.responses["/users/bob"] = Response(status_code=503)
    await town.move("alice", village.person("bob").id, [blog.actor])
    await blog.at_rest()
    del village.responses["/users/bob"]
    await blog.later(timedelta(seconds=30))
    await blog.settled()
    assert await _moved_to(blog, town.person("alice").id) == village.person("bob").id


def _agree(server: DemoServer, name: str, *old: str) -> None:
    """A person's document names these as accounts of theirs."""
    server.people[name] = replace(server.person(name), also_known_as=old)


async def _moved_to(blog: RunningBlog, uri: str) -> str:
    actor = await get_actor(blog.blog.db, uri)
    assert actor is not None
    return actor.moved_to


async def _post(blog: RunningBlog, server: DemoServer, name: str, activity: dict[str, Any]) -> None:
    answer = await server.post(name, blog.blog.addresses.shared_inbox, activity)
    assert answer.status_code == 202, answer.text
    await blog.settled()
