"""Whose it is: nobody writes, changes or takes back what is somebody else's (K5, K7)."""

from datetime import timedelta

import pytest
import pytest_asyncio
from starlette.responses import JSONResponse

from fediblog.actions.receive import receive
from fediblog.demo import activities
from fediblog.demo.server import DemoServer
from fediblog.protocol.outgoing import ACTIVITY_JSON, encode, timestamp
from fediblog.store.actors import get_key
from fediblog.store.followers import count_followers
from fediblog.store.replies import get_reply
from tests.bench import RunningBlog
from tests.federation.inbox.contents import nothing_done, nothing_written
from tests.federation.inbox.senders import Sender, changed, newcomer
from tests.federation.records import fates, stored

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def article(blog: RunningBlog) -> str:
    """The id of a post to talk about."""
    return blog.article(await blog.publish())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stranger(blog: RunningBlog, village: DemoServer) -> Sender:
    """Dana of the village, whom the blog knows: her server is not Alice's."""
    dana = Sender(blog, village, "dana")
    assert (await dana.send(dana.view())).status_code == 202
    await blog.settled()
    return dana


@pytest.mark.parametrize("author", ["a neighbour", "nobody", 42, ["nobody", 42], {"id": 42}])
async def test_k5_a_reply_must_be_attributed_to_its_sender(
    alice: Sender, bob: Sender, article: str, author: object
) -> None:
    create = await bob.create(article, deliver=False)
    del bob.server.notes[create["object"]["id"]]
    forged = changed(create, attributedTo=alice.id if author == "a neighbour" else author)
    async with nothing_done(bob.blog):
        assert (await bob.send(forged)).status_code == 202


@pytest.mark.parametrize("besides", ["alone", "besides its sender"])
async def test_k5_a_reply_attributed_to_another_host_is_dropped(
    bob: Sender, stranger: Sender, article: str, besides: str
) -> None:
    """Not even its own host is believed when it says so."""
    authors = [stranger.id] if besides == "alone" else [bob.id, stranger.id]
    forged = changed(await bob.create(article), attributedTo=authors)
    path = forged["object"]["id"].removeprefix(bob.server.origin)
    bob.server.responses[path] = JSONResponse(forged["object"], media_type=ACTIVITY_JSON)
    async with nothing_done(bob.blog):
        assert (await bob.send(forged)).status_code == 202


async def test_k5_what_has_an_id_on_our_host_is_dropped(
    bob: Sender, blog: RunningBlog, article: str
) -> None:
    forged = changed(await bob.create(article), id=f"{blog.origin}/notes/forged")
    async with nothing_done(blog):
        assert (await bob.send(forged)).status_code == 202


async def test_k5_nobody_can_speak_as_the_blog(
    bob: Sender, blog: RunningBlog, article: str
) -> None:
    ours = {"id": f"{blog.origin}/notes/forged", "attributedTo": blog.actor}
    async with nothing_done(blog):
        assert (await bob.send(changed(await bob.create(article), **ours))).status_code == 202


async def test_k5_what_claims_to_be_from_the_blog_never_comes_from_elsewhere(
    bob: Sender, blog: RunningBlog, article: str
) -> None:
    """Even if something got through the door in the name of the blog."""
    ours = {"id": f"{blog.origin}/notes/forged", "attributedTo": blog.actor}
    forged = changed(await bob.create(article), **ours)
    forged |= {"id": f"{blog.origin}/activities/forged", "actor": blog.actor}
    async with nothing_done(blog):
        assert (await receive(blog.blog, encode(forged), since=0)).state == "ignored"


async def test_k5_an_id_on_another_host_is_dropped(
    bob: Sender, stranger: Sender, article: str
) -> None:
    forged = changed(await bob.create(article), id=f"{stranger.server.origin}/users/bob/1")
    async with nothing_done(bob.blog):
        assert (await bob.send(forged)).status_code == 202
    assert not [each for each in stranger.server.requests if each.path == "/users/bob/1"]


async def test_k7_an_activity_with_an_id_on_another_host_is_refused(
    alice: Sender, stranger: Sender
) -> None:
    async with nothing_written(alice.blog):
        answer = await alice.send(alice.view() | {"id": f"{stranger.id}#views/1"})
    assert answer.status_code == 400


async def test_k7_the_author_of_an_id_never_changes(
    alice: Sender, bob: Sender, article: str
) -> None:
    """A Create of what is there already, by a neighbour."""
    theirs = await alice.reply(article)
    forged = changed(await bob.create(article), id=theirs, content="<p>Forged.</p>")
    async with nothing_done(bob.blog):
        assert (await bob.send(forged)).status_code == 202


@pytest.mark.parametrize("attributed_to", ["the forger", "the author"])
async def test_k7_only_the_author_can_edit(
    alice: Sender, bob: Sender, article: str, attributed_to: str
) -> None:
    theirs = await alice.reply(article)
    create = await bob.create(article)
    forged = changed(
        create,
        id=theirs,
        attributedTo=bob.id if attributed_to == "the forger" else alice.id,
        content="<p>Forged.</p>",
        updated=timestamp(bob.server.clock() + timedelta(minutes=1)),
    )
    async with nothing_done(bob.blog):
        assert (await bob.send(forged | {"type": "Update"})).status_code == 202


async def test_k7_a_stranger_cannot_edit(alice: Sender, stranger: Sender, article: str) -> None:
    theirs = await alice.reply(article)
    forged = changed(await stranger.create(article), id=theirs, content="<p>Forged.</p>")
    async with nothing_done(stranger.blog):
        assert (await stranger.send(forged | {"type": "Update"})).status_code == 202


async def test_k7_only_the_author_can_delete(
    alice: Sender, bob: Sender, stranger: Sender, article: str
) -> None:
    theirs = await alice.reply(article)
    for forger in (bob, stranger):
        async with nothing_done(forger.blog):
            delete = forger.view() | {"type": "Delete", "object": theirs}
            assert (await forger.send(delete)).status_code == 202


async def test_k7_only_the_account_itself_can_go(
    alice: Sender, bob: Sender, stranger: Sender, article: str
) -> None:
    await alice.reply(article)
    for forger in (bob, stranger):
        tombstone = {"id": alice.id, "type": "Tombstone"}
        delete = forger.view() | {"type": "Delete", "object": tombstone}
        answer = await forger.send(delete)
        assert answer.status_code == 202
    await alice.blog.settled()
    assert (await alice.send(alice.view())).status_code == 202
    known = await alice.blog.blog.db.rows("SELECT gone_at FROM actor WHERE uri = $1", alice.id)
    assert known[0]["gone_at"] is None


async def test_k7_only_the_account_itself_can_change_its_profile(
    alice: Sender, bob: Sender
) -> None:
    pem = bob.person.key.public_pem()
    profile = {
        "id": alice.id,
        "type": "Person",
        "name": "Forged",
        "preferredUsername": "alice",
        "inbox": f"{bob.id}/inbox",
        "publicKey": {"id": alice.person.key_id, "owner": alice.id, "publicKeyPem": pem},
    }
    async with nothing_done(bob.blog):
        update = bob.view() | {"type": "Update", "object": profile}
        assert (await bob.send(update)).status_code == 202


async def test_k7_a_profile_cannot_bring_somebody_elses_key(
    alice: Sender, bob: Sender, stranger: Sender
) -> None:
    """Bob's own profile lists a key under the key ids of Alice, and of somebody elsewhere who has
    not come yet, or says that his key is hers."""
    kim = newcomer(bob.blog, stranger.server, "kim")
    pem = bob.person.key.public_pem()
    forged = [
        {"id": alice.person.key_id, "owner": bob.id, "publicKeyPem": pem},
        {"id": kim.person.key_id, "owner": bob.id, "publicKeyPem": pem},
        {"id": f"{bob.id}#second-key", "owner": alice.id, "publicKeyPem": pem},
    ]
    profile = {
        "id": bob.id,
        "type": "Person",
        "preferredUsername": "bob",
        "inbox": f"{bob.id}/inbox",
        "publicKey": forged,
    }
    update = bob.view() | {"type": "Update", "object": profile}
    assert (await bob.send(update)).status_code == 202
    await bob.blog.settled()

    kept = await get_key(bob.blog.blog.db, alice.person.key_id)
    assert kept is not None
    assert (kept.owner, kept.pem) == (alice.id, alice.person.key.public_pem())
    async with nothing_written(bob.blog):
        assert (await bob.send(alice.view(), key_id=alice.person.key_id)).status_code == 401
        assert (await bob.send(alice.view(), key_id=f"{bob.id}#second-key")).status_code == 401
    assert (await alice.send(alice.view())).status_code == 202
    assert (await kim.send(kim.view())).status_code == 202


async def test_k7_only_who_follows_can_undo_it(
    alice: Sender, bob: Sender, stranger: Sender
) -> None:
    follow = alice.follow()
    assert (await alice.send(follow)).status_code == 202
    await alice.blog.settled()
    followers = await count_followers(alice.blog.blog.db)
    for undone in (follow["id"], follow):
        for forger in (bob, stranger):
            undo = activities.undo(forger.person, follow) | {
                "id": f"{forger.view()['id']}/undo",
                "object": undone,
            }
            assert (await forger.send(undo)).status_code == 202
    await alice.blog.settled()
    assert await count_followers(alice.blog.blog.db) == followers


async def test_k7_only_who_likes_can_undo_it(alice: Sender, bob: Sender, article: str) -> None:
    like = activities.like(alice.person, f"{alice.id}#likes/1", article)
    assert (await alice.send(like)).status_code == 202
    await alice.blog.settled()
    for undone in (like["id"], like):
        undo = bob.view() | {"type": "Undo", "object": undone}
        async with nothing_done(bob.blog):
            assert (await bob.send(undo)).status_code == 202


async def test_the_author_can_do_all_of_it(alice: Sender, article: str) -> None:
    """What the tests above refuse is refused for its owner's sake alone."""
    theirs = await alice.reply(article)
    edited = changed(
        activities.create(alice.server.notes[theirs]),
        content="<p>Edited.</p>",
        updated=timestamp(alice.server.clock() + timedelta(minutes=1)),
    )
    update = edited | {"type": "Update", "id": f"{theirs}#updates/1"}
    assert (await alice.send(update)).status_code == 202
    await alice.blog.settled()
    assert (await stored(alice.blog, theirs)).html == "<p>Edited.</p>"

    delete = alice.view() | {"type": "Delete", "object": theirs}
    assert (await alice.send(delete)).status_code == 202
    await alice.blog.settled()
    gone = await get_reply(alice.blog.blog.db, theirs)
    assert gone is None or gone.state == "deleted"
    assert (await fates(alice.blog))[-1][:2] == ("Delete", "done")
