"""K13: the same request again changes nothing; a new one counts, even with an id that was there."""

from datetime import timedelta

import pytest

from fediblog.demo import activities
from fediblog.store.followers import count_followers
from tests.bench import RunningBlog
from tests.federation.inbox.contents import nothing_done, nothing_written
from tests.federation.inbox.senders import Sender
from tests.federation.records import activities as taken

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_k13_the_same_request_twice_is_one_reply(alice: Sender, blog: RunningBlog) -> None:
    post = await blog.publish()
    create = await alice.create(blog.article(post))
    headers = alice.sealed(create)
    assert (await alice.send_with(create, headers)).status_code == 202
    async with nothing_written(blog):
        assert (await alice.send_with(create, headers)).status_code == 202
    assert "1 response" in (await blog.page(f"/articles/{post.key}")).text


async def test_k13_a_replay_with_another_target_or_label_is_still_one(
    alice: Sender, blog: RunningBlog
) -> None:
    """What the signature does not fix can be changed by who replays it: the algorithm's name,
    and, as some sign the path alone (B9), the query."""
    view = alice.view()
    headers = alice.sealed(view)
    assert (await alice.send_with(view, headers)).status_code == 202
    relabelled = headers["Signature"].replace("rsa-sha256", "hs2019")
    async with nothing_written(blog):
        answer = await alice.send_with(view, headers | {"Signature": relabelled})
        assert answer.status_code == 202
        answer = await blog.http.post("/inbox?again", json=view, headers=headers)
        assert answer.status_code in {202, 401}


async def test_k13_the_same_reply_signed_anew_is_one_reply(
    alice: Sender, blog: RunningBlog
) -> None:
    post = await blog.publish()
    create = await alice.create(blog.article(post))
    assert (await alice.send(create)).status_code == 202
    later = alice.server.clock() + timedelta(seconds=8)
    async with nothing_done(blog):
        assert (await alice.send(create, date=later)).status_code == 202


async def test_k13_a_replayed_follow_does_not_bring_a_follower_back(
    alice: Sender, blog: RunningBlog
) -> None:
    follow = alice.follow()
    headers = alice.sealed(follow)
    assert (await alice.send_with(follow, headers)).status_code == 202
    undo = activities.undo(alice.person, follow)
    assert (await alice.send(undo)).status_code == 202
    await blog.settled()
    assert await count_followers(blog.blog.db) == 0

    async with nothing_written(blog):
        assert (await alice.send_with(follow, headers)).status_code == 202
    assert await count_followers(blog.blog.db) == 0


async def test_a_follow_signed_anew_counts_also_after_an_undo(
    alice: Sender, blog: RunningBlog
) -> None:
    """Some servers send the same id and bytes whenever somebody follows again (G5)."""
    follow = alice.follow()
    assert (await alice.send(follow)).status_code == 202
    assert (await alice.send(activities.undo(alice.person, follow))).status_code == 202
    await blog.settled()
    assert await count_followers(blog.blog.db) == 0

    later = alice.server.clock() + timedelta(seconds=1)
    assert (await alice.send(follow, date=later)).status_code == 202
    await blog.settled()
    await blog.delivered()
    assert await count_followers(blog.blog.db) == 1
    accepts = [
        each for each in taken(alice.server, "Accept") if each["object"]["id"] == follow["id"]
    ]
    assert len(accepts) == 2


async def test_a_repeated_follow_is_accepted_again(alice: Sender, blog: RunningBlog) -> None:
    follows = [alice.follow(), alice.follow()]
    for follow in follows:
        assert (await alice.send(follow)).status_code == 202
    await blog.settled()
    await blog.delivered()
    assert await count_followers(blog.blog.db) == 1
    accepted = [each["object"]["id"] for each in taken(alice.server, "Accept")]
    assert [accepted.count(follow["id"]) for follow in follows] == [1, 1]
