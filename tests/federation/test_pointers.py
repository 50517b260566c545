"""What one hands on that another has done is only told where to look (D5), also by groups (G9)."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import count, cycle
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.responses import RedirectResponse, Response

from fediblog.actions.blocking import set_blocked
from fediblog.demo import activities
from fediblog.demo.notes import Note
from fediblog.demo.people import Person
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from fediblog.store.actors import get_actor
from fediblog.store.reactions import count_reactions
from fediblog.store.replies import get_reply
from tests.admin.desk import desk_of
from tests.bench import RunningBlog
from tests.captures_reader import wordpress_requests
from tests.federation.inbox.contents import nothing_done, nothing_written
from tests.federation.records import fates, stored, thread

PROOF = {"signature": {"type": "RsaSignature2017", "signatureValue": "bm90IGNoZWNrZWQ="}}
_numbers = count(1)
TOLD = "told by another server: "


@pytest.fixture
async def village(
    blog: RunningBlog, people_keys: tuple[PrivateKey, ...]
) -> AsyncIterator[DemoServer]:
    """A server whose Bob, whom the blog knows, hands on what is said in the town."""
    keys = cycle(people_keys)
    async with running(new_key=lambda: next(keys)) as server:
        view = {"id": f"{server.origin}/1", "type": "View", "actor": server.person("bob").id}
        await _hand_on(blog, server, view)
        yield server


async def test_k6_a_reply_that_somebody_hands_on_is_fetched_from_its_origin(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """K6: and nothing of what is handed on is believed."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>True</p>", deliver=False)
    forged = replace(note, html="<p>Forged</p>")
    await _hand_on(blog, village, activities.create(forged) | PROOF)

    assert (await fates(blog))[-1] == ("Create", "done", f"{TOLD}shown")
    assert await thread(blog, post) == [("True", [])]
    assert (await stored(blog, note.id)).actor_uri == town.person("alice").id
    async with desk_of(blog) as desk:
        incoming = await desk.page("/admin/incoming")
        assert f"by way of {urlsplit(village.origin).netloc}" in incoming.text


@pytest.mark.parametrize("proof", [{}, {"proof": "x"}, {"signature": None}, {"signature": []}])
async def test_k1_without_a_proof_of_its_own_it_is_refused(
    blog: RunningBlog, town: DemoServer, village: DemoServer, proof: dict[str, Any]
) -> None:
    """N16: an activity of one actor, signed with the key of another."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>True</p>", deliver=False)
    async with nothing_written(blog):
        answer = await village.post(
            "bob", blog.blog.addresses.shared_inbox, activities.create(note) | proof
        )
        assert answer.status_code == 401


async def test_a_neighbour_can_hand_on_too(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>True</p>", deliver=False)
    await _hand_on(blog, town, activities.create(replace(note, html="<p>Forged</p>")) | PROOF)
    assert await thread(blog, post) == [("True", [])]


async def test_an_edit_that_somebody_hands_on_is_asked_for(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>One</p>")
    await blog.settled()
    town.notes[note.id] = edited = _later(note, "<p>Two</p>")
    await _hand_on(blog, village, activities.update(replace(edited, html="<p>Forged</p>")) | PROOF)
    assert await thread(blog, post) == [("Two", [])]


async def test_what_is_known_costs_no_fetch(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>One</p>")
    edited = await town.edit(note, "<p>Two</p>")
    await blog.settled()

    def asked() -> list[str]:
        """What was asked for, but for pictures, which come when they come."""
        paths = [request.path for request in town.requests]
        return [path for path in paths if not path.startswith("/avatars/")]

    before = asked()
    for activity in (activities.create(note), activities.update(edited)):
        await _hand_on(blog, village, activity | PROOF)
        assert (await fates(blog))[-1][1:] == ("ignored", f"{TOLD}it is here already")
    assert asked() == before


async def test_an_edit_that_the_origin_does_not_know_changes_nothing(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>One</p>")
    await blog.settled()
    async with nothing_done(blog):
        await _hand_on(blog, village, activities.update(_later(note, "<p>Forged</p>")) | PROOF)


@pytest.mark.parametrize("form", ["404", "410", "Tombstone"])
async def test_a_delete_counts_once_the_origin_confirms_it(
    blog: RunningBlog, town: DemoServer, village: DemoServer, form: str
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>One</p>")
    await blog.settled()
    async with nothing_done(blog):
        await _hand_on(blog, village, activities.delete(note) | PROOF)
    path = urlsplit(note.id).path
    if form == "Tombstone":
        town.responses[path] = _document({"id": note.id, "type": "Tombstone"})
    else:
        town.responses[path] = Response(status_code=int(form))
    await _hand_on(blog, village, activities.delete(note) | PROOF)
    if form == "404":
        # It may be a mistake, so it is not enough that it is said once.
        assert await thread(blog, post) == [("One", [])]
        for _ in range(6):
            await blog.later(timedelta(hours=1))
            await blog.settled()
    assert (await fates(blog))[-1] == ("Delete", "done", f"{TOLD}deleted")
    assert await thread(blog, post) == []


async def test_a_404_that_passes_deletes_nothing(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>One</p>")
    await blog.settled()
    path = urlsplit(note.id).path
    town.responses[path] = Response(status_code=404)
    await _hand_on(blog, village, activities.delete(note) | PROOF)
    del town.responses[path]
    for _ in range(6):
        await blog.later(timedelta(hours=1))
        await blog.settled()
    assert (await fates(blog))[-1] == ("Delete", "ignored", f"{TOLD}its origin still has it")
    assert await thread(blog, post) == [("One", [])]


async def test_k17_a_redirect_leads_to_no_blocked_server(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>One</p>")
    await blog.settled()
    town.notes[note.id] = _later(note, "<p>Two</p>")
    await set_blocked(blog.blog, urlsplit(town.origin).netloc, True)
    carol = f"{village.origin}/users/carol"
    village.responses["/users/carol/1"] = RedirectResponse(note.id)
    update = {"id": f"{carol}#1", "type": "Update", "actor": carol, "object": f"{carol}/1"}

    await _hand_on(blog, village, update | PROOF)

    assert "One" in (await stored(blog, note.id)).html
    assert any(asked.path == "/users/carol/1" for asked in village.requests)


async def test_a_private_reply_is_not_deleted_because_it_cannot_be_fetched(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """Its origin gives it to nobody, so 404 says nothing about it; 410 does."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>For you</p>", to="direct")
    await blog.settled()
    async with nothing_done(blog):
        await _hand_on(blog, village, activities.delete(note) | PROOF)
    town.responses[urlsplit(note.id).path] = Response(status_code=410)
    await _hand_on(blog, village, activities.delete(note) | PROOF)
    assert (await stored(blog, note.id)).state == "deleted"


async def test_nobody_s_word_deletes_what_never_came(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    await town.follow("alice", blog.actor)
    note = await town.reply("alice", blog.article(post), "<p>One</p>", deliver=False)
    await blog.settled()
    await _hand_on(blog, village, activities.delete(note) | PROOF)
    await town.deliver(note)
    await blog.settled()
    assert await thread(blog, post) == [("One", [])]


async def test_an_origin_that_does_not_answer_is_asked_again(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """And holds up nothing that its own people send about the same object."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>One</p>", deliver=False)
    town.responses[urlsplit(note.id).path] = Response(status_code=503)
    await _hand_on(blog, village, activities.create(note) | PROOF)
    assert await get_reply(blog.blog.db, note.id) is None
    await town.deliver(note)
    await blog.settled()
    assert await thread(blog, post) == [("One", [])]


@pytest.mark.parametrize("status", [404, 503, 401])
async def test_an_account_is_deleted_by_410_alone(
    blog: RunningBlog, town: DemoServer, village: DemoServer, status: int
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>One</p>")
    await blog.settled()
    alice = town.person("alice")
    town.responses["/users/alice"] = Response(status_code=status)
    async with nothing_done(blog):
        await _hand_on(blog, village, activities.delete_person(alice) | PROOF)
    assert (await fates(blog))[-1][1] == "ignored"


async def test_an_account_that_is_gone_goes_whoever_tells(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>One</p>")
    await blog.settled()
    town.gone.add("alice")
    await _hand_on(blog, village, activities.delete_person(town.person("alice")) | PROOF)
    assert await thread(blog, post) == []


async def test_everything_else_by_way_of_others_is_ignored(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>One</p>")
    await blog.settled()
    alice = town.person("alice")
    for activity in (
        activities.follow(alice, f"{alice.id}#1", blog.actor),
        activities.like(alice, f"{alice.id}#2", blog.article(post)),
        activities.block(alice, f"{alice.id}#3", blog.actor),
        activities.move(alice, f"{alice.id}#4", village.person("bob").id),
        {"id": f"{alice.id}#5", "type": "Undo", "actor": alice.id, "object": f"{alice.id}#2"},
    ):
        async with nothing_done(blog):
            await _hand_on(blog, village, activity | PROOF)
        assert (await fates(blog))[-1][1] == "ignored"


async def test_k5_nothing_of_ours_is_told_to_us(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    article = blog.article(post)
    for kind in ("Create", "Update", "Delete"):
        forged = {"id": f"{blog.origin}/x", "type": kind, "actor": blog.actor, "object": article}
        async with nothing_done(blog):
            await _hand_on(blog, village, forged | PROOF)


async def test_k17_blocked_servers_come_in_by_no_way(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>One</p>", deliver=False)
    create = activities.create(note) | PROOF
    await set_blocked(blog.blog, urlsplit(town.origin).netloc, True)
    async with nothing_written(blog):
        await _hand_on(blog, village, create, status=403)
    group = _announce(village.person("bob"), create)
    async with nothing_done(blog):
        await _hand_on(blog, village, group)
    await set_blocked(blog.blog, urlsplit(town.origin).netloc, False)
    await set_blocked(blog.blog, urlsplit(village.origin).netloc, True)
    async with nothing_written(blog):
        await _hand_on(blog, village, create, status=403)


async def test_k6_g9_what_a_group_announces_is_fetched_from_its_origin(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """As Lemmy, NodeBB and the blog actor of WordPress do; no proof inside is needed."""
    post = await blog.publish()
    group = village.person("bob")
    note = await town.reply("alice", blog.article(post), "<p>One</p>", deliver=False)
    forged = replace(note, html="<p>Forged</p>")
    await _hand_on(blog, village, _announce(group, activities.create(forged)))
    assert (await fates(blog))[-1] == ("Announce", "done", f"{TOLD}shown")
    assert await thread(blog, post) == [("One", [])]
    assert (await stored(blog, note.id)).actor_uri == town.person("alice").id

    town.notes[note.id] = edited = _later(note, "<p>Two</p>")
    await _hand_on(blog, village, _announce(group, activities.update(edited)))
    assert await thread(blog, post) == [("Two", [])]

    await _hand_on(blog, village, _announce(group, activities.delete(note)))
    assert await thread(blog, post) == [("Two", [])]
    town.notes[note.id] = replace(edited, deleted=town.clock())
    await _hand_on(blog, village, _announce(group, activities.delete(note)))
    assert await thread(blog, post) == []


async def test_g9_what_people_do_in_a_group_is_not_believed(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    alice = town.person("alice")
    like = activities.like(alice, f"{alice.id}#likes/1", blog.article(post))
    moment = "2026-01-01T00:00:00Z"
    boost = activities.announce(alice, f"{alice.id}#2", blog.article(post), blog.actor, moment)
    for inner in (like, boost):
        await _hand_on(blog, village, _announce(village.person("bob"), inner))
        reason = (await fates(blog))[-1][2]
        assert reason.endswith("by somebody who has not signed it, which cannot be looked up")
    assert await count_reactions(blog.blog.db, ("post", post.id)) == {}


async def test_g9_a_group_that_announces_our_post_boosts_it(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    create = {
        "id": f"{blog.article(post)}#create",
        "type": "Create",
        "actor": blog.actor,
        "object": (await blog.document(f"/articles/{post.key}")).json(),
    }
    group = village.person("bob")
    await _hand_on(blog, village, _announce(group, create))
    assert await count_reactions(blog.blog.db, ("post", post.id)) == {"announce": 1}


async def test_n14_n15_the_group_of_wordpress_announces_whole_activities(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """The very document, but for whose it is; two may come with one id."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>One</p>", deliver=False)
    other = await town.reply("alice", blog.article(post), "<p>Two</p>", deliver=False)
    captured = next(each for each in wordpress_requests() if each.name.startswith("011"))
    for each in (note, other):
        body = _of_wordpress(captured.body, each, village)
        await _hand_on(blog, village, body)
    assert await thread(blog, post) == [("One", []), ("Two", [])]


async def test_g4_an_account_whose_key_cannot_be_had_goes_by_the_word_of_its_origin(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>One</p>")
    await town.reply("bob", blog.article(post), "<p>Two</p>")
    await blog.settled()
    delete = activities.delete_person(town.person("alice"))
    inbox, lost = blog.blog.addresses.shared_inbox, f"{town.person('alice').id}#lost-key"

    async with nothing_written(blog):
        refused = await town.post("alice", inbox, delete, key_id=lost)
        assert refused.status_code == 401
    town.gone.add("alice")
    await blog.later(timedelta(minutes=6))
    date = town.clock() + blog.clock.offset
    answer = await town.post("alice", inbox, delete, key_id=lost, date=date)
    assert answer.status_code == 202
    await blog.settled()
    assert await thread(blog, post) == [("Two", [])]
    alice = await get_actor(blog.blog.db, town.person("alice").id)
    assert alice is not None and alice.gone_at is not None
    async with nothing_written(blog):
        again = await town.post("alice", inbox, delete, key_id=lost, date=date)
        assert again.status_code == 202


async def test_g4_nobody_makes_us_ask_without_end(blog: RunningBlog, town: DemoServer) -> None:
    """An origin is asked about somebody we know once in five minutes, about others never, and only
    about the end of an account."""
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>One</p>")
    await blog.settled()
    inbox, alice, bob = blog.blog.addresses.shared_inbox, town.person("alice"), town.person("bob")
    town.gone.add("bob")
    before = len([each for each in town.requests if each.path == "/users/alice"])
    bad = town.person("chiyo").key
    town.people["alice"] = replace(alice, key_path="/main-key")
    town.responses["/users/alice/nothing"] = Response(status_code=404)
    for number in range(4):
        for person, kind in ((alice, "Delete"), (bob, "Delete")):
            activity = {"id": f"{person.id}#{number}", "type": kind, "actor": person.id}
            answer = await town.post(
                person.name,
                inbox,
                activity | {"object": person.id},
                key_id=f"{person.id}/nothing",
                sign_with=bad,
            )
            assert answer.status_code == (401 if person is alice else 202)
    asked = [each for each in town.requests if each.path == "/users/alice"]
    assert len(asked) == before + 1
    assert not [each for each in town.requests if each.path == "/users/bob"]


async def test_b15_the_profile_of_somebody_unknown_costs_no_fetch(
    blog: RunningBlog, town: DemoServer
) -> None:
    alice = town.person("alice")
    update = {"id": f"{alice.id}#1", "type": "Update", "actor": alice.id, "object": alice.id}
    async with nothing_written(blog):
        answer = await town.post("alice", blog.blog.addresses.shared_inbox, update)
        assert answer.status_code == 202
    assert town.requests == []


def _announce(group: Person, inner: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{group.id}#announces/{next(_numbers)}",
        "type": "Announce",
        "actor": group.id,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "object": inner,
    }


def _later(note: Note, html: str) -> Note:
    return replace(note, html=html, updated=note.published + timedelta(seconds=60))


def _document(document: dict[str, Any]) -> Response:
    return Response(json.dumps(document), media_type="application/activity+json")


def _of_wordpress(body: bytes, note: Note, village: DemoServer) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(body)
    group = village.person("bob").id
    document |= {"actor": group, "id": f"{group}#activity-announce"}
    document["object"]["actor"] = note.author.id
    document["object"]["object"] |= {"id": note.id, "attributedTo": note.author.id}
    return document


async def _hand_on(
    blog: RunningBlog, server: DemoServer, activity: dict[str, Any], *, status: int = 202
) -> None:
    """Bob of a server sends an activity, whoever's it is; never the very same request twice."""
    date = server.clock() + timedelta(seconds=next(_numbers))
    answer = await server.post("bob", blog.blog.addresses.shared_inbox, activity, date=date)
    assert answer.status_code == status, answer.text
    await blog.settled()
