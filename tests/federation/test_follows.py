"""Follows: accepted, repeated, taken back, ended by the admin."""

from datetime import timedelta
from typing import Any

from fediblog.actions.follow import remove_follower
from fediblog.demo import activities as demo
from fediblog.demo.server import DemoServer
from fediblog.protocol.outgoing import encode
from fediblog.store.followers import Follower, count_followers, list_followers
from tests.bench import RunningBlog
from tests.federation.records import activities, fates


async def test_a_follow_is_accepted_with_the_follow_inside(
    blog: RunningBlog, town: DemoServer
) -> None:
    """G5: identified by id, and by actor and object for those that look at these."""
    follow = await town.follow("alice", blog.actor)
    await _settle(blog)

    [accept] = activities(town, "Accept")
    alice = town.person("alice").id
    assert accept["actor"] == blog.actor
    assert accept["to"] == [alice]
    assert accept["object"] == {
        "id": follow["id"],
        "type": "Follow",
        "actor": alice,
        "object": blog.actor,
    }
    assert [each.inbox for each in town.received] == ["/users/alice/inbox"]
    assert town.following["alice"] == {blog.actor}
    [follower] = await _followers(blog)
    assert (follower.uri, follower.handle) == (alice, town.person("alice").handle)


async def test_a_follow_may_come_to_the_shared_inbox(blog: RunningBlog, town: DemoServer) -> None:
    alice = town.person("alice")
    follow = demo.follow(alice, f"{alice.id}#follows/1", blog.actor)
    await _post(blog, town, follow)
    assert town.following["alice"] == {blog.actor}


async def test_a_repeated_follow_is_accepted_again(blog: RunningBlog, town: DemoServer) -> None:
    """G5: Mastodon repeats a Follow whose Accept it has lost, with a new id or with the same."""
    first = await town.follow("alice", blog.actor)
    await _settle(blog)
    second = await town.follow("alice", blog.actor)
    await _settle(blog)
    await _post(blog, town, first, second=1)

    accepts = activities(town, "Accept")
    assert [accept["object"]["id"] for accept in accepts] == [
        first["id"],
        second["id"],
        first["id"],
    ]
    assert len({accept["id"] for accept in accepts}) == 3
    [follower] = await _followers(blog)
    assert follower.follow_id == first["id"]


async def test_an_unfollow_ends_it(blog: RunningBlog, town: DemoServer) -> None:
    await town.follow("alice", blog.actor)
    await town.follow("bob", blog.actor)
    await town.undo_follow("alice", blog.actor)
    await _settle(blog)
    assert [follower.uri for follower in await _followers(blog)] == [town.person("bob").id]


async def test_an_unfollow_may_name_the_follow_by_its_id_alone(
    blog: RunningBlog, town: DemoServer
) -> None:
    """G6."""
    follow = await town.follow("alice", blog.actor)
    await _settle(blog)
    undo = demo.undo(town.person("alice"), follow) | {"object": follow["id"]}
    await _post(blog, town, undo)
    assert await count_followers(blog.blog.db) == 0


async def test_an_unfollow_may_carry_another_id_than_the_follow(
    blog: RunningBlog, town: DemoServer
) -> None:
    follow = await town.follow("alice", blog.actor)
    await _settle(blog)
    await _post(blog, town, demo.undo(town.person("alice"), follow | {"id": f"{follow['id']}0"}))
    assert await count_followers(blog.blog.db) == 0


async def test_an_undo_of_something_unknown_ends_no_follow(
    blog: RunningBlog, town: DemoServer
) -> None:
    follow = await town.follow("alice", blog.actor)
    await _settle(blog)
    await _post(
        blog, town, demo.undo(town.person("alice"), follow) | {"object": "https://x.test/1"}
    )
    assert await count_followers(blog.blog.db) == 1


async def test_nobody_ends_somebody_elses_follow(blog: RunningBlog, town: DemoServer) -> None:
    follow = await town.follow("alice", blog.actor)
    await town.follow("bob", blog.actor)
    await _settle(blog)
    bob = town.person("bob")
    embedded = demo.undo(bob, follow) | {"id": f"{bob.id}#undo/1"}
    named = embedded | {"id": f"{bob.id}#undo/2", "object": follow["id"]}
    for activity in (embedded, named):
        await _post(blog, town, activity, name="bob")
    assert await count_followers(blog.blog.db) == 2


async def test_the_same_bytes_count_again_after_an_undo(
    blog: RunningBlog, town: DemoServer
) -> None:
    """H4: the activity's id is no proof of a duplicate; only the very same request is."""
    alice = town.person("alice")
    body = encode(demo.follow(alice, f"{alice.id}#follows/1", blog.actor))
    await _post(blog, town, body, second=0)
    assert await count_followers(blog.blog.db) == 1
    await _post(blog, town, demo.undo(alice, demo.follow(alice, f"{alice.id}#x", blog.actor)))
    assert await count_followers(blog.blog.db) == 0
    await _post(blog, town, body, second=1)
    assert await count_followers(blog.blog.db) == 1
    assert len(activities(town, "Accept")) == 2


async def test_a_follow_of_somebody_who_is_not_here_is_ignored(
    blog: RunningBlog, town: DemoServer
) -> None:
    alice = town.person("alice")
    strangers = (f"{blog.origin}/users/nobody", f"{blog.origin}/actor", "https://x.test/users/x")
    for number, target in enumerate(strangers):
        await _post(blog, town, demo.follow(alice, f"{alice.id}#follows/{number}", target))
    assert await count_followers(blog.blog.db) == 0
    assert activities(town, "Accept") == []
    assert {state for _, state, _ in await fates(blog)} == {"ignored"}


async def test_a_follower_whom_the_admin_removes_is_told(
    blog: RunningBlog, town: DemoServer
) -> None:
    """G14: a Reject of the Follow ends it on the other server too."""
    follow = await town.follow("alice", blog.actor)
    await _settle(blog)
    [follower] = await _followers(blog)
    await remove_follower(blog.blog, follower)
    await blog.delivered()

    [reject] = activities(town, "Reject")
    assert reject["object"]["id"] == follow["id"]
    assert reject["object"]["actor"] == town.person("alice").id
    assert town.following["alice"] == set()
    await blog.publish()
    await blog.delivered()
    assert activities(town, "Create") == []


async def test_a_follower_who_was_removed_may_follow_again(
    blog: RunningBlog, town: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await _settle(blog)
    [follower] = await _followers(blog)
    await remove_follower(blog.blog, follower)
    await town.follow("alice", blog.actor)
    await _settle(blog)
    assert await count_followers(blog.blog.db) == 1


async def test_a_follower_on_a_secure_server_is_accepted(
    blog: RunningBlog, town: DemoServer
) -> None:
    """B5: two servers that both ask for signatures do not wait for each other for ever."""
    town.require_signed_fetch = True
    await town.follow("alice", blog.actor)
    await _settle(blog)
    assert town.following["alice"] == {blog.actor}
    signers = {each.key_id for each in town.requests if each.method == "GET" and each.key_id}
    assert signers == {f"{blog.origin}/actor#main-key"}


async def _settle(blog: RunningBlog) -> None:
    await blog.settled()
    await blog.delivered()


async def _followers(blog: RunningBlog) -> list[Follower]:
    return list(await list_followers(blog.blog.db, before=None, limit=10))


async def _post(
    blog: RunningBlog,
    town: DemoServer,
    activity: dict[str, Any] | bytes,
    *,
    name: str = "alice",
    second: int = 0,
) -> None:
    """Deliver to the shared inbox. second: added to the time of the signature."""
    date = town.clock() + timedelta(seconds=second)
    answer = await town.post(name, blog.blog.addresses.shared_inbox, activity, date=date)
    assert answer.status_code == 202, answer.text
    await _settle(blog)
